import type { Emitter, Register } from "./emitter.ts"
import { polynomial } from "./polynomial.ts"
import { onePlusExp } from "./sigmoid.ts"

/** erf(x) / x - 1 by powers of x^2, up to 0.5. */
const SMALL = [0x3b9a995f, 0xbcdb31e2, 0x3de7127c, 0xbec09399, 0x3e0375d4]

/** ln(1 - erf(x)) by powers of x, from 0.5 to 4. */
const LARGE = [0x396a9b93, 0xbb581f52, 0x3cbdcf4f, 0xbdd89036, 0xbf22a170, 0xbf9079d8, 0x3818b18d]

/** From here on erf is 1. */
const SATURATED = 4

/** erf(x): an odd polynomial near zero, 1 - e^Q(|x|) elsewhere. */
export function erf(e: Emitter, x: Register): Register {
  const z = e.square(x)
  const near = e.add(e.mul(polynomial(e, z, SMALL), x), x)
  const magnitude = e.min(e.abs(x), e.float(SATURATED))
  const rest = e.exp(polynomial(e, magnitude, LARGE))
  const one = e.float(1)
  const far = e.select(e.lt(x, e.float(0)), e.sub(rest, one), e.sub(one, rest))
  return e.select(e.lt(z, e.float(0.25)), near, far)
}

/**
 * Numerator and denominator of P(-a) * e^(a^2/2), with P the distribution function of the normal distribution,
 * for a from 0 on. The denominator's last coefficient is 1.
 */
const TAIL_ABOVE = [0x3c5f30bd, 0x3dd618cb, 0x3eab7b60, 0x3f000000]
const TAIL_BELOW = [0x3d0bf0b7, 0x3e85e57a, 0x3f61540f, 0x3fbbdead, 0x3f800000]

/** From here on e^(-a^2/2) is 0. */
const VANISHED = 15

/**
 * x * P(x), with P the distribution function of the normal distribution: 0.5 * x * (1 + erf(x / sqrt(2))).
 *
 * Computed as max(x, 0) - |x| * P(-|x|), which loses no digits where x is negative.
 */
export function gelu(e: Emitter, x: Register): Register {
  const a = e.min(e.abs(x), e.float(VANISHED))
  const ratio = e.div(polynomial(e, a, TAIL_ABOVE), polynomial(e, a, TAIL_BELOW))
  const density = e.exp(e.mul(e.square(a), e.float(-0.5)))
  return e.sub(e.max(x, e.float(0)), e.mul(e.mul(ratio, density), a))
}

/**
 * 0.5 * x * (1 + tanh(sqrt(2/pi) * (x + 0.044715 * x^3))), as x * sigmoid of twice the argument of tanh:
 * x / (1 + e^(x * (C3 * x^2 + C1))).
 */
export function geluTanh(e: Emitter, x: Register): Register {
  const scale = -2 * Math.sqrt(2 / Math.PI)
  const inner = e.add(e.mul(e.square(x), e.float(0.044715 * scale)), e.float(scale))
  return e.div(x, onePlusExp(e, e.mul(inner, x)))
}
