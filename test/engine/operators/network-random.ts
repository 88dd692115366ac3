import type { OnnxAttribute, OnnxTensor } from "../../../src/engine/onnx/graph.ts"
import { product } from "../../../src/engine/program/view.ts"
import type { Random } from "../../referee/float32-cases.ts"
import { between, onceIn } from "../program/words.ts"
import { type Case, type TypeName, tensor } from "./elementwise-run.ts"

/** Makes a node of an operator with random shapes, attributes and elements. */
export type MakeCase = (random: Random) => Case

export const ints = (values: readonly number[]): OnnxAttribute => ({
  type: "ints",
  value: values.map(BigInt),
})

export type Attributes = Record<string, OnnxAttribute>

/** Floats from -2 to 2, of which some are equal. */
export const floats = (random: Random, dims: readonly number[]): OnnxTensor =>
  numbers(random, "float32", dims, -64, 64, 1 / 32)

/** Numbers from `low` to `high`, times `unit`. */
export function numbers(
  random: Random,
  type: TypeName,
  dims: readonly number[],
  low: number,
  high: number,
  unit = 1,
): OnnxTensor {
  return tensor(
    type,
    dims,
    Array.from({ length: product(dims) }, () => between(random, low, high) * unit),
  )
}

/** Positive floats: variances and scales. */
export const positive = (random: Random, dims: readonly number[]): OnnxTensor =>
  numbers(random, "float32", dims, 1, 64, 1 / 32)

export const bytes = (random: Random, type: "int8" | "uint8", dims: readonly number[]): OnnxTensor =>
  type === "int8" ? numbers(random, type, dims, -128, 127) : numbers(random, type, dims, 0, 255)

export const sizes = (random: Random, rank: number, most: number): number[] =>
  Array.from({ length: rank }, () => between(random, 1, most))

/** Which inputs the caller passes: the first one and, now and then, others. */
export const passed = (random: Random, count: number): number[] =>
  Array.from({ length: count }, (_, i) => i).filter((i) => i === 0 || onceIn(random, 3))

/** Attributes that are written only now and then, because they have a default. */
export const optional = (random: Random, attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(() => !onceIn(random, 3)))

export const only = (attributes: Attributes, names: readonly string[]): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => names.includes(name)))
