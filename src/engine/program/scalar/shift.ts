import { ElementType } from "../../../protocol/program.ts"
import type { Emitter, Register } from "./emitter.ts"

/** x * 2^amount modulo the width of the type; amounts below zero count as zero. */
export function shiftLeft(e: Emitter, x: Register, amount: Register): Register {
  const type = e.typeOf(x)
  const one = e.integer(ElementType.Int32, 1)
  const bound = e.integer(e.typeOf(amount), 64)
  const total = e.cast(e.clamp(amount, e.integer(e.typeOf(amount), 0), bound), ElementType.Int32)
  // In two halves, because 2^63 is not an Int64.
  const half = e.shr(total, one)
  const once = e.mul(e.cast(x, ElementType.Int64), powerOfTwo(e, half))
  return e.cast(e.mul(once, powerOfTwo(e, e.sub(total, half))), type)
}

/** x / 2^amount, rounded down; amounts below zero count as zero. */
export function shiftRight(e: Emitter, x: Register, amount: Register): Register {
  const type = e.typeOf(x)
  const wide = type === ElementType.Int64 ? type : ElementType.Int32
  return e.cast(e.shr(e.cast(x, wide), e.cast(amount, wide)), type)
}

/** 2^n as an Int64, for an Int32 n from 0 to 62: through the exponent of a float. */
function powerOfTwo(e: Emitter, n: Register): Register {
  const int = (value: number) => e.integer(ElementType.Int32, value)
  return e.cast(e.fromBits(e.mul(e.add(n, int(127)), int(2 ** 23))), ElementType.Int64)
}
