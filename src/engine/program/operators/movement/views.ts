import { broadcast } from "../../builder.ts"
import type { NodeContext } from "../../node.ts"
import { expand, transpose } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { normalised } from "../../view.ts"

/** Transpose: axis i of the result is axis `perm[i]` of the input; all axes the other way round without `perm`. */
export function lowerTranspose(node: NodeContext): Value[] {
  const x = node.input(0)
  const order = node.ints("perm") ?? [...x.shape.keys()].reverse()
  if (order.length !== x.shape.length) node.fail(`perm [${order}] does not fit the shape [${x.shape}]`)
  node.axes(order, x.shape.length)
  const axes = order.map((axis) => node.axis(axis, x.shape.length))
  return [axes.every((axis, i) => axis === i) ? x : transpose(node.builder, x, axes)]
}

/** Expand: the input broadcast against a shape, in both directions. */
export function lowerExpand(node: NodeContext): Value[] {
  const [x, wanted] = [node.input(0), node.staticInts(1)]
  const shape = broadcast([x.shape, wanted])
  return [String(shape) === String(x.shape) ? x : expand(node.builder, x, shape)]
}

/** Tile: every axis `repeats` times in a row, as one more digit of the axis. */
export function lowerTile(node: NodeContext): Value[] {
  const [x, repeats] = [node.input(0), node.staticInts(1)]
  if (repeats.length !== x.shape.length || repeats.some((times) => times < 0)) {
    node.fail(`repeats [${repeats}] do not fit the shape [${x.shape}]`)
  }
  if (repeats.every((times) => times === 1)) return [x]
  const shape = x.shape.map((size, axis) => size * repeats[axis])
  if (shape.includes(0)) return [node.builder.fill(x.type, shape, 0n)]
  const { layout } = node.builder.stored(x)
  const axes = layout.axes.map((digits, axis) => normalised([{ size: repeats[axis], stride: 0 }, ...digits]))
  return [node.builder.view(x, { base: layout.base, axes }, shape)]
}
