import { ElementType } from "../../../../protocol/program.ts"
import type { Builder } from "../../builder.ts"
import type { NodeContext } from "../../node.ts"
import type { Value } from "../../value.ts"

/** Indices of the input `index`: int32 or int64. */
export const indicesOf = (node: NodeContext, index: number): Value =>
  node.requireType(index, ElementType.Int32, ElementType.Int64)

/** An index counted from the front. @throws OnusError if an axis of `size` has no such element. */
export function wrapped(node: NodeContext, index: number, size: number): number {
  const at = index < 0 ? index + size : index
  return at >= 0 && at < size ? at : node.fail(`the index ${index} is not one of ${size} elements`)
}

/**
 * The indices of an input if they are known, counted from the front.
 *
 * @param sizeOf How many elements the axis has into which the index at a position reaches.
 */
export function knownIndices(
  node: NodeContext,
  input: number,
  sizeOf: (position: number) => number,
): number[] | undefined {
  if (!node.builder.bytesOf(node.input(input))) return undefined
  return node.staticInts(input).map((index, i) => wrapped(node, index, sizeOf(i)))
}

/** Indices counted from the front, by a step of their own; those out of range stay out of range. */
export function wrappedValue(builder: Builder, indices: Value, sizes: Value): Value {
  const zero = builder.fill(indices.type, [], 0n)
  return builder.map([indices, sizes, zero], (e, [index, size, none]) =>
    e.select(e.lt(index, none), e.add(index, size), index),
  )
}
