import { ElementType } from "../../../../protocol/program.ts"
import { broadcast } from "../../builder.ts"
import { requirePositions } from "../../limits.ts"
import type { NodeContext } from "../../node.ts"
import type { Emitter, Register } from "../../scalar/emitter.ts"
import { reshape } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { concat } from "./call.ts"
import { optionalShaped } from "./inputs.ts"

/** What is added to the scores: 0 where a query may look, -infinity where it may not. */
export function maskOf(
  node: NodeContext,
  shape: readonly [number, number, number, number],
  before: number,
): Value | undefined {
  const { builder } = node
  const [batch, , length, total] = shape
  const masks: Value[] = []
  const given = node.optional(3)
  if (given) masks.push(widened(node, given, shape))
  const valid = optionalShaped(node, 6, [batch], ElementType.Int64)
  if (valid && node.optional(4)) node.fail("nonpad_kv_seqlen is given together with keys of the past")
  const ends = valid && reshape(builder, valid, [batch, 1, 1, 1])
  const hiddenUnless = (
    shown: (e: Emitter, column: Register, row: Register, end: Register) => Register,
  ): Value =>
    builder.map(
      [numbered(node, [1, 1, 1, total]), numbered(node, [1, 1, length, 1]), ends ?? zero(node)],
      (e, [j, i, end]) => e.select(shown(e, j, i, end), e.float(0), e.float(-Infinity)),
    )
  if (ends) masks.push(hiddenUnless((e, j, _, end) => e.lt(j, end)))
  if (node.int("is_causal", 0) !== 0) {
    // The queries are the last of the keys that count.
    masks.push(
      hiddenUnless((e, j, i, end) => {
        const first = ends
          ? e.sub(end, e.integer(ElementType.Int64, length))
          : e.integer(ElementType.Int64, before)
        return e.le(j, e.add(i, first))
      }),
    )
  }
  if (masks.length === 0) return undefined
  return masks.reduce((all, one) => builder.map([all, one], (e, [a, b]) => e.add(a, b)))
}

/** 0, 1, 2, ... along the only axis of `shape` that is longer than 1. */
function numbered({ builder }: NodeContext, shape: readonly number[]): Value {
  const places = BigInt64Array.from({ length: requirePositions(Math.max(...shape)) }, (_, i) => BigInt(i))
  return builder.constant(ElementType.Int64, shape, new Uint8Array(places.buffer))
}

const zero = ({ builder }: NodeContext): Value => builder.fill(ElementType.Int64, [1, 1, 1, 1], 0n)

/** A mask as numbers, and as wide as there are keys: what it does not name is hidden. */
function widened(node: NodeContext, mask: Value, shape: readonly number[]): Value {
  const { builder } = node
  const total = shape[3]
  const rows = mask.shape.slice(0, -1)
  const columns = mask.shape.at(-1) ?? node.fail("the mask is a scalar")
  if (columns > total || String(broadcast([shape, [...rows, total]])) !== String(shape)) {
    node.fail(`a mask of shape [${mask.shape}] does not fit scores of shape [${shape}]`)
  }
  const numbers =
    mask.type === ElementType.Bool
      ? builder.map([mask], (e, [x]) => e.select(x, e.float(0), e.float(-Infinity)))
      : node.requireType(3, ElementType.Float32, ElementType.Bool)
  if (columns === total) return numbers
  const hidden = builder.fill(ElementType.Float32, [...rows, total - columns], 0xff800000n)
  return concat(node, [numbers, hidden], mask.shape.length - 1)
}
