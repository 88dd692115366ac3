import type { Inputs } from "../../../src/engine/executor.ts"
import { type Constant, type Port, type Program, leavesOf } from "../../../src/engine/program/program.ts"
import {
  type Access,
  Body,
  ElementType,
  Op,
  Space,
  type Step,
  type Tensor,
} from "../../../src/protocol/program.ts"
import type { Random } from "../../referee/float32-cases.ts"
import { between, onceIn, pick, tameWords } from "../program/words.ts"

const { Float32 } = ElementType

/** A program whose steps read each other's results: square matrices, all of the same size. */
export interface Network {
  readonly program: Program
  readonly inputs: Inputs
}

/** A network of `count` steps over matrices with `side` rows and columns. */
export function randomNetwork(random: Random, side: number, count: number): Network {
  const length = side * side
  const leaves = { [Space.Input]: 0, [Space.Weights]: 0, [Space.Trace]: 0, [Space.Output]: 0 }
  const ids = { ...leaves }
  const tensor = (space: Space): Tensor => {
    const made = { space, type: Float32, id: ids[space]++, firstLeaf: leaves[space], length }
    leaves[space] += leavesOf(made)
    return made
  }
  const words = tameWords(random)
  const numbers = (): Float32Array => new Float32Array(Uint32Array.from({ length }, words).buffer)
  const given = [tensor(Space.Input), tensor(Space.Input)]
  const constant = tensor(Space.Weights)
  const known = [...given, constant]
  const steps: Step[] = []
  for (let i = 0; i < count; i++) {
    const isOutput = i === count - 1 || onceIn(random, 6)
    const output = tensor(isOutput ? Space.Output : Space.Trace)
    const recent = (): Tensor => pick(random, known.slice(-between(random, 2, known.length)))
    steps.push(pick(random, [product, sum, transposed, rowMaxima])(output, side, recent))
    known.push(output)
  }
  const outputs = steps.map((step) => step.output).filter(({ space }) => space === Space.Output)
  const port = (name: string, tensor: Tensor): Port => ({ name, shape: [side, side], tensor })
  const constants: Constant[] = [{ tensor: constant, data: new Uint8Array(numbers().buffer) }]
  const program = {
    steps,
    inputs: given.map((tensor, i) => port(`x${i}`, tensor)),
    outputs: outputs.map((tensor, i) => port(`y${i}`, tensor)),
    constants,
    traceTensors: steps.map((step) => step.output).filter(({ space }) => space === Space.Trace),
  }
  return {
    program: program as unknown as Program,
    inputs: Object.fromEntries(given.map((_, i) => [`x${i}`, numbers()])),
  }
}

type MakeStep = (output: Tensor, side: number, read: () => Tensor) => Step

const access = (tensor: Tensor, strides: readonly number[]): Access => ({
  tensor,
  base: 0,
  strides,
  guards: [],
  lookups: [],
})

/** A product whose elements are bounded, so that numbers stay of the same size. */
const product: MakeStep = (output, side, read) => ({
  output,
  domain: [side, side],
  reduction: [side],
  body: Body.Dot,
  mode: 0,
  operands: [access(read(), [side, 0, 1]), access(read(), [0, 1, side])],
  epilogue: [
    { op: Op.Const, type: Float32, a: 0, b: 0, c: 0, value: 0x40000000n },
    { op: Op.Min, type: Float32, a: 0, b: 1, c: 0, value: 0n },
    { op: Op.Const, type: Float32, a: 0, b: 0, c: 0, value: 0xc0000000n },
    { op: Op.Max, type: Float32, a: 2, b: 3, c: 0, value: 0n },
  ],
})

const sum: MakeStep = (output, side, read) => ({
  output,
  domain: [side, side],
  reduction: [],
  body: Body.Read,
  mode: 1,
  operands: [access(read(), [side, 1]), access(read(), [1, side])],
  epilogue: [
    { op: Op.Load, type: Float32, a: 1, b: 0, c: 0, value: 0n },
    { op: Op.Add, type: Float32, a: 0, b: 1, c: 0, value: 0n },
  ],
})

const transposed: MakeStep = (output, side, read) => ({
  output,
  domain: [side, side],
  reduction: [],
  body: Body.Read,
  mode: 1,
  operands: [access(read(), [1, side])],
  epilogue: [],
})

const rowMaxima: MakeStep = (output, side, read) => ({
  output,
  domain: [side, side],
  reduction: [side],
  body: Body.Fold,
  mode: Op.Max,
  operands: [access(read(), [side, 0, 1]), access(read(), [side, 1, 0])],
  epilogue: [
    { op: Op.Load, type: Float32, a: 1, b: 0, c: 0, value: 0n },
    { op: Op.Sub, type: Float32, a: 1, b: 0, c: 0, value: 0n },
  ],
})
