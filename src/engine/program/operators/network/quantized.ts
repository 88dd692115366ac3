import { ElementType } from "../../../../protocol/program.ts"
import type { NodeContext } from "../../node.ts"
import { saturate } from "../../scalar/quantize.ts"
import { reshape } from "../../shapes.ts"
import type { Value } from "../../value.ts"

const { Float32, Int8, Uint8 } = ElementType

/** An input of eight bits. */
export const bytesInput = (node: NodeContext, index: number): Value => node.requireType(index, Int8, Uint8)

/** The zero point given as input `index` for the values `of`, of the same type; 0 if it is left out. */
export function zeroPoint(node: NodeContext, index: number, of: Value): Value {
  const zero = node.optional(index) ?? node.builder.fill(of.type, [], 0n)
  if (zero.type !== of.type) node.fail(`input ${index} is a zero point of another type than its values`)
  return zero
}

/** A scale or zero point that is one number for everything, or one for each of `count` rows or channels. */
export function perAxis(node: NodeContext, value: Value, count: number, trailing: number): Value {
  const { shape } = value
  if (shape.length > 1 || (shape.length === 1 && shape[0] !== 1 && shape[0] !== count)) {
    node.fail(`a scale or zero point has the shape [${shape}] where 1 or ${count} numbers are needed`)
  }
  return reshape(
    node.builder,
    value,
    shape.length === 0 ? [] : [shape[0], ...new Array<number>(trailing).fill(1)],
  )
}

/**
 * Integers that stand for multiples of the product of the scales `a` and `b` as multiples of the scale `y`: times
 * `a * b / y`, rounded to even, plus the zero point, held at the bounds of its type.
 */
export function requantized(
  node: NodeContext,
  sums: Value,
  [a, b, y]: readonly [Value, Value, Value],
  zero: Value,
): Value {
  const { builder } = node
  const { type } = zero
  if (type !== Int8 && type !== Uint8)
    return node.fail("the zero point of the result is neither int8 nor uint8")
  const factor = builder.map([a, b, y], (e, [a, b, y]) => e.div(e.mul(a, b), y))
  return builder.map([sums, factor, zero], (e, [sum, factor, zero]) => {
    const rounded = e.round(e.mul(e.cast(sum, Float32), factor))
    const shifted = e.add(rounded, e.cast(zero, Float32))
    return saturate(e, shifted, type)
  })
}
