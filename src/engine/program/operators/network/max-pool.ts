import { ElementType, Op } from "../../../../protocol/program.ts"
import type { Builder } from "../../builder.ts"
import { requirePositions } from "../../limits.ts"
import type { NodeContext } from "../../node.ts"
import type { Emitter, Register } from "../../scalar/emitter.ts"
import type { Value } from "../../value.ts"
import { product, rowMajor } from "../../view.ts"
import { pool, poolAxes, requireContent } from "./pool.ts"

const { Float32, Int8, Uint8, Int32, Int64 } = ElementType

/** MaxPool of float32, int8 or uint8 values, with the positions of the maxima as a second output. */
export function lowerMaxPool(node: NodeContext): Value[] {
  const { builder } = node
  const x = node.requireType(0, Float32, Int8, Uint8)
  const axes = poolAxes(node, x)
  requireContent(node, axes)
  if (!node.hasOutput(1)) return [pool(builder, x, axes, Op.Max)]
  builder.stored(x)
  const largest = pool(builder, withPositions(builder, x), axes, Op.Max)
  const columnMajor = node.int("storage_order", 0) !== 0
  const indices = builder.map([largest], (e, [pair]) => {
    const low = e.integer(Int64, LOW)
    const position = e.xor(e.and(pair, low), low)
    return columnMajor ? transposed(e, position, x.shape.slice(2)) : position
  })
  return [pool(builder, x, axes, Op.Max), indices]
}

/** The bits of a position: a tensor has at most 2^30 elements. */
const LOW = 2n ** 31n - 1n

/**
 * Each element and its row-major position as one integer, so that the largest of them tells where the largest
 * element is: the element's rank among all of its type times 2^31, plus 2^31 - 1 less the position.
 */
function withPositions(builder: Builder, x: Value): Value {
  const counts = (shape: readonly number[], factor: number) =>
    builder.constant(
      Int64,
      shape,
      bytesOf(Array.from({ length: requirePositions(product(shape)) }, (_, i) => i * factor)),
    )
  const spatial = x.shape.slice(2)
  const channel = counts([...x.shape.slice(0, 2), ...spatial.map(() => 1)], product(spatial))
  return builder.map([x, channel, counts(spatial, 1)], (e, [x, channel, within]) => {
    const low = e.xor(e.add(channel, within), e.integer(Int64, LOW))
    return e.add(e.mul(e.cast(rankOf(e, x), Int64), e.integer(Int64, LOW + 1n)), low)
  })
}

/** An integer that is larger for larger elements: bit patterns as integers, those of negative numbers turned round. */
function rankOf(e: Emitter, x: Register): Register {
  if (e.typeOf(x) !== Float32) return x
  const bits = e.bits(x)
  const sign = e.shr(bits, e.integer(Int32, 31))
  return e.xor(bits, e.and(sign, e.integer(Int32, 0x7fffffff)))
}

/** The same position with the spatial axes nested the other way round, the first one fastest. */
function transposed(e: Emitter, position: Register, spatial: readonly number[]): Register {
  const constant = (value: number) => e.integer(Int64, value)
  const within = e.rem(position, constant(product(spatial)))
  const strides = rowMajor(spatial)
  return spatial.reduce(
    (sum, size, i) => {
      const coordinate = e.rem(e.div(within, constant(strides[i])), constant(size))
      return e.add(sum, e.mul(coordinate, constant(product(spatial.slice(0, i)))))
    },
    e.sub(position, within),
  )
}

const bytesOf = (values: readonly number[]): Uint8Array =>
  new Uint8Array(BigInt64Array.from(values, BigInt).buffer)
