import type { Emitter, Register } from "./emitter.ts"
import { log, log1p, rounding } from "./log.ts"
import { polynomial, withSignOf } from "./polynomial.ts"

/** (sinh(x) - x) / x^3 by powers of x^2, up to 1. */
const SINH = [0x363d0ada, 0x394fff49, 0x3c08889a, 0x3e2aaaab]

/** From here on 1 + x^2 is x^2. */
const LARGE = 2 ** 14

/** e^|x| / 2, as the product of two roots: it is finite longer than e^|x|. */
function halfPower(e: Emitter, x: Register): Register {
  const root = e.exp(e.mul(e.abs(x), e.float(0.5)))
  return e.mul(e.mul(root, e.float(0.5)), root)
}

/** The hyperbolic sine. */
export function sinh(e: Emitter, x: Register): Register {
  const z = e.square(x)
  const near = e.add(e.mul(e.mul(polynomial(e, z, SINH), z), x), x)
  const half = halfPower(e, x)
  const far = withSignOf(e, e.sub(half, e.div(e.float(0.25), half)), x)
  return e.select(e.lt(z, e.float(1)), near, far)
}

/** The hyperbolic cosine. */
export function cosh(e: Emitter, x: Register): Register {
  const half = halfPower(e, x)
  return e.add(half, e.div(e.float(0.25), half))
}

/** The inverse of sinh: ln(1 + w) with w = a + a / (1/a + sqrt(1 + 1/a^2)) for a = |x|, ln(2a) if that is large. */
export function asinh(e: Emitter, x: Register): Register {
  const a = e.abs(x)
  const inverse = e.reciprocal(a)
  const root = e.sqrt(e.add(e.square(inverse), e.float(1)))
  const w = e.add(a, e.div(a, e.add(inverse, root)))
  return withSignOf(e, logOrDouble(e, a, w), x)
}

/** The inverse of cosh: ln(1 + w) with w = t + sqrt(t) * sqrt(t + 2) for t = x - 1; NaN below 1. */
export function acosh(e: Emitter, x: Register): Register {
  const t = e.sub(x, e.float(1))
  const w = e.add(t, e.mul(e.sqrt(t), e.sqrt(e.add(t, e.float(2)))))
  return logOrDouble(e, x, w)
}

/** The inverse of tanh: ln(1 + 2a / (1 - a)) / 2 for a = |x|; NaN outside of -1 to 1. */
export function atanh(e: Emitter, x: Register): Register {
  const a = e.abs(x)
  const w = e.div(e.add(a, a), e.sub(e.float(1), a))
  return withSignOf(e, e.mul(log1p(e, w), e.float(0.5)), x)
}

/** ln(2a) if a is large, otherwise ln(1 + w). */
function logOrDouble(e: Emitter, a: Register, w: Register): Register {
  const isLarge = e.lt(e.float(LARGE), a)
  const sum = e.add(w, e.float(1))
  const addend = e.select(isLarge, e.float(Math.LN2), rounding(e, w, sum))
  return e.add(log(e, e.select(isLarge, a, sum)), addend)
}
