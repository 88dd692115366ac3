import { bytesOf } from "../../../executor.ts"
import { ElementType } from "../../../../protocol/program.ts"
import type { NodeContext } from "../../node.ts"
import { reshape, slice } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { indicesOf, knownIndices, wrappedValue } from "./indices.ts"
import { coordinateOf, read, still, straight, strideOf } from "./readers.ts"

/** GatherND: slices of the data by tuples of indices in the last axis, after `batch_dims` axes in common. */
export function lowerGatherND(node: NodeContext): Value[] {
  const { builder } = node
  const [data, indices] = [node.input(0), indicesOf(node, 1)]
  const batch = node.int("batch_dims", 0)
  const depth = indices.shape.at(-1) ?? node.fail("the indices are a scalar")
  const tuples = indices.shape.slice(0, -1)
  const fits = batch >= 0 && batch <= tuples.length && batch + depth <= data.shape.length
  if (!fits || tuples.slice(0, batch).some((size, i) => size !== data.shape[i])) {
    node.fail(
      `indices of shape [${indices.shape}] do not fit data of shape [${data.shape}], batch_dims ${batch}`,
    )
  }
  const rest = data.shape.slice(batch + depth)
  const shape = [...tuples, ...rest]
  const sizes = data.shape.slice(batch, batch + depth)
  knownIndices(node, 1, (i) => sizes[i % depth])
  if (data.shape.includes(0)) return [builder.fill(data.type, shape, 0n)]

  const bounds =
    indices.type === ElementType.Int64 ? BigInt64Array.from(sizes.map(BigInt)) : Int32Array.from(sizes)
  const wrapped = wrappedValue(builder, indices, builder.constant(indices.type, [depth], bytesOf(bounds)))
  const gathered = read(builder, shape, [data, straight(builder, wrapped)], ([value, all]) => {
    const { source, layout } = builder.stored(value)
    const looked = layout.axes.slice(batch, batch + depth)
    if (looked.some((digits) => digits.length > 1)) return undefined
    const axes = [
      ...layout.axes.slice(0, batch),
      ...tuples.slice(batch).map(still),
      ...layout.axes.slice(batch + depth),
    ]
    const lookups = looked.map((digits, i) => {
      const column = reshape(builder, slice(builder, all, tuples.length, i, 1, 1), tuples)
      return { coordinate: coordinateOf(builder, column, 0, shape), stride: strideOf(digits), size: sizes[i] }
    })
    return [{ source, layout: { base: layout.base, axes }, guards: [], lookups }]
  })
  return [gathered]
}
