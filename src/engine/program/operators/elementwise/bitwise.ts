import { ElementType } from "../../../../protocol/program.ts"
import type { Lowering } from "../../node.ts"
import { shiftLeft, shiftRight } from "../../scalar/shift.ts"
import { binary, pointwise, unary } from "./pointwise.ts"
import { INTEGERS } from "./types.ts"

/** BitShift of uint8, the only unsigned type of programs. */
const lowerBitShift: Lowering = (node) => {
  const direction = node.string("direction")
  if (direction === "LEFT") return pointwise(node, 2, [ElementType.Uint8], shiftLeft)
  if (direction === "RIGHT") return pointwise(node, 2, [ElementType.Uint8], shiftRight)
  return node.fail(`direction is ${direction} instead of LEFT or RIGHT`)
}

/** Operations on the bits of integers. */
export const BITWISE: Readonly<Record<string, Lowering>> = {
  BitShift: lowerBitShift,
  BitwiseAnd: binary(INTEGERS, (e, a, b) => e.and(a, b)),
  BitwiseNot: unary(INTEGERS, (e, x) => e.not(x)),
  BitwiseOr: binary(INTEGERS, (e, a, b) => e.or(a, b)),
  BitwiseXor: binary(INTEGERS, (e, a, b) => e.xor(a, b)),
}
