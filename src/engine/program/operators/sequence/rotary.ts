import { ElementType } from "../../../../protocol/program.ts"
import type { NodeContext } from "../../node.ts"
import { reshape, slice, transpose } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { call, concat } from "./call.ts"

/**
 * RotaryEmbedding: turns pairs of features by angles that depend on the position,
 * (a, b) -> (a cos - b sin, a sin + b cos). The pairs are the two halves of the features, or neighbours if
 * `interleaved`; features beyond `rotary_embedding_dim` stay.
 */
export function lowerRotaryEmbedding(node: NodeContext): Value[] {
  const { builder } = node
  const given = node.requireType(0, ElementType.Float32)
  const flat = given.shape.length === 3
  const x = flat ? split(node, given) : given
  if (x.shape.length !== 4)
    node.fail(`the input has the shape [${given.shape}] instead of three or four axes`)
  builder.stored(x)
  const [batch, heads, length, features] = x.shape
  const turned = node.int("rotary_embedding_dim", 0) || features
  if (turned < 0 || turned > features || turned % 2 !== 0) {
    node.fail(`${turned} of ${features} features cannot be turned in pairs`)
  }
  const half = turned / 2
  const [cos, sin] = [1, 2].map((index) => angles(node, index, [batch, length, half]))
  const [a, b] = node.int("interleaved", 0)
    ? [slice(builder, x, 3, 0, 2, half), slice(builder, x, 3, 1, 2, half)]
    : [slice(builder, x, 3, 0, 1, half), slice(builder, x, 3, half, 1, half)]
  const real = builder.map([a, b, cos, sin], (e, [p, q, c, s]) => e.sub(e.mul(p, c), e.mul(q, s)))
  const imaginary = builder.map([a, b, cos, sin], (e, [p, q, c, s]) => e.add(e.mul(p, s), e.mul(q, c)))
  const joined = node.int("interleaved", 0)
    ? reshape(
        builder,
        concat(
          node,
          [real, imaginary].map((value) => reshape(builder, value, [batch, heads, length, half, 1])),
          4,
        ),
        [batch, heads, length, turned],
      )
    : concat(node, [real, imaginary], 3)
  const rest = turned < features ? [slice(builder, x, 3, turned, 1, features - turned)] : []
  const result = concat(node, [joined, ...rest], 3)
  return [flat ? reshape(builder, transpose(builder, result, [0, 2, 1, 3]), given.shape) : result]
}

/** [batch, length, heads x features] as [batch, heads, length, features]. */
function split(node: NodeContext, value: Value): Value {
  const heads = node.int("num_heads", 0)
  const [batch, length, hidden] = value.shape
  if (heads < 1 || hidden % heads !== 0) node.fail(`${hidden} features do not divide into ${heads} heads`)
  const parts = reshape(node.builder, value, [batch, length, heads, hidden / heads])
  return transpose(node.builder, parts, [0, 2, 1, 3])
}

/** A cache of cosines or sines for every position, as [batch, 1, length, half]. */
function angles(node: NodeContext, index: number, shape: readonly number[]): Value {
  const { builder } = node
  const cache = node.requireType(index, ElementType.Float32)
  const positions = node.optional(3)
  const rows = positions ? call(node, "Gather", [cache, positions], { axis: 0 }) : cache
  if (String(rows.shape) !== String(shape)) {
    node.fail(`the cache of input ${index} gives [${rows.shape}] instead of [${shape}]`)
  }
  builder.stored(rows)
  return reshape(builder, rows, [shape[0], 1, ...shape.slice(1)])
}
