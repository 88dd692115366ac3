import type { Emitter, Register } from "./emitter.ts"
import { polynomial } from "./polynomial.ts"

/** (ln((1 + s) / (1 - s)) - 2s) / s^3 by powers of s^2, for s up to 1/3. */
const ATANH = [0x3e8f6bee, 0x3e8f5e83, 0x3ecce904, 0x3f2aaa81]

/** ln(1 + e^x), as max(x, 0) + ln(1 + e^-|x|). */
export function softplus(e: Emitter, x: Register): Register {
  const power = e.exp(e.min(x, e.neg(x)))
  // ln(1 + p) = ln((1 + s) / (1 - s)) for s = p / (p + 2).
  const s = e.div(power, e.add(power, e.float(2)))
  const z = e.square(s)
  const series = e.add(e.mul(polynomial(e, z, ATANH), z), e.float(2))
  return e.add(e.max(x, e.float(0)), e.mul(series, s))
}

/** From here on tanh(softplus(x)) is 1. */
const SATURATED = 20

/** x * tanh(softplus(x)), as x * n / (n + 2) with n = (e^x + 2) * e^x. */
export function mish(e: Emitter, x: Register): Register {
  const power = e.exp(e.min(x, e.float(SATURATED)))
  const n = e.mul(e.add(power, e.float(2)), power)
  return e.mul(e.div(n, e.add(n, e.float(2))), x)
}
