import { ElementType } from "../../../../protocol/program.ts"
import type { NodeContext } from "../../node.ts"
import { reshape, slice } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { range } from "./pick.ts"
import { indicesAlong } from "./readers.ts"

/** OneHot: along a new axis of `depth` elements the second value at the index, the first one elsewhere. */
export function lowerOneHot(node: NodeContext): Value[] {
  const { builder } = node
  const [indices, depths, values] = [node.input(0), node.input(1), node.input(2)]
  const [depth, ...more] = depths.type === ElementType.Float32 ? node.staticFloats(1) : node.staticInts(1)
  if (depth === undefined || more.length > 0 || depth < 0) node.fail(`depth is not one number of at least 0`)
  if (String(values.shape) !== "2") node.fail(`values of shape [${values.shape}] are not two`)
  const rank = indices.shape.length + 1
  const size = Math.trunc(depth)
  const axis = node.axis(node.int("axis", -1), rank)
  const place = reshape(builder, indices, indices.shape.toSpliced(axis, 0, 1))
  const [off, on] = [0, 1].map((i) => reshape(builder, slice(builder, values, 0, i, 1, 1), []))
  const along = indicesAlong(builder, range(size), axis, rank)
  const count = builder.fill(ElementType.Int64, [], BigInt(size))
  const zero = builder.fill(ElementType.Int64, [], 0n)
  return [
    builder.map([place, along, off, on, count, zero], (e, [given, own, cold, hot, n, none]) => {
      const index = e.cast(given, ElementType.Int64)
      const wrapped = e.select(e.lt(index, none), e.add(index, n), index)
      return e.select(e.eq(wrapped, e.cast(own, ElementType.Int64)), hot, cold)
    }),
  ]
}
