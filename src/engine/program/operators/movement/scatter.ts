import type { NodeContext } from "../../node.ts"
import { reshape } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { normalised, product, rowMajor } from "../../view.ts"
import { indicesOf, wrapped } from "./indices.ts"
import { still, strideOf, within } from "./readers.ts"
import { scatter } from "./scatter-updates.ts"

/** ScatterElements, and Scatter before it: updates along an axis, at indices known when the model is lowered. */
export function lowerScatterElements(node: NodeContext): Value[] {
  const [data, updates] = [node.input(0), node.input(2)]
  const { shape } = indicesOf(node, 1)
  const rank = data.shape.length
  const axis = node.axis(node.int("axis", 0), rank)
  const fits = shape.length === rank && shape.every((size, i) => i === axis || size <= data.shape[i])
  if (!fits || String(updates.shape) !== String(shape)) {
    node.fail(`indices [${shape}] and updates [${updates.shape}] do not fit data of shape [${data.shape}]`)
  }
  const at = new Map<number, number[]>()
  const [from, to] = [rowMajor(shape), rowMajor(data.shape)]
  for (const [update, index] of node.staticInts(1).entries()) {
    const place = shape.map((size, i) => Math.floor(update / from[i]) % size)
    const line = place[axis]
    place[axis] = wrapped(node, index, data.shape[axis])
    hit(
      at,
      place.reduce((sum, one, i) => sum + one * to[i], 0),
      line,
    )
  }
  return [
    scatter(node, data, updates, { shape: data.shape, at }, (value, coordinate) => {
      const { source, layout } = node.builder.stored(value)
      const isCut = (i: number) => i === axis || shape[i] !== data.shape[i]
      if (layout.axes.some((digits, i) => digits.length > 1 && isCut(i))) return undefined
      const axes = layout.axes.map((digits, i) => {
        if (i === axis) return still(data.shape[i])
        return isCut(i) ? normalised([{ size: data.shape[i], stride: strideOf(digits) }]) : digits
      })
      const cut = shape.flatMap((size, i) => (i !== axis && isCut(i) ? [within(i, rank, 0, size)] : []))
      const lookups = [{ coordinate, stride: strideOf(layout.axes[axis]), size: shape[axis] }]
      return { source, layout: { base: layout.base, axes }, guards: cut, lookups }
    }),
  ]
}

/** ScatterND: slices by tuples of indices in the last axis, known when the model is lowered. */
export function lowerScatterND(node: NodeContext): Value[] {
  const { builder } = node
  const [data, indices, updates] = [node.input(0), indicesOf(node, 1), node.input(2)]
  const depth = indices.shape.at(-1) ?? node.fail("the indices are a scalar")
  const tuples = indices.shape.slice(0, -1)
  const [outer, inner] = [data.shape.slice(0, depth), data.shape.slice(depth)]
  if (depth > data.shape.length || String(updates.shape) !== String([...tuples, ...inner])) {
    node.fail(
      `indices [${indices.shape}] and updates [${updates.shape}] do not fit data of shape [${data.shape}]`,
    )
  }
  const all = node.staticInts(1).map((index, i) => wrapped(node, index, outer[i % depth]))
  const strides = rowMajor(outer)
  const rows = product(tuples)
  const at = new Map<number, number[]>()
  for (let row = 0; row < rows; row++) {
    hit(
      at,
      strides.reduce((sum, stride, i) => sum + stride * all[row * depth + i], 0),
      row,
    )
  }
  const flat = reshape(builder, updates, [rows, ...inner])
  return [
    scatter(node, data, flat, { shape: outer, at }, (value, coordinate) => {
      const { source, layout } = builder.stored(value)
      const [digits, ...rest] = layout.axes
      if (digits.length > 1) return undefined
      const lookups = [{ coordinate, stride: strideOf(digits), size: rows }]
      return {
        source,
        layout: { base: layout.base, axes: [...outer.map(still), ...rest] },
        guards: [],
        lookups,
      }
    }),
  ]
}

function hit(at: Map<number, number[]>, position: number, update: number): void {
  const known = at.get(position)
  if (known) known.push(update)
  else at.set(position, [update])
}
