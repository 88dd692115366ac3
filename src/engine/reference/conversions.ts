import { ElementType } from "../../protocol/program.ts"
import type { Scalar } from "./elements.ts"
import { WRAP } from "./operations.ts"

/** The operation Cast from one type to another, as docs/semantics.md section 2 defines it. */
export function conversion(from: ElementType, to: ElementType): (value: Scalar) => Scalar {
  if (from === to) return (value) => value
  if (to === ElementType.Bool) return (value) => (value === 0 || value === 0n ? 0 : 1)
  if (to === ElementType.Float32) return from === ElementType.Int64 ? floatOfLong : floatOfSmall
  if (to === ElementType.Int64) return from === ElementType.Float32 ? longOfFloat : (value) => BigInt(value)
  const wrap = WRAP[to]
  if (from === ElementType.Float32) return (value) => wrap(integerOfFloat(value as number))
  if (from === ElementType.Int64) return (value) => wrap(Number(BigInt.asIntN(32, value as bigint)))
  return (value) => wrap(value as number)
}

/** One rounding: the integer is a binary64 number. */
const floatOfSmall = (value: Scalar): number => Math.fround(value as number)

/** One rounding: binary64 gets the upper bits and, lest a tie be seen where none is, one bit for all others. */
function floatOfLong(value: Scalar): number {
  const integer = value as bigint
  if (BigInt.asIntN(53, integer) === integer) return Math.fround(Number(integer))
  const upper = integer >> 11n
  const sticky = upper << 11n === integer ? upper : upper | 1n
  return Math.fround(Number(sticky) * 2 ** 11)
}

/** Towards zero and saturated; NaN is 0. */
function integerOfFloat(x: number): number {
  return x !== x ? 0 : Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(x)))
}

/** Towards zero and saturated; NaN is 0. */
function longOfFloat(value: Scalar): bigint {
  const x = value as number
  if (x !== x) return 0n
  if (x >= 2 ** 63) return 2n ** 63n - 1n
  return x < -(2 ** 63) ? -(2n ** 63n) : BigInt(Math.trunc(x))
}
