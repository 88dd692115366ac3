import type { Emitter, Register } from "./emitter.ts"
import { polynomial } from "./polynomial.ts"

/** (tanh(x) - x) / x^3 by powers of x^2, up to 0.625: `tanhf` of Cephes (single/tanhf.c). */
const SMALL = [0xbbbaf0ea, 0x3ca9134e, 0xbd5c1e2d, 0x3e088393, 0xbeaaaa99]

/** From here on tanh is 1. */
const SATURATED = 10

/** tanh(x): an odd polynomial near zero, (e^2x - 1) / (e^2x + 1) elsewhere. */
export function tanh(e: Emitter, x: Register): Register {
  const z = e.square(x)
  const near = e.add(e.mul(e.mul(polynomial(e, z, SMALL), z), x), x)
  const bounded = e.min(x, e.float(SATURATED))
  const power = e.exp(e.add(bounded, bounded))
  const far = e.div(e.sub(power, e.float(1)), e.add(power, e.float(1)))
  return e.select(e.lt(z, e.float(0.625 ** 2)), near, far)
}

/** alpha * tanh(beta * x). */
export function scaledTanh(e: Emitter, x: Register, alpha: number, beta: number): Register {
  return e.mul(tanh(e, e.mul(x, e.float(beta))), e.float(alpha))
}
