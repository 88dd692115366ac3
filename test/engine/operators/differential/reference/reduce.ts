import { elementsOf } from "../../../../../src/engine/onnx/elements.ts"
import type { OnnxTensor } from "../../../../../src/engine/onnx/graph.ts"
import { rowMajor } from "../../../../../src/engine/program/view.ts"
import { type TypeName, tensor } from "../draw.ts"
import type { Reference } from "../check.ts"
import type { Spec } from "../spec.ts"
import { coordinatesOf, range } from "./array.ts"
import { intOf, intsOf } from "./attributes.ts"

type Fold = (numbers: readonly number[], type: TypeName) => number | bigint

const total = (numbers: readonly number[]): bigint => numbers.reduce((sum, one) => sum + BigInt(one), 0n)
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

/** What is lost when an integer comes out of a float: everything behind the point. */
function whole(value: number, type: TypeName): number | bigint {
  if (type === "float32") return value
  if (value === -Infinity) return lowest(type)
  return Number.isNaN(value) ? 0 : Math.trunc(Math.fround(value))
}

const lowest = (type: TypeName) =>
  ({ float32: -Infinity, int8: -128, uint8: 0, bool: 0, int32: -(2 ** 31), int64: -(2n ** 63n) })[type]
const highest = (type: TypeName) =>
  ({ float32: Infinity, int8: 127, uint8: 255, bool: 1, int32: 2 ** 31 - 1, int64: 2n ** 63n - 1n })[type]

/** Integers here are small enough that binary64 holds them. */
const FOLDS: Readonly<Record<string, Fold>> = {
  ReduceL1: (numbers) => sum(numbers.map(Math.abs)),
  ReduceL2: (numbers, type) => whole(Math.sqrt(sum(numbers.map((one) => one * one))), type),
  ReduceLogSum: (numbers, type) => whole(Math.log(sum(numbers)), type),
  ReduceLogSumExp: (numbers, type) => whole(Math.log(sum(numbers.map(Math.exp))), type),
  ReduceMax: (numbers, type) => numbers.reduce<number | bigint>((a, b) => (a > b ? a : b), lowest(type)),
  ReduceMean: (numbers, type) => whole(sum(numbers) / numbers.length, type),
  ReduceMin: (numbers, type) => numbers.reduce<number | bigint>((a, b) => (a < b ? a : b), highest(type)),
  ReduceProd: (numbers, type) =>
    type === "float32" ? numbers.reduce((a, b) => a * b, 1) : numbers.reduce((a, b) => a * BigInt(b), 1n),
  ReduceSum: (numbers, type) => (type === "float32" ? sum(numbers) : total(numbers)),
  ReduceSumSquare: (numbers) => sum(numbers.map((one) => one * one)),
}

/** A reduction by its name, over nothing too. */
export const reduceReference: Reference = (spec: Spec): OnnxTensor[] => {
  const x = spec.inputs[0]!
  const type = x.elementType as TypeName
  const rank = x.dims.length
  const named = spec.inputs[1] ? [...elementsOf(spec.inputs[1])].map(Number) : intsOf(spec, "axes")
  const given = (named ?? []).map((axis) => (axis < 0 ? axis + rank : axis))
  const isNone = given.length === 0 && intOf(spec, "noop_with_empty_axes", 0) !== 0
  const axes = given.length > 0 || isNone ? given : range(rank)
  const kept = x.dims.map((size, axis) => (axes.includes(axis) ? 1 : size))
  const inner = x.dims.map((size, axis) => (axes.includes(axis) ? size : 1))
  const strides = rowMajor(x.dims)
  const elements = elementsOf(x)
  const all = coordinatesOf(kept).map((outer) => {
    const numbers = coordinatesOf(inner).map((at) =>
      Number(elements[at.reduce((place, one, axis) => place + (one + outer[axis]) * strides[axis], 0)]),
    )
    return FOLDS[spec.op](numbers, type)
  })
  const dims = intOf(spec, "keepdims", 1) ? kept : kept.filter((_, axis) => !axes.includes(axis))
  return [tensor(type, dims, all)]
}
