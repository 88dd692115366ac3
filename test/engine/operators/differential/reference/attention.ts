import { elementsOf } from "../../../../../src/engine/onnx/elements.ts"
import type { OnnxTensor } from "../../../../../src/engine/onnx/graph.ts"
import type { Spec } from "../spec.ts"
import { type NumberArray, arrayOf, at, build, range, sum, tensorOf } from "./array.ts"
import { floatOf, intOf } from "./attributes.ts"

/** Attention element by element in binary64. A query that may look nowhere answers zero. */
export function attentionReference(spec: Spec): OnnxTensor[] {
  const [q, newK, newV] = [0, 1, 2].map((i) => heads(spec, i))
  const [k, v] = [joined(spec, 4, newK), joined(spec, 5, newV)]
  const [batch, count, length] = q.dims
  const [, shared, total] = k.dims
  const past = total - newK.dims[2]
  const own = (h: number) => Math.floor(h / (count / shared))
  const mask = spec.inputs[3]
  const given = mask && arrayOf(mask)
  const ends = spec.inputs[6] && arrayOf(spec.inputs[6]).numbers
  const scale = floatOf(spec, "scale", 1 / Math.sqrt(q.dims[3]))
  const cap = floatOf(spec, "softcap", 0)

  const raw = build([batch, count, length, total], ([b, h, i, j]) =>
    sum(range(q.dims[3]).map((f) => at(q, [b, h, i, f]) * at(k, [b, own(h), j, f]) * scale)),
  )
  const capped = build(raw.dims, (place) =>
    cap === 0 ? at(raw, place) : Math.tanh(at(raw, place) / cap) * cap,
  )
  const bias = (place: readonly number[]): number => {
    const [b, , i, j] = place
    const first = ends ? ends[b] - length : past
    if (ends && j >= ends[b]) return -Infinity
    if (intOf(spec, "is_causal", 0) && j > i + first) return -Infinity
    if (!given) return 0
    if (j >= given.dims.at(-1)!) return -Infinity
    // An axis of one column is that column, not all of them.
    const number = at(given, place)
    return mask.elementType === "bool" ? (number ? 0 : -Infinity) : number
  }
  const masked = build(raw.dims, (place) => at(capped, place) + bias(place))
  const weights = build(raw.dims, ([b, h, i, j]) => {
    const row = range(total).map((other) => at(masked, [b, h, i, other]))
    const most = Math.max(...row)
    if (most === -Infinity) return 0
    return Math.exp(row[j] - most) / sum(row.map((one) => Math.exp(one - most)))
  })
  const y = build([batch, count, length, v.dims[3]], ([b, h, i, f]) =>
    sum(range(total).map((j) => at(weights, [b, h, i, j]) * at(v, [b, own(h), j, f]))),
  )
  const isFlat = spec.inputs[0]!.dims.length === 3
  const answer = isFlat
    ? build([batch, length, count * v.dims[3]], ([b, i, f]) =>
        at(y, [b, Math.floor(f / v.dims[3]), i, f % v.dims[3]]),
      )
    : y
  const scores = [raw, capped, masked, weights][intOf(spec, "qk_matmul_output_mode", 0)]
  return [answer, k, v, scores].slice(0, spec.outputs ?? 1).map((one) => tensorOf(one))
}

/** An input as [batch, heads, length, features]. */
function heads(spec: Spec, index: number): NumberArray {
  const x = arrayOf(spec.inputs[index]!)
  if (x.dims.length === 4) return x
  const count = intOf(spec, index === 0 ? "q_num_heads" : "kv_num_heads", 0)
  const [batch, length, hidden] = x.dims
  const features = hidden / count
  return build([batch, count, length, features], ([b, h, i, f]) => at(x, [b, i, h * features + f]))
}

/** The past in front of what is new. */
function joined(spec: Spec, index: number, fresh: NumberArray): NumberArray {
  const old = spec.inputs[index] && arrayOf(spec.inputs[index])
  if (!old) return fresh
  const [batch, count, length, features] = fresh.dims
  const before = old.dims[2]
  return build([batch, count, before + length, features], ([b, h, i, f]) =>
    i < before ? at(old, [b, h, i, f]) : at(fresh, [b, h, i - before, f]),
  )
}

/** RotaryEmbedding element by element in binary64. */
export function rotaryReference(spec: Spec): OnnxTensor[] {
  const given = arrayOf(spec.inputs[0]!)
  const [cos, sin] = [arrayOf(spec.inputs[1]!), arrayOf(spec.inputs[2]!)]
  const places = spec.inputs[3]
  const isFlat = given.dims.length === 3
  const count = isFlat ? intOf(spec, "num_heads", 0) : given.dims[1]
  const features = isFlat ? given.dims[2] / count : given.dims[3]
  const length = isFlat ? given.dims[1] : given.dims[2]
  const turned = intOf(spec, "rotary_embedding_dim", 0) || features
  const half = turned / 2
  const isInterleaved = intOf(spec, "interleaved", 0) === 1
  const x = isFlat
    ? build([given.dims[0], count, length, features], ([b, h, i, f]) => at(given, [b, i, h * features + f]))
    : given
  const angle = (cache: NumberArray, b: number, i: number, pair: number): number => {
    if (!places) return at(cache, [b, i, pair])
    const position = Number(elementsOf(places)[b * length + i])
    return at(cache, [position, pair])
  }
  const y = build(x.dims, ([b, h, i, f]) => {
    if (f >= turned) return at(x, [b, h, i, f])
    const pair = isInterleaved ? f >> 1 : f % half
    const isFirst = isInterleaved ? f % 2 === 0 : f < half
    const other = isInterleaved ? f ^ 1 : isFirst ? f + half : f - half
    const [c, s] = [angle(cos, b, i, pair), angle(sin, b, i, pair)]
    const [own, partner] = [at(x, [b, h, i, f]), at(x, [b, h, i, other])]
    return isFirst ? own * c - partner * s : partner * s + own * c
  })
  if (!isFlat) return [tensorOf(y)]
  return [tensorOf(build(given.dims, ([b, i, f]) => at(y, [b, Math.floor(f / features), i, f % features])))]
}
