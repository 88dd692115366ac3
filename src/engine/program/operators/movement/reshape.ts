import type { NodeContext } from "../../node.ts"
import { reshape } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { product } from "../../view.ts"

/** Reshape: 0 copies a size of the input (unless `allowzero`), one -1 is what is left over. */
export function lowerReshape(node: NodeContext): Value[] {
  const [x, wanted] = [node.input(0), node.staticInts(1)]
  const copies = node.int("allowzero", 0) === 0
  const sizes = wanted.map((size, axis) => {
    if (size !== 0 || !copies) return size
    return x.shape[axis] ?? node.fail(`shape [${wanted}] copies axis ${axis} of [${x.shape}]`)
  })
  const open = sizes.indexOf(-1)
  const rest = product(sizes.filter((_, axis) => axis !== open))
  const total = product(x.shape)
  if (open >= 0) sizes[open] = rest === 0 ? 0 : total / rest
  const fits = sizes.every((size) => size >= 0 && Number.isInteger(size)) && product(sizes) === total
  if (!fits || (open >= 0 && rest === 0)) node.fail(`[${x.shape}] cannot be reshaped to [${wanted}]`)
  return [reshape(node.builder, x, sizes)]
}

/** Flatten: the axes in front of `axis` and those from it on as one axis each. */
export function lowerFlatten(node: NodeContext): Value[] {
  const x = node.input(0)
  const given = node.int("axis", 1)
  const rank = x.shape.length
  const axis = given < 0 ? given + rank : given
  if (axis < 0 || axis > rank) node.fail(`axis ${given} is not one of rank ${rank}`)
  const shape = [product(x.shape.slice(0, axis)), product(x.shape.slice(axis))]
  return [reshape(node.builder, x, shape)]
}

/** Squeeze: without the axes given, which have size 1, or without all of size 1. */
export function lowerSqueeze(node: NodeContext): Value[] {
  const x = node.input(0)
  const given = node.opset < 13 ? node.ints("axes") : node.optionalInts(1)
  const axes = given
    ? node.axes(given, x.shape.length)
    : [...x.shape.keys()].filter((axis) => x.shape[axis] === 1)
  const wide = axes.find((axis) => x.shape[axis] !== 1)
  if (wide !== undefined) node.fail(`axis ${wide} of [${x.shape}] is not of size 1`)
  const shape = x.shape.filter((_, axis) => !axes.includes(axis))
  return [reshape(node.builder, x, shape)]
}

/** Unsqueeze: new axes of size 1, numbered as the result has them. */
export function lowerUnsqueeze(node: NodeContext): Value[] {
  const x = node.input(0)
  const given = node.opset < 13 ? node.ints("axes") : node.staticInts(1)
  if (!given) return node.fail("axes are missing")
  const rank = x.shape.length + given.length
  const axes = node.axes(given, rank)
  const sizes = [...x.shape]
  const shape = Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : sizes.shift()!))
  return [reshape(node.builder, x, shape)]
}
