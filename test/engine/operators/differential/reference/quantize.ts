import type { OnnxTensor } from "../../../../../src/engine/onnx/graph.ts"
import { CODES, type TypeName } from "../draw.ts"
import type { Spec } from "../spec.ts"
import { type NumberArray, arrayOf, at, build, sum, tensorOf } from "./array.ts"
import { intOf } from "./attributes.ts"

const RANGES = { int8: [-128, 127], uint8: [0, 255] } as const

/** To the nearest integer, ties to even. */
export function toEven(x: number): number {
  const floor = Math.floor(x)
  const rest = x - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor
}

/** Reads a parameter at a place of the tensor: one for all, one for each index of an axis, or one for each block. */
function parameter(spec: Spec, index: number, dims: readonly number[]): (place: readonly number[]) => number {
  const given = spec.inputs[index]
  if (!given) return () => 0
  const values = arrayOf(given)
  const wanted = intOf(spec, "axis", 1)
  const axis = wanted < 0 ? wanted + dims.length : wanted
  const block = intOf(spec, "block_size", 0)
  if (block > 0)
    return (place) =>
      at(
        values,
        place.map((one, i) => (i === axis ? Math.floor(one / block) : one)),
      )
  if (values.numbers.length === 1) return () => values.numbers[0]
  return (place) => values.numbers[place[axis]]
}

const typeOf = (spec: Spec): "int8" | "uint8" => {
  const declared = Object.entries(CODES).find(([, code]) => code === intOf(spec, "output_dtype", 0))?.[0]
  return (spec.inputs[2]?.elementType ?? declared ?? "uint8") as "int8" | "uint8"
}

export function quantizeReference(spec: Spec): OnnxTensor[] {
  const x = arrayOf(spec.inputs[0]!)
  const [scale, zero] = [parameter(spec, 1, x.dims), parameter(spec, 2, x.dims)]
  const type = typeOf(spec)
  const [low, high] = RANGES[type]
  const y = build(x.dims, (place) => {
    const value = toEven(Math.fround(at(x, place) / scale(place))) + zero(place)
    return Math.max(low, Math.min(high, value))
  })
  return [tensorOf(y, type)]
}

export function dequantizeReference(spec: Spec): OnnxTensor[] {
  const x = arrayOf(spec.inputs[0]!)
  const [scale, zero] = [parameter(spec, 1, x.dims), parameter(spec, 2, x.dims)]
  return [tensorOf(build(x.dims, (place) => (at(x, place) - zero(place)) * scale(place)))]
}

export function eyeLikeReference(spec: Spec): OnnxTensor[] {
  const { dims, elementType } = spec.inputs[0]!
  const code = intOf(spec, "dtype", 0)
  const type = Object.entries(CODES).find(([, one]) => one === code)?.[0] ?? elementType
  return [
    tensorOf(
      build(dims, ([i, j]) => Number(j === i + intOf(spec, "k", 0))),
      type as TypeName,
    ),
  ]
}

/** MeanVarianceNormalization as its function body has it. */
export function meanVarianceReference(spec: Spec): OnnxTensor[] {
  const x = arrayOf(spec.inputs[0]!)
  const given = spec.attributes?.axes
  const axes = given?.type === "ints" ? given.value.map(Number) : [0, 2, 3]
  const kept = x.dims.map((size, axis) => (axes.includes(axis) ? 1 : size))
  const group = x.dims.map((size, axis) => (axes.includes(axis) ? size : 1))
  const mean = (values: NumberArray) =>
    build(kept, (outer) => {
      const all = build(group, (inner) =>
        at(
          values,
          inner.map((one, i) => one + outer[i]),
        ),
      )
      return sum(all.numbers) / all.numbers.length
    })
  const average = mean(x)
  const difference = build(x.dims, (place) => at(x, place) - at(average, place))
  const variance = mean({ ...difference, numbers: difference.numbers.map((one) => one * one) })
  return [tensorOf(build(x.dims, (place) => at(difference, place) / (Math.sqrt(at(variance, place)) + 1e-9)))]
}
