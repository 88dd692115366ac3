import { Op } from "../../../../protocol/program.ts"
import type { Builder } from "../../builder.ts"
import type { NodeContext } from "../../node.ts"
import { fold } from "../../reductions.ts"
import { tanh } from "../../scalar/tanh.ts"
import { reshape, transpose } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { attentionInputs, repeated } from "./attention-inputs.ts"
import { maskOf } from "./attention-mask.ts"
import { call } from "./call.ts"

/** What `qk_matmul_output_mode` asks for. */
const Mode = { Raw: 0, Capped: 1, Masked: 2, Softmax: 3 } as const

/**
 * Attention: softmax(Q K^T scale + mask) V for every head, with the keys and values of the past in front. The
 * scale multiplies Q and K by its root each, as the function body of ONNX does.
 */
export function lowerAttention(node: NodeContext): (Value | undefined)[] {
  const { builder } = node
  const flat = node.input(0).shape.length === 3
  const { q, k, v, before } = attentionInputs(node)
  const [batch, count, length] = q.shape
  const total = k.shape[2]
  const root = Math.sqrt(scaleOf(node, q.shape[3]))
  const scaled = (value: Value) => builder.map([value], (e, [x]) => e.mul(x, e.float(root)))
  const keys = transpose(builder, repeated(node, scaled(k), count), [0, 1, 3, 2])
  const raw = call(node, "MatMul", [scaled(q), keys])
  const bias = maskOf(node, [batch, count, length, total], before)
  const cap = node.float("softcap", 0)
  const mode = modeOf(node)
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

function scaleOf(node: NodeContext, features: number): number {
  const scale = node.float("scale") ?? 1 / Math.sqrt(features)
  return scale >= 0 ? scale : node.fail(`scale is ${scale}, which has no root`)
}

/** The step that the fourth output shows; refuses a softmax of another type than float32. */
function modeOf(node: NodeContext): number {
  if (node.int("softmax_precision", 1) !== 1) node.fail("softmax_precision is not 1 (float32)")
  const mode = node.int("qk_matmul_output_mode", 0)
  return mode >= 0 && mode <= 3 ? mode : node.fail(`qk_matmul_output_mode is ${mode} instead of 0 to 3`)
}

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
