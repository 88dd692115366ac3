import { ElementType } from "../../../protocol/program.ts"
import type { Emitter, Register } from "./emitter.ts"
import { ATANH, LN2_HIGH, LN2_LOW, decompose } from "./log.ts"
import { polynomial } from "./polynomial.ts"

/** A number as an unevaluated sum of two. */
interface Pair {
  readonly high: Register
  readonly low: Register
}

/** From here on every power but those of 1 and -1 is 0 or infinite. */
const LARGEST_EXPONENT = 2 ** 32

/** x^y with the special cases of C (IEEE 754-2019 `pow`): e^(y * ln|x|), the logarithm in two floats. */
export function pow(e: Emitter, x: Register, y: Register): Register {
  const [zero, one] = [e.float(0), e.float(1)]
  const size = e.abs(x)
  const finite = expOfProduct(e, logarithm(e, size), y)
  // 0 and infinity are those numbers that are their own doubles.
  const extreme = e.select(e.lt(y, zero), e.reciprocal(size), size)
  const isExtreme = e.eq(e.add(size, size), size)
  const magnitude = e.select(isExtreme, extreme, finite)
  const signed = e.select(isNegative(e, x), powerOfNegative(e, magnitude, y, isExtreme), magnitude)
  const isNumber = e.and(e.eq(x, x), e.eq(y, y))
  const any = e.select(isNumber, signed, e.float(NaN))
  return e.select(e.max(e.eq(x, one), e.eq(y, zero)), one, any)
}

/** x^y for a fixed exponent, by multiplications and roots where a few do. */
export function powConstant(e: Emitter, x: Register, y: number): Register {
  if (y < 0 && [-0.5, -1, -2].includes(y)) return e.reciprocal(powConstant(e, x, -y))
  switch (y) {
    case 0:
      return e.float(1)
    case 0.5:
      return e.sqrt(e.add(x, e.float(0))) // -0 counts as +0
    case 1:
      return x
    case 2:
      return e.square(x)
    case 3:
      return e.mul(e.square(x), x)
    case 4:
      return e.square(e.square(x))
    default:
      return pow(e, x, e.float(y))
  }
}

/** ln(x) for a positive finite x, to about 31 bits; the first part has 12 bits. */
function logarithm(e: Emitter, x: Register): Pair {
  const { m, k } = decompose(e, x)
  const f = e.sub(m, e.float(1))
  // s = f / (m + 1) as s.high, of 12 bits, and s.low: what the exact remainder adds.
  const sum = e.add(m, e.float(1))
  const lost = e.sub(f, e.sub(sum, e.float(2)))
  const s = e.div(f, sum)
  const head = truncated(e, s)
  const parts = split(e, sum)
  const remainder = e.sub(e.sub(e.sub(f, e.mul(head, parts.high)), e.mul(head, parts.low)), e.mul(head, lost))
  const tail = e.div(remainder, sum)
  // ln(m) = 2s + s^3 * ATANH(s^2); twice the head and k * LN2_HIGH are exact.
  const z = e.add(e.square(head), e.mul(e.add(s, head), tail))
  const series = e.mul(e.mul(polynomial(e, z, ATANH), z), s)
  const low = e.add(e.add(e.add(tail, tail), series), e.mul(k, e.floatBits(LN2_LOW)))
  const whole = e.mul(k, e.floatBits(LN2_HIGH))
  const twice = e.add(head, head)
  const high = e.add(whole, twice)
  const rest = e.add(e.add(e.sub(whole, high), twice), low)
  const first = truncated(e, e.add(high, rest))
  return { high: first, low: e.add(e.sub(high, first), rest) }
}

/** e^(y * (log.high + log.low)). */
function expOfProduct(e: Emitter, log: Pair, exponent: Register): Register {
  const y = e.clamp(exponent, e.float(-LARGEST_EXPONENT), e.float(LARGEST_EXPONENT))
  const parts = split(e, y)
  const high = e.mul(parts.high, log.high)
  const low = e.add(e.mul(y, log.low), e.mul(parts.low, log.high))
  const sum = e.add(high, low)
  const power = e.exp(sum)
  // e^rest is 1 + rest; it changes nothing once the power is infinite.
  const rest = e.add(e.sub(high, sum), low)
  return e.select(e.lt(power, e.float(Infinity)), e.add(e.mul(power, rest), power), power)
}

/** x^y for a negative x, from |x|^y. */
function powerOfNegative(e: Emitter, magnitude: Register, y: Register, isExtreme: Register): Register {
  const half = e.mul(y, e.float(0.5))
  const isInteger = e.eq(e.round(y), y)
  const isEven = e.eq(e.round(half), half)
  // The extremes have powers that are no integers, too: those have no sign.
  const other = e.select(isExtreme, magnitude, e.float(NaN))
  return e.select(isInteger, e.select(isEven, magnitude, e.neg(magnitude)), other)
}

/** True if the sign bit is set; false for NaN. */
function isNegative(e: Emitter, x: Register): Register {
  return e.lt(e.bits(x), e.integer(ElementType.Int32, 0))
}

/** x without the last 12 bits of its significand: products of two such numbers are exact. */
function truncated(e: Emitter, x: Register): Register {
  return e.fromBits(e.and(e.bits(x), e.integer(ElementType.Int32, 0xfffff000)))
}

function split(e: Emitter, x: Register): Pair {
  const high = truncated(e, x)
  return { high, low: e.sub(x, high) }
}
