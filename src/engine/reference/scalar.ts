/**
 * The scalar operations of Onus on binary32 numbers, as docs/semantics.md section 2 defines them.
 *
 * A binary32 number is held in a JavaScript number, which is a binary64. Rounding a result twice, first to
 * binary64 and then with `Math.fround` to binary32, could differ from rounding it once only if the first
 * rounding landed exactly halfway between two binary32 neighbours without starting there. It never does:
 *
 * - A product of two 24-bit significands has at most 48 bits, so the binary64 product is exact.
 * - A sum is exact in binary64 unless the exponents differ by 29 or more; then the smaller operand is far
 *   below half a unit of the larger one, in binary64 as in binary32.
 * - A quotient that is not exactly halfway is at least 2^-49, relative to its size, away from halfway, and
 *   binary64 errs by at most 2^-53. (The general rule is that 2p + 2 bits suffice for p: 53 >= 2 * 24 + 2.)
 *
 * This covers subnormal results: they keep fewer bits than 24, all of them far inside the range of binary64.
 *
 * All NaNs are one value while they are numbers. The bit pattern appears only in {@link toBits}.
 */

/** The bit pattern of every NaN that an operation returns. */
export const CANONICAL_NAN = 0x7fc00000

const floats = new Float32Array(1)
const words = new Uint32Array(floats.buffer)

/** Returns the bit pattern (0 to 2^32 - 1) of a binary32 number. Any NaN becomes {@link CANONICAL_NAN}. */
export function toBits(x: number): number {
  if (x !== x) return CANONICAL_NAN
  floats[0] = x
  return words[0]
}

/** Returns the number whose bit pattern is `bits`. The payload of a NaN is lost. */
export function fromBits(bits: number): number {
  words[0] = bits
  return floats[0]
}

export function add(a: number, b: number): number {
  return Math.fround(a + b)
}

export function sub(a: number, b: number): number {
  return Math.fround(a - b)
}

export function mul(a: number, b: number): number {
  return Math.fround(a * b)
}

export function div(a: number, b: number): number {
  return Math.fround(a / b)
}

/** IEEE 754-2019 `maximum`: NaN if either operand is NaN, and -0 is smaller than +0. */
export function maximum(a: number, b: number): number {
  return Math.max(a, b)
}

/** IEEE 754-2019 `minimum`: NaN if either operand is NaN, and -0 is smaller than +0. */
export function minimum(a: number, b: number): number {
  return Math.min(a, b)
}

/** What the truncating division leaves, with the sign of `a`: it is a binary32 number, so nothing is rounded. */
export function rem(a: number, b: number): number {
  return a % b
}

/** The square root, rounded once: 53 bits suffice for 24 as they do for a quotient. */
export function sqrt(x: number): number {
  return Math.fround(Math.sqrt(x))
}

/** The nearest integer, ties to even, with the sign of `x` even if it is zero. */
export function round(x: number): number {
  if (!(Math.abs(x) < 2 ** 23)) return x
  // From 2^52 to 2^53 binary64 has the integers only, so that the sum is rounded to one.
  const magnitude = Math.abs(x) + 2 ** 52 - 2 ** 52
  return x < 0 || Object.is(x, -0) ? -magnitude : magnitude
}

const EXP_LOWEST = -104
const EXP_HIGHEST = 89
const LOG2_E = fromBits(0x3fb8aa3b)
const SHIFTER = fromBits(0x4b400000) // 1.5 * 2^23: adding it rounds to an integer, ties to even
const LN2_HIGH = fromBits(0x3f318000)
const LN2_LOW = fromBits(0xb95e8083)

// Horner coefficients of the polynomial in `expf` of Cephes (single/expf.c), from r^5 down to r^0.
const P5 = fromBits(0x39506967)
const P4 = fromBits(0x3ab743ce)
const P3 = fromBits(0x3c088908)
const P2 = fromBits(0x3d2aa9c1)
const P1 = fromBits(0x3e2aaaaa)
const P0 = fromBits(0x3f000000)

/**
 * Returns e^x: 2^n * (1 + r + r^2 * P(r)) with n the integer nearest to x * log2(e) and r = x - n * ln(2).
 *
 * Every step is one binary32 operation, in the order that docs/semantics.md gives.
 */
export function exp(x: number): number {
  if (x !== x) return NaN
  if (x < EXP_LOWEST) x = EXP_LOWEST
  if (x > EXP_HIGHEST) x = EXP_HIGHEST
  const n = sub(add(mul(x, LOG2_E), SHIFTER), SHIFTER)
  const r = sub(sub(x, mul(n, LN2_HIGH)), mul(n, LN2_LOW))
  let y = add(mul(P5, r), P4)
  y = add(mul(y, r), P3)
  y = add(mul(y, r), P2)
  y = add(mul(y, r), P1)
  y = add(mul(y, r), P0)
  y = add(mul(y, mul(r, r)), r)
  y = add(y, 1)
  const half = n >> 1
  return mul(mul(y, powerOfTwo(half)), powerOfTwo(n - half))
}

/** Returns 2^n for an integer n from -126 to 127. */
function powerOfTwo(n: number): number {
  return fromBits((n + 127) << 23)
}
