import type { NodeContext } from "../../node.ts"
import { reshape } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { normalised } from "../../view.ts"
import { indicesOf, knownIndices, wrappedValue } from "./indices.ts"
import { pick } from "./pick.ts"
import { coordinateOf, read, still, strideOf } from "./readers.ts"

/** Gather: elements of one axis by indices, whose axes take its place. */
export function lowerGather(node: NodeContext): Value[] {
  const { builder } = node
  const [data, indices] = [node.input(0), indicesOf(node, 1)]
  const axis = node.axis(node.int("axis", 0), data.shape.length)
  const size = data.shape[axis]
  const shape = [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)]
  const known = knownIndices(node, 1, () => size)
  if (known) return [reshape(builder, pick(builder, data, new Map([[axis, known]])), shape)]
  if (size === 0) return [builder.fill(data.type, shape, 0n)]

  const wrapped = wrappedValue(builder, indices, builder.fill(indices.type, [], BigInt(size)))
  const gathered = read(builder, shape, [data, wrapped], ([value, coordinates]) => {
    const { source, layout } = builder.stored(value)
    const digits = layout.axes[axis]
    if (digits.length > 1) return undefined
    const axes = [...layout.axes.slice(0, axis), ...indices.shape.map(still), ...layout.axes.slice(axis + 1)]
    const coordinate = coordinateOf(builder, coordinates, axis, shape)
    const lookups = [{ coordinate, stride: strideOf(digits), size }]
    return [{ source, layout: { base: layout.base, axes }, guards: [], lookups }]
  })
  return [gathered]
}

/** GatherElements: for every index the element of its own line along the axis. */
export function lowerGatherElements(node: NodeContext): Value[] {
  const { builder } = node
  const [data, indices] = [node.input(0), indicesOf(node, 1)]
  const rank = data.shape.length
  const axis = node.axis(node.int("axis", 0), rank)
  const { shape } = indices
  if (shape.length !== rank || shape.some((size, i) => i !== axis && size > data.shape[i])) {
    node.fail(`indices of shape [${shape}] do not fit data of shape [${data.shape}]`)
  }
  const size = data.shape[axis]
  knownIndices(node, 1, () => size)
  if (data.shape.includes(0)) return [builder.fill(data.type, shape, 0n)]

  const wrapped = wrappedValue(builder, indices, builder.fill(indices.type, [], BigInt(size)))
  const gathered = read(builder, shape, [data, wrapped], ([value, coordinates]) => {
    const { source, layout } = builder.stored(value)
    const isCut = (i: number) => i === axis || shape[i] !== data.shape[i]
    if (layout.axes.some((digits, i) => digits.length > 1 && isCut(i))) return undefined
    const axes = layout.axes.map((digits, i) => {
      if (i === axis) return still(shape[i])
      return isCut(i) ? normalised([{ size: shape[i], stride: strideOf(digits) }]) : digits
    })
    const lookups = [{ coordinate: builder.reader(coordinates), stride: strideOf(layout.axes[axis]), size }]
    return [{ source, layout: { base: layout.base, axes }, guards: [], lookups }]
  })
  return [gathered]
}
