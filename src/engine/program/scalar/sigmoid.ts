import type { Emitter, Register } from "./emitter.ts"

/** 1 / (1 + e^-x). */
export function sigmoid(e: Emitter, x: Register): Register {
  return e.reciprocal(onePlusExp(e, e.neg(x)))
}

/** x * sigmoid(x), as x / (1 + e^-x). */
export function silu(e: Emitter, x: Register): Register {
  return e.div(x, onePlusExp(e, e.neg(x)))
}

/** x * sigmoid(alpha * x). */
export function swish(e: Emitter, x: Register, alpha: number): Register {
  return e.div(x, onePlusExp(e, e.mul(x, e.float(-alpha))))
}

/** 1 + e^x: infinite where e^x is, so that its inverse is 0. */
export function onePlusExp(e: Emitter, x: Register): Register {
  return e.add(e.exp(x), e.float(1))
}
