import { ElementType } from "../../../../protocol/program.ts"
import { valuesOf } from "../../../executor.ts"
import type { Lowering } from "../../node.ts"
import type { Emitter, Register } from "../../scalar/emitter.ts"
import { integerPow } from "../../scalar/integer-pow.ts"
import { pow, powConstant } from "../../scalar/pow.ts"
import { product } from "../../view.ts"
import { NUMBERS } from "./types.ts"

/**
 * Pow: the result has the type of the base. Two integers give an integer power that wraps; in any other case both are
 * taken as float32, and the power is cast back.
 */
export const lowerPow: Lowering = (node) => {
  const base = node.requireType(0, ElementType.Float32, ElementType.Int32, ElementType.Int64)
  const exponent = node.requireType(1, ...NUMBERS)
  const { builder } = node
  if (base.type !== ElementType.Float32 && exponent.type !== ElementType.Float32) {
    // A power that wraps at 64 bits wraps at 32 bits too.
    const type = exponent.type === ElementType.Int64 ? exponent.type : base.type
    const power = builder.map([base, exponent], (e, [x, y]) =>
      e.cast(integerPow(e, e.cast(x, type), e.cast(y, type)), base.type),
    )
    return [power]
  }
  const known = product(exponent.shape) === 1 ? builder.bytesOf(exponent) : undefined
  const constant = known && Math.fround(Number(valuesOf(exponent.type, known)[0]))
  const power = builder.map([base, exponent], (e, [x, y]) => {
    const real = e.cast(x, ElementType.Float32)
    const result =
      constant === undefined
        ? anyPower(e, real, e.cast(y, ElementType.Float32))
        : powConstant(e, real, constant)
    return e.cast(result, base.type)
  })
  return [power]
}

/** The exponents for which `powConstant` has a short way. */
const SHORT = [0, 1, 2, 3, 4, 0.5, -0.5, -1, -2]

/** x^y that takes the short way where there is one: no bit depends on whether the exponent is a constant. */
const anyPower = (e: Emitter, x: Register, y: Register): Register =>
  SHORT.reduce(
    (other, exponent) => e.select(e.eq(y, e.float(exponent)), powConstant(e, x, exponent), other),
    pow(e, x, y),
  )
