import type { NodeContext } from "../../node.ts"
import { expand, reshape, slice } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { product } from "../../view.ts"

/**
 * A scale or zero point so that it broadcasts to `x`: one for the whole tensor, one for every index of `axis`, or, with
 * a `block_size`, one for every so many consecutive indices of `axis`. No element is stored twice.
 *
 * @param index Which input of the node it is, for messages.
 */
export function spread(node: NodeContext, x: Value, index: number): Value {
  const { builder } = node
  const value = node.input(index)
  const { shape } = value
  const block = node.int("block_size", 0)
  if (block < 0) node.fail(`block_size is ${block}`)
  if (block > 0) return blocks(node, x, value, block)
  if (shape.length > 1) node.fail(`input ${index} has the shape [${shape}] without a block_size`)
  if (shape.length === 0) return value
  if (product(shape) === 1) return reshape(builder, value, [])
  const axis = node.axis(node.int("axis", 1), x.shape.length)
  if (shape[0] !== x.shape[axis]) {
    node.fail(`input ${index} of shape [${shape}] does not fit axis ${axis} of [${x.shape}]`)
  }
  return reshape(
    builder,
    value,
    x.shape.map((size, i) => (i === axis ? size : 1)),
  )
}

function blocks(node: NodeContext, x: Value, value: Value, block: number): Value {
  const { builder } = node
  const axis = node.axis(node.int("axis", 1), x.shape.length)
  const size = x.shape[axis]
  const count = Math.ceil(size / block)
  const shape = x.shape.map((one, i) => (i === axis ? count : one))
  if (String(value.shape) !== String(shape)) {
    node.fail(
      `parameters of shape [${value.shape}] do not fit [${x.shape}] in blocks of ${block} on axis ${axis}`,
    )
  }
  const before = shape.slice(0, axis + 1)
  const after = shape.slice(axis + 1)
  const apart = reshape(builder, value, [...before, 1, ...after])
  const repeated = reshape(
    builder,
    expand(builder, apart, [...before, block, ...after]),
    shape.map((one, i) => (i === axis ? count * block : one)),
  )
  return count * block === size ? repeated : slice(builder, repeated, axis, 0, 1, size)
}
