import { ElementType } from "../../../../protocol/program.ts"
import { bytesOf } from "../../../executor.ts"
import type { NodeContext } from "../../node.ts"
import { reshape } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { product, rowMajor } from "../../view.ts"
import { pick } from "./pick.ts"

/** Compress: the elements of an axis (of all elements in order without `axis`) where a condition holds. */
export function lowerCompress(node: NodeContext): Value[] {
  const [x, condition] = [node.input(0), node.staticInts(1)]
  const given = node.int("axis")
  const from = given === undefined ? reshape(node.builder, x, [product(x.shape)]) : x
  const axis = given === undefined ? 0 : node.axis(given, x.shape.length)
  if (condition.length > from.shape[axis]) {
    node.fail(`a condition of ${condition.length} elements for ${from.shape[axis]}`)
  }
  return [pick(node.builder, from, new Map([[axis, holding(condition)]]))]
}

/** NonZero: the coordinates of the elements that are not zero, of a value known when the model is lowered. */
export function lowerNonZero(node: NodeContext): Value[] {
  const x = node.input(0)
  const places = holding(x.type === ElementType.Float32 ? node.staticFloats(0) : node.staticInts(0))
  const strides = rowMajor(x.shape)
  const coordinates = strides.flatMap((stride, axis) =>
    places.map((place) => BigInt(Math.floor(place / stride) % x.shape[axis])),
  )
  const shape = [strides.length, places.length]
  return [node.builder.constant(ElementType.Int64, shape, bytesOf(BigInt64Array.from(coordinates)))]
}

/** Where numbers are not zero. */
const holding = (numbers: readonly number[]): number[] =>
  numbers.flatMap((number, i) => (number === 0 ? [] : [i]))
