import { ElementType } from "../../../../protocol/program.ts"
import type { NodeContext } from "../../node.ts"
import { expand, reshape, transpose } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { concat } from "./call.ts"

/** Queries, keys and values as [batch, heads, length, features]. */
interface AttentionInputs {
  readonly q: Value
  readonly k: Value
  readonly v: Value
  /** How many of the keys are those of the past. */
  readonly before: number
}

/** Reads queries, keys and values, the latter two behind those of the past. */
export function attentionInputs(node: NodeContext): AttentionInputs {
  const q = heads(node, 0, "q_num_heads")
  const fresh = [heads(node, 1, "kv_num_heads"), heads(node, 2, "kv_num_heads")]
  if (Boolean(node.optional(4)) !== Boolean(node.optional(5)))
    node.fail("only one of the past keys and values is given")
  const [k, v] = [past(node, fresh[0], 4), past(node, fresh[1], 5)]
  const [batch, count, length] = k.shape
  if (q.shape[0] !== batch || String(v.shape.slice(0, 3)) !== String([batch, count, length])) {
    node.fail(`queries [${q.shape}], keys [${k.shape}] and values [${v.shape}] do not fit each other`)
  }
  return { q, k, v, before: length - fresh[0].shape[2] }
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
export function repeated(node: NodeContext, value: Value, count: number): Value {
  const [batch, own, length, features] = value.shape
  if (own === count) return value
  if (count % own !== 0) node.fail(`${count} heads of queries do not share ${own} heads of keys and values`)
  const single = reshape(node.builder, value, [batch, own, 1, length, features])
  const shared = expand(node.builder, single, [batch, own, count / own, length, features])
  return reshape(node.builder, shared, [batch, count, length, features])
}
