import type { Emitter, Register } from "./emitter.ts"

/** c[0] * x^n + ... + c[n] by Horner's rule, from bit patterns, the highest power first. */
export function polynomial(e: Emitter, x: Register, patterns: readonly number[]): Register {
  const [highest, ...others] = patterns.map((pattern) => e.floatBits(pattern))
  return others.reduce((sum, coefficient) => e.add(e.mul(sum, x), coefficient), highest)
}

/** `magnitude`, which has no sign, with the sign that `x` has unless it is a zero. */
export function withSignOf(e: Emitter, magnitude: Register, x: Register): Register {
  return e.mul(magnitude, e.select(e.lt(x, e.float(0)), e.float(-1), e.float(1)))
}
