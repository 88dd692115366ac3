import { ElementType } from "../../../protocol/program.ts"
import type { Emitter, Register } from "./emitter.ts"

/** A float that is an integer as an 8-bit one: the nearest that there is, and 0 for NaN. */
export function saturate(
  e: Emitter,
  x: Register,
  type: typeof ElementType.Int8 | typeof ElementType.Uint8,
): Register {
  const [low, high] = type === ElementType.Int8 ? [-128, 127] : [0, 255]
  return e.cast(e.clamp(x, e.float(low), e.float(high)), type)
}

/** round(x / scale) + zero, saturated to the type of `zero`: Int8 or Uint8. */
export function quantize(e: Emitter, x: Register, scale: Register, zero: Register): Register {
  const type = e.typeOf(zero) as typeof ElementType.Int8
  const steps = e.round(e.div(x, scale))
  return saturate(e, e.add(steps, e.cast(zero, ElementType.Float32)), type)
}

/** (q - zero) * scale of integers; the difference is one of Int32. */
export function dequantize(e: Emitter, q: Register, scale: Register, zero?: Register): Register {
  const wide = e.cast(q, ElementType.Int32)
  const steps = zero === undefined ? wide : e.sub(wide, e.cast(zero, ElementType.Int32))
  return e.mul(e.cast(steps, ElementType.Float32), scale)
}
