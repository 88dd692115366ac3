import type { Emitter, Register } from "./emitter.ts"
import { belowZero } from "./expm1.ts"

/** max(x, 0), of any type. */
export function relu(e: Emitter, x: Register): Register {
  return e.max(x, e.number(e.typeOf(x), 0))
}

/** x from zero on, alpha * x below. */
export function leakyRelu(e: Emitter, x: Register, alpha: number): Register {
  return belowZero(e, x, e.mul(x, e.float(alpha)))
}

/** x from zero on, slope * x below, of any type. */
export function prelu(e: Emitter, x: Register, slope: Register): Register {
  return belowZero(e, x, e.mul(x, slope))
}

/** x above alpha, 0 elsewhere. */
export function thresholdedRelu(e: Emitter, x: Register, alpha: number): Register {
  return e.select(e.lt(e.float(alpha), x), x, e.float(0))
}

/** x / (1 + |x|). */
export function softsign(e: Emitter, x: Register): Register {
  return e.div(x, e.add(e.abs(x), e.float(1)))
}

/** alpha * x + beta, but at least 0 and at most 1. */
export function hardSigmoid(e: Emitter, x: Register, alpha: number, beta: number): Register {
  return e.clamp(e.add(e.mul(x, e.float(alpha)), e.float(beta)), e.float(0), e.float(1))
}

/** x * hardSigmoid(x) with alpha 1/6 and beta 1/2. */
export function hardSwish(e: Emitter, x: Register): Register {
  return e.mul(hardSigmoid(e, x, 1 / 6, 0.5), x)
}

/** x + bias below -lambda, x - bias above lambda, 0 in between; of any type. */
export function shrink(e: Emitter, x: Register, bias: number, lambda: number): Register {
  const type = e.typeOf(x)
  const inner = e.number(type, 0)
  const above = e.select(e.lt(e.number(type, lambda), x), e.sub(x, e.number(type, bias)), inner)
  return e.select(e.lt(x, e.number(type, -lambda)), e.add(x, e.number(type, bias)), above)
}
