import { Body, ElementType, Op, Space } from "../../../src/protocol/program.ts"
import type { Random } from "../../referee/float32-cases.ts"
import { between, pick } from "../program/words.ts"
import { TYPES, elementBytes, hostileElements } from "../random-elements.ts"
import { randomEpilogue } from "../random-epilogue.ts"
import { type RandomStep, StepMaker } from "../random-steps.ts"
import { access, along, windowAxis, windows } from "./random-products.ts"

const { Float32, Int32, Bool } = ElementType

/** Folds over windows, as pooling has them, with channels last or anywhere, padded or not. */
export function randomWindows(random: Random): RandomStep {
  const rank = pick(random, [1, 2, 2, 3])
  const axes = windows(random, rank)
  const [batch, channels] = [
    between(random, 1, 2),
    pick(random, [1, 3, 4, 8, between(random, 5, 40), 130, 300]),
  ]
  const domain = [batch, ...axes.map(({ output }) => output), channels]
  const reduction = axes.map(({ kernel }) => kernel)
  const type = pick(random, [Float32, Float32, Float32, Int32, ...TYPES])
  const read = access(
    random,
    [
      along(0, batch),
      ...axes.map((axis, i) => windowAxis(axis, 1 + i, domain.length + i)),
      along(rank + 1, channels),
    ],
    domain.length + rank,
    { space: Space.Input, type, id: 0, firstLeaf: 0 },
  )
  const maker = new StepMaker(random, domain, reduction)
  maker.operand(type)
  const { instructions, types } = randomEpilogue(maker, type, pick(random, [0, 0, 1, 3]))
  const mode = pick(random, type === Bool ? [Op.Min, Op.Max] : [Op.Add, Op.Mul, Op.Min, Op.Max])
  const { step, inputs } = maker.finish(types[types.length - 1], Body.Fold, mode, instructions)
  const own = elementBytes(type, read.tensor.length, hostileElements(random, type))
  return {
    step: { ...step, operands: [read, ...step.operands.slice(1)] },
    inputs: [own, ...inputs.slice(1)],
  }
}
