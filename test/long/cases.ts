import { type Inputs, valuesOf } from "../../src/engine/executor.ts"
import { lowerWith } from "../../src/engine/program/freeze.ts"
import type { Program } from "../../src/engine/program/program.ts"
import { validateProgram } from "../../src/engine/program/validate.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { elementsOf } from "../../src/engine/onnx/elements.ts"
import { isOnusError } from "../../src/protocol/errors.ts"
import { type Step, type Tensor, widthOf } from "../../src/protocol/program.ts"
import { GraphMaker, type Given } from "../engine/operators/differential/graph-maker.ts"
import { LAYERS } from "../engine/operators/differential/layers/layers.ts"
import { drawNetwork } from "../engine/operators/differential/networks.ts"
import { MAKERS } from "../engine/operators/differential/operators.ts"
import { generator } from "../engine/operators/differential/spec.ts"
import { between, onceIn, pick } from "../engine/program/words.ts"
import { elementBytes, hostileElements } from "../engine/random-elements.ts"
import { type Kind, KINDS, randomStep } from "../engine/random-steps.ts"
import type { Random } from "../referee/float32-cases.ts"
import { draftOf, mutate, programOf } from "./mutate.ts"

/** Steps with the bytes of every tensor that they read. */
export interface Case {
  readonly name: string
  readonly steps: readonly Step[]
  readonly bytes: (tensor: Tensor) => Uint8Array
}

/** Terms of one element, and bytes of all operands, that a call has gas for, with much to spare. */
const MOST = { terms: 2_000, bytes: 60_000 } as const

/** Every body and type of step, with random shapes, guards, lookups and epilogues, and hostile data. */
function stepCase(random: Random): Case {
  const kind = pick(random, Object.keys(KINDS) as Kind[])
  const { step, inputs } = randomStep(random, kind)
  return { name: kind, steps: [step], bytes: ({ id }) => inputs[id] }
}

/** The same after random changes, if it is a program still. */
function changedCase(random: Random): Case {
  for (;;) {
    const kind = pick(random, Object.keys(KINDS) as Kind[])
    const made = randomStep(random, kind)
    const draft = draftOf(programOf(made))
    for (let changes = between(random, 1, 3); changes > 0; changes--) mutate(random, draft)
    if (!isValid(draft)) continue
    return { name: `changed ${kind}`, steps: draft.steps, bytes: ({ id }) => made.inputs[id] }
  }
}

function isValid(draft: Parameters<typeof validateProgram>[0]): boolean {
  try {
    validateProgram(draft)
    return true
  } catch (error) {
    if (isOnusError(error, "ProgramInvalid")) return false
    throw error
  }
}

/** A graph of a name with tensors for its inputs. */
export type Named = Given & { readonly name: string }

/** One node of any operator, with random attributes and shapes. */
function drawOperator(random: Random): Named {
  const name = pick(random, Object.keys(MAKERS))
  const spec = MAKERS[name](random)
  const maker = new GraphMaker(spec.opset)
  const inputs = spec.inputs.map((x) => (x ? maker.input(x) : ""))
  const { attributes = {}, outputs = 1, omitted } = spec
  for (const made of maker.nodes(name, inputs, attributes, outputs, omitted)) {
    if (made !== "") maker.returned.add(made)
  }
  return { name, ...maker.finish() }
}

/** Three nodes by themselves for every network of a few operators, which are fused. */
export const drawGraph = (random: Random): Named =>
  onceIn(random, 4) ? { name: "network", ...drawNetwork("any", random(), LAYERS) } : drawOperator(random)

/** The steps of a graph, run on its own inputs or on hostile ones. */
function graphCase(random: Random): Case | undefined {
  const { name, graph, inputs } = drawGraph(random)
  let program: Program
  try {
    program = lowerWith(graph, inputs).program
  } catch (error) {
    if (isOnusError(error)) return undefined
    throw error
  }
  const isHostile = onceIn(random, 2)
  const values = program.inputs.map(({ name, tensor: { type, length } }) => {
    const own = elementsOf(inputs.get(name)!)
    return [name, isHostile ? valuesOf(type, elementBytes(type, length, hostileElements(random, type))) : own]
  })
  const run = interpret(program, Object.fromEntries(values) as Inputs)
  return { name, steps: program.steps, bytes: (tensor) => run.bytes(tensor) }
}

const DRAWS = [stepCase, stepCase, changedCase, graphCase, graphCase, graphCase, graphCase]

/** Case `number` of the campaign; `undefined` if its graph is refused. Cases do not depend on each other. */
export function drawCase(number: number): Case | undefined {
  const random = generator("referee", number)
  const drawn = pick(random, DRAWS)(random)
  return drawn && { ...drawn, steps: drawn.steps.filter(isSmall) }
}

function isSmall(step: Step): boolean {
  const bytes = step.operands.reduce((sum, { tensor }) => sum + tensor.length * widthOf(tensor.type), 0)
  return termsOf(step) <= MOST.terms && bytes <= MOST.bytes
}

export const termsOf = ({ reduction }: Step): number => reduction.reduce((all, size) => all * size, 1)

/** Some different elements of a step: fewer of those that have many terms. */
export function someElements(step: Step, random: Random): number[] {
  const { length } = step.output
  const most = Math.max(1, Math.ceil(600 / (termsOf(step) + step.epilogue.length)))
  if (length <= most) return Array.from({ length }, (_, i) => i)
  return [...new Set(Array.from({ length: most }, () => random() % length))]
}
