import { expect } from "chai"
import { type Values, valuesOf } from "../../../src/engine/executor.ts"
import { elementsOf, tensorOf } from "../../../src/engine/onnx/elements.ts"
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from "../../../src/engine/onnx/graph.ts"
import { withConstants } from "../../../src/engine/program/freeze.ts"
import { lowerParts } from "../../../src/engine/program/lower.ts"
import type { Program, ProgramParts } from "../../../src/engine/program/program.ts"
import { interpret } from "../../../src/engine/reference/interpreter.ts"

/** The types of programs by their names in files. */
export const ARRAYS = {
  float32: Float32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
} as const
export type TypeName = keyof typeof ARRAYS

/** A tensor of a test; numbers are converted to the elements of its type. */
export function tensor(
  elementType: TypeName,
  dims: readonly number[],
  numbers: readonly (number | bigint)[],
): OnnxTensor {
  const elements =
    elementType === "int64"
      ? BigInt64Array.from(numbers, BigInt)
      : ARRAYS[elementType].from(numbers.map(Number))
  return tensorOf("", elementType, dims, elements)
}

export const f32 = (numbers: readonly number[], dims: readonly number[] = [numbers.length]): OnnxTensor =>
  tensor("float32", dims, numbers)

export const i64 = (
  numbers: readonly (number | bigint)[],
  dims: readonly number[] = [numbers.length],
): OnnxTensor => tensor("int64", dims, numbers)

export const float = (value: number): OnnxAttribute => ({ type: "float", value: Math.fround(value) })
export const int = (value: number): OnnxAttribute => ({ type: "int", value: BigInt(value) })
export const string = (value: string): OnnxAttribute => ({ type: "string", value })

/** A node of a test: inputs are tensors, `undefined` where one is left out. */
export interface Case {
  readonly op: string
  readonly inputs?: readonly (OnnxTensor | undefined)[]
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>
  readonly opset?: number
  readonly outputs?: number
  /** Which inputs the caller passes; all others are constants. */
  readonly passed?: readonly number[]
}

const nameOf = (index: number): string => `x${index}`

/** A graph of the one node, all of whose inputs are inputs of the graph. */
export function graphOf({ op, inputs = [], attributes = {}, opset = 21, outputs = 1 }: Case): OnnxGraph {
  const given = inputs.flatMap((input, i) => (input ? [{ input, name: nameOf(i) }] : []))
  const names = Array.from({ length: outputs }, (_, i) => `y${i}`)
  const node: OnnxNode = {
    name: "node",
    opType: op,
    domain: "",
    inputs: inputs.map((input, i) => (input ? nameOf(i) : "")),
    outputs: names,
    attributes: new Map(Object.entries(attributes)),
  }
  return {
    name: "test",
    opset,
    inputs: given.map(({ input, name }) => ({ name, elementType: input.elementType, shape: input.dims })),
    outputs: names.map((name) => ({ name, elementType: undefined, shape: undefined })),
    initializers: new Map(),
    nodes: [node],
  }
}

/** What a node returns: shapes and elements. */
export interface Result {
  readonly shape: readonly number[]
  readonly values: (number | bigint)[]
  readonly bytes: Uint8Array
}

/** Runs parts of a program on inputs by name. */
export function execute(parts: ProgramParts, inputs: ReadonlyMap<string, OnnxTensor>): Result[] {
  const given = parts.inputs.map(({ name }) => [name, elementsOf(inputs.get(name)!) as Values] as const)
  const run = interpret(parts as Program, Object.fromEntries(given))
  return parts.outputs.map(({ shape, tensor: one }) => {
    const bytes = run.bytes(one)
    return { shape, values: [...valuesOf(one.type, bytes)], bytes }
  })
}

/** Lowers a node whose `passed` inputs are inputs and whose other inputs are constants. */
export function lowered(given: Case): ProgramParts {
  const { inputs = [], passed = inputs.map((_, i) => i) } = given
  const constants = inputs.flatMap((input, i) =>
    input && !passed.includes(i) ? [[nameOf(i), input] as const] : [],
  )
  return lowerParts(withConstants(graphOf(given), new Map(constants)))
}

/**
 * Runs one node as it is in a model, and again with constants only, folded when the model is lowered: both must give
 * the same bytes.
 */
export function run(given: Case): Result[] {
  const tensors = new Map(
    (given.inputs ?? []).flatMap((input, i) => (input ? [[nameOf(i), input] as const] : [])),
  )
  const results = execute(lowered(given), tensors)
  const folded = execute(lowered({ ...given, passed: [] }), new Map())
  expect(folded).to.deep.equal(results)
  return results
}

/** The elements of the only output. */
export const valuesFor = (given: Case): (number | bigint)[] => run(given)[0].values

/** Expects numbers within a relative error, and NaN and infinities exactly. */
export function expectNear(
  actual: readonly (number | bigint)[],
  wanted: readonly number[],
  relative = 1e-6,
): void {
  expect(actual.length).to.equal(wanted.length)
  actual.forEach((value, i) => {
    const [a, b] = [Number(value), wanted[i]]
    const near = Object.is(a, b) || a === b || Math.abs(a - b) <= relative * Math.abs(b) + 1e-30
    expect(near, `element ${i} is ${a}, not ${b}`).to.equal(true)
  })
}
