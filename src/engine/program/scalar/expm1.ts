import type { Emitter, Register } from "./emitter.ts"
import { polynomial } from "./polynomial.ts"

/** (e^x - 1 - x) / x^2 by powers of x, for |x| up to 0.5. */
const SMALL = [0x395023e3, 0x3ab77360, 0x3c088990, 0x3d2aa94c, 0x3e2aaaa9, 0x3f000001]

/** e^x - 1, exact near zero. */
export function expm1(e: Emitter, x: Register): Register {
  const z = e.square(x)
  const near = e.add(e.mul(polynomial(e, x, SMALL), z), x)
  return e.select(e.lt(z, e.float(0.25)), near, e.sub(e.exp(x), e.float(1)))
}

/** x from zero on, alpha * (e^x - 1) below. */
export function elu(e: Emitter, x: Register, alpha: number): Register {
  return belowZero(e, x, e.mul(expm1(e, x), e.float(alpha)))
}

/** gamma times elu. */
export function selu(e: Emitter, x: Register, alpha: number, gamma: number): Register {
  return e.mul(elu(e, x, alpha), e.float(gamma))
}

/** x from zero on, alpha * (e^(x / alpha) - 1) below. */
export function celu(e: Emitter, x: Register, alpha: number): Register {
  return belowZero(e, x, e.mul(expm1(e, e.div(x, e.float(alpha))), e.float(alpha)))
}

/** `below` where x is negative, otherwise x. */
export function belowZero(e: Emitter, x: Register, below: Register): Register {
  return e.select(e.lt(x, e.number(e.typeOf(x), 0)), below, x)
}
