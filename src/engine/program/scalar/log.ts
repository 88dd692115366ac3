import { ElementType } from "../../../protocol/program.ts"
import type { Emitter, Register } from "./emitter.ts"
import { polynomial } from "./polynomial.ts"

/** ln(2) in two parts, of which the first has 17 bits: `logf` of FreeBSD's msun (e_logf.c). */
export const LN2_HIGH = 0x3f317180
export const LN2_LOW = 0x3717f7d1

/** (ln((1 + s) / (1 - s)) - 2s) / s^3 by powers of s^2, for |s| up to (sqrt(2) - 1) / (sqrt(2) + 1). */
export const ATANH = [0x3e98f232, 0x3eccaf59, 0x3f2aaabd]

const SQRT_HALF = 0x3f3504f3
const EXPONENT = 0xff800000

/** x = m * 2^k with m from sqrt(1/2) to sqrt(2), for x from 2^-149 to below infinity. */
export function decompose(e: Emitter, x: Register): { m: Register; k: Register } {
  const int = (value: number) => e.integer(ElementType.Int32, value)
  const isSubnormal = e.lt(x, e.float(2 ** -126))
  const bits = e.bits(e.select(isSubnormal, e.mul(x, e.float(2 ** 25)), x))
  const distance = e.sub(bits, int(SQRT_HALF))
  const m = e.fromBits(e.sub(bits, e.and(distance, int(EXPONENT))))
  const exponent = e.cast(e.shr(distance, int(23)), ElementType.Float32)
  return { m, k: e.sub(exponent, e.select(isSubnormal, e.float(25), e.float(0))) }
}

/** The natural logarithm; NaN below zero. */
export function log(e: Emitter, x: Register): Register {
  const { m, k } = decompose(e, x)
  const f = e.sub(m, e.float(1))
  const s = e.div(f, e.add(f, e.float(2)))
  const z = e.square(s)
  const rest = e.mul(polynomial(e, z, ATANH), z)
  const half = e.mul(e.square(f), e.float(0.5))
  // ln(m) = f - (half - s * (half + rest)): the largest term is exact.
  const low = e.add(e.mul(s, e.add(half, rest)), e.mul(k, e.floatBits(LN2_LOW)))
  const y = e.sub(e.mul(k, e.floatBits(LN2_HIGH)), e.sub(e.sub(half, low), f))
  const zero = e.float(0)
  const finite = e.select(e.lt(x, e.float(Infinity)), y, x)
  const notPositive = e.select(e.eq(x, zero), e.float(-Infinity), e.float(NaN))
  return e.select(e.lt(zero, x), finite, notPositive)
}

/** ln(1 + x), exact near zero. */
export function log1p(e: Emitter, x: Register): Register {
  const one = e.float(1)
  const sum = e.add(x, one)
  return e.add(log(e, sum), rounding(e, x, sum))
}

/** ln(1 + x) - ln(sum) for the rounded sum of 1 and x; 0 where ln(sum) is not finite. */
export function rounding(e: Emitter, x: Register, sum: Register): Register {
  const lost = e.div(e.sub(x, e.sub(sum, e.float(1))), sum)
  const zero = e.float(0)
  const isFinite = e.and(e.lt(zero, sum), e.lt(sum, e.float(Infinity)))
  return e.select(isFinite, lost, zero)
}
