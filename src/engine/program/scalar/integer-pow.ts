import type { Emitter, Register } from "./emitter.ts"

/** Exponents have to agree with the given ones up to here, and in whether they are odd above. */
const LARGEST = 65

/**
 * x^y of two integers of one type, modulo its width; the truncated 1 / x^-y if y is negative (0 for x = 0).
 *
 * By squaring. Exponents above 65 are replaced by 64 or 65: that is right for -1, 0, 1 and every even x, and
 * all other powers are out of range anyway.
 */
export function integerPow(e: Emitter, x: Register, y: Register): Register {
  const type = e.typeOf(x)
  const int = (value: number) => e.integer(type, value)
  const [zero, one] = [int(0), int(1)]
  const size = e.abs(y)
  const large = e.add(e.and(size, one), int(LARGEST - 1))
  const n = e.select(e.lt(int(LARGEST), size), large, size)
  let [power, factor] = [one, x]
  for (let bit = 1; bit <= LARGEST; bit *= 2) {
    const isClear = e.eq(e.and(n, int(bit)), zero)
    power = e.select(isClear, power, e.mul(power, factor))
    factor = e.square(factor)
  }
  const inverse = e.select(e.eq(e.abs(x), one), power, zero)
  return e.select(e.lt(y, zero), inverse, power)
}
