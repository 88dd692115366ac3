import { resnet50 } from "../../bench/networks/vision.ts"
import { type Inputs, type Values, valuesOf } from "../../src/engine/executor.ts"
import { loadOnnx } from "../../src/engine/onnx/load.ts"
import { lower } from "../../src/engine/program/lower.ts"
import { sealProgram } from "../../src/engine/program/seal.ts"
import { type Port, type Program, leavesOf } from "../../src/engine/program/program.ts"
import type { Tensor } from "../../src/protocol/program.ts"
import { elementBytes, hostileElements } from "../../test/engine/random-elements.ts"
import { KINDS, type Kind, type RandomStep, randomStep } from "../../test/engine/random-steps.ts"
import { type Random, seeded } from "../../test/referee/float32-cases.ts"
import { functions, integers, pictures, sequences } from "./graphs.ts"

/** A model with an input, always the same ones. */
export interface IdentityCase {
  readonly name: string
  readonly program: Program
  readonly inputs: Inputs
}

/** Random steps of each kind. */
const STEPS = 24

/** All cases, one after the other. */
export function* identityCases(digits: Uint8Array, large: boolean): Generator<IdentityCase> {
  yield withInputs("digits", lower(loadOnnx(digits)), 1, numbers)
  yield withInputs("functions", lower(functions()), 2, patterns)
  yield withInputs("integers", lower(integers()), 3, patterns)
  yield withInputs("pictures", lower(pictures()), 4, numbers)
  yield withInputs("sequences", lower(sequences()), 5, (tensor, random) =>
    BigInt64Array.from({ length: tensor.length }, () => BigInt(random() % 50)),
  )
  for (const [i, kind] of Object.keys(KINDS).entries()) {
    const random = seeded(100 + i)
    yield stepsCase(
      kind,
      Array.from({ length: STEPS }, () => randomStep(random, kind as Kind)),
    )
  }
  if (large) yield withInputs("resnet50", lower(resnet50()), 6, numbers)
}

type Draw = (tensor: Tensor, random: Random) => Values

/** Numbers from -2 to 2. */
const numbers: Draw = ({ length }, random) => Float32Array.from({ length }, () => random() / 2 ** 30 - 2)

/** Any bit patterns, with those that are special often. */
const patterns: Draw = ({ type, length }, random) =>
  valuesOf(type, elementBytes(type, length, hostileElements(random, type)))

function withInputs(name: string, program: Program, seed: number, draw: Draw): IdentityCase {
  const random = seeded(seed)
  const inputs: Record<string, Values> = {}
  for (const port of program.inputs) inputs[port.name] = draw(port.tensor, random)
  return { name, program, inputs }
}

/** A program of steps that have nothing to do with each other. */
function stepsCase(name: string, parts: readonly RandomStep[]): IdentityCase {
  const inputs: Port[] = []
  const outputs: Port[] = []
  const values: Record<string, Values> = {}
  const steps = parts.map(({ step, inputs: bytes }) => {
    const tensors = new Map(step.operands.map(({ tensor }) => [tensor.id, tensor]))
    const ports = bytes.map((_, id) => append(inputs, "x", tensors.get(id)!))
    ports.forEach((port, id) => (values[port.name] = valuesOf(port.tensor.type, bytes[id])))
    const operands = step.operands.map((access) => ({ ...access, tensor: ports[access.tensor.id].tensor }))
    return { ...step, operands, output: append(outputs, "y", step.output).tensor }
  })
  return { name, program: sealProgram({ steps, inputs, outputs, constants: [] }), inputs: values }
}

/** Gives a tensor the next place in its space. */
function append(ports: Port[], prefix: string, tensor: Tensor): Port {
  const last = ports.at(-1)?.tensor
  const firstLeaf = last ? last.firstLeaf + leavesOf(last) : 0
  const id = ports.length
  const port = { name: `${prefix}${id}`, shape: [tensor.length], tensor: { ...tensor, id, firstLeaf } }
  ports.push(port)
  return port
}
