import { type Executor, valuesOf } from "../../src/engine/executor.ts"
import { elementsOf } from "../../src/engine/onnx/elements.ts"
import type { OnnxTensor } from "../../src/engine/onnx/graph.ts"
import { lowerWith } from "../../src/engine/program/freeze.ts"
import { interpreter } from "../../src/engine/reference/interpreter.ts"
import type { Case } from "./suite.ts"

/** The default tolerance of the suite. */
const RELATIVE = 1e-3
const ABSOLUTE = 1e-7

/** Runs a case. @returns what is wrong with the first wrong output, `undefined` if all are right. */
export async function runCase({ graph, inputs, outputs }: Case, executor: Executor = interpreter) {
  const given = new Map(graph.inputs.map(({ name }, i) => [name, inputs[i]]))
  const { program } = lowerWith(graph, given)
  const values = program.inputs.map(({ name }) => [name, elementsOf(given.get(name)!)] as const)
  const run = await executor.run(program, Object.fromEntries(values) as never)
  for (const [i, expected] of outputs.entries()) {
    const { name, shape, tensor } = program.outputs[i]
    if (String(shape) !== String(expected.dims))
      return `${name} has the shape [${shape}], not [${expected.dims}]`
    const problem = compare([...valuesOf(tensor.type, run.bytes(tensor))], expected)
    if (problem) return `${name}: ${problem}`
  }
  return undefined
}

function compare(actual: readonly (number | bigint)[], expected: OnnxTensor): string | undefined {
  const wanted = elementsOf(expected)
  if (actual.length !== wanted.length) return `${actual.length} elements, not ${wanted.length}`
  const isFloat = expected.elementType === "float32"
  for (let i = 0; i < actual.length; i++) {
    const [a, b] = [actual[i], wanted[i]]
    const same = isFloat ? isNear(Number(a), Number(b)) : a === b
    if (!same) return `element ${i} is ${a}, not ${b}`
  }
  return undefined
}

function isNear(a: number, b: number): boolean {
  if (Number.isNaN(b)) return Number.isNaN(a)
  if (!Number.isFinite(b)) return a === b
  return Math.abs(a - b) <= ABSOLUTE + RELATIVE * Math.abs(b)
}
