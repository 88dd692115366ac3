import { ElementType, Op } from "../../../../protocol/program.ts"
import type { Builder } from "../../builder.ts"
import type { NodeContext } from "../../node.ts"
import { fold } from "../../reductions.ts"
import type { Emitter, Register } from "../../scalar/emitter.ts"
import { tanh } from "../../scalar/tanh.ts"
import { expand, reshape, transpose } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { call, concat } from "./call.ts"

/** What `qk_matmul_output_mode` asks for. */
const Mode = { Raw: 0, Capped: 1, Masked: 2, Softmax: 3 } as const

/**
 * Attention: softmax(Q K^T scale + mask) V for every head, with the keys and values of the past in front. The
 * scale multiplies Q and K by its root each, as the function body of ONNX does.
 */
export function lowerAttention(node: NodeContext): (Value | undefined)[] {
  const { builder } = node
  const flat = node.input(0).shape.length === 3
  const q = heads(node, 0, "q_num_heads")
  const newK = heads(node, 1, "kv_num_heads")
  const newV = heads(node, 2, "kv_num_heads")
  const [k, v] = [past(node, newK, 4), past(node, newV, 5)]
  const [batch, count, length] = q.shape
  const total = k.shape[2]
  const root = Math.sqrt(node.float("scale") ?? 1 / Math.sqrt(q.shape[3]))
  const scaled = (value: Value) => builder.map([value], (e, [x]) => e.mul(x, e.float(root)))
  const keys = transpose(builder, repeated(node, scaled(k), count), [0, 1, 3, 2])
  const raw = call(node, "MatMul", [scaled(q), keys])
  const bias = maskOf(node, [batch, count, length, total], total - newK.shape[2])
  const cap = node.float("softcap", 0)
  const mode = node.int("qk_matmul_output_mode", 0)
  const keep = (value: Value, at: number): Value => {
    if (mode === at && node.hasOutput(3)) builder.stored(value)
    return value
  }
  const scores = keep(raw, Mode.Raw)
  const capped =
    cap === 0
      ? scores
      : builder.map([scores], (e, [x]) => e.mul(tanh(e, e.div(x, e.float(cap))), e.float(cap)))
  keep(capped, Mode.Capped)
  const masked = bias ? builder.map([capped, bias], (e, [x, m]) => e.add(x, m)) : capped
  keep(masked, Mode.Masked)
  const weights = softmax(builder, masked)
  keep(weights, Mode.Softmax)
  const steps = [raw, capped, masked, weights]
  const y = call(node, "MatMul", [weights, repeated(node, v, count)])
  const merged = transpose(builder, y, [0, 2, 1, 3])
  const answer = flat ? reshape(builder, merged, [batch, length, count * v.shape[3]]) : y
  return [answer, k, v, steps[mode]]
}

/** An input as [batch, heads, length, features]. */
function heads(node: NodeContext, index: number, attribute: string): Value {
  const value = node.requireType(index, ElementType.Float32)
  node.builder.stored(value)
  if (value.shape.length === 4) return value
  const count = node.int(attribute, 0)
  const [batch, length, hidden] = value.shape
  if (value.shape.length !== 3 || count < 1 || hidden % count !== 0) {
    node.fail(`input ${index} of shape [${value.shape}] does not divide into ${count} heads`)
  }
  const parts = reshape(node.builder, value, [batch, length, count, hidden / count])
  return transpose(node.builder, parts, [0, 2, 1, 3])
}

/** The past, if there is one, in front of the new keys or values. */
function past(node: NodeContext, fresh: Value, index: number): Value {
  const old = node.optional(index)
  const joined = old ? concat(node, [old, fresh], 2) : fresh
  node.builder.stored(joined)
  return joined
}

/** Every head of keys or values for as many heads of queries as share it: nothing is copied. */
function repeated(node: NodeContext, value: Value, count: number): Value {
  const [batch, own, length, features] = value.shape
  if (own === count) return value
  if (count % own !== 0) node.fail(`${count} heads of queries do not share ${own} heads of keys and values`)
  const single = reshape(node.builder, value, [batch, own, 1, length, features])
  const shared = expand(node.builder, single, [batch, own, count / own, length, features])
  return reshape(node.builder, shared, [batch, count, length, features])
}

/** What is added to the scores: 0 where a query may look, -infinity where it may not. */
function maskOf(
  node: NodeContext,
  shape: readonly [number, number, number, number],
  before: number,
): Value | undefined {
  const { builder } = node
  const [, , length, total] = shape
  const masks: Value[] = []
  const given = node.optional(3)
  if (given) masks.push(widened(node, given, total))
  const valid = node.optional(6)
  const ends = valid && reshape(builder, call(node, "Cast", [valid], { to: 7 }), [valid.shape[0], 1, 1, 1])
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
  const places = BigInt64Array.from({ length: Math.max(...shape) }, (_, i) => BigInt(i))
  return builder.constant(ElementType.Int64, shape, new Uint8Array(places.buffer))
}

const zero = ({ builder }: NodeContext): Value => builder.fill(ElementType.Int64, [1, 1, 1, 1], 0n)

/** Softmax over the last axis; a row in which everything is hidden is +0 instead of NaN. */
function softmax(builder: Builder, scores: Value): Value {
  builder.stored(scores)
  const axis = scores.shape.length - 1
  const greatest = fold(builder, scores, [axis], Op.Max, true)
  builder.stored(greatest)
  const powers = builder.map([scores, greatest], (e, [x, m]) => {
    const finite = e.select(e.eq(m, e.float(-Infinity)), e.float(0), m)
    return e.exp(e.sub(x, finite))
  })
  builder.stored(powers)
  const sum = fold(builder, powers, [axis], Op.Add, true)
  builder.stored(sum)
  return builder.map([powers, sum], (e, [p, s]) => e.select(e.eq(s, e.float(0)), e.float(0), e.div(p, s)))
}

/** A mask as numbers, and as wide as there are keys: what it does not name is hidden. */
function widened(node: NodeContext, mask: Value, total: number): Value {
  const { builder } = node
  const numbers =
    mask.type === ElementType.Bool
      ? builder.map([mask], (e, [x]) => e.select(x, e.float(0), e.float(-Infinity)))
      : node.requireType(3, ElementType.Float32, ElementType.Bool)
  const missing = total - mask.shape.at(-1)!
  if (missing <= 0) return numbers
  const hidden = builder.fill(ElementType.Float32, [...mask.shape.slice(0, -1), missing], 0xff800000n)
  return concat(node, [numbers, hidden], mask.shape.length - 1)
}
