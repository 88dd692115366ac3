import { ElementType, Op } from "../../protocol/program.ts"
import { type Scalar, invalid } from "./elements.ts"
import * as float from "./scalar.ts"

/** An operation on scalars that are of the right types; those of one operand ignore the other. */
export type Operation = (a: Scalar, b: Scalar) => Scalar

type OnNumbers = (a: number, b: number) => number

const FLOAT: Partial<Record<Op, OnNumbers>> = {
  [Op.Add]: float.add,
  [Op.Sub]: float.sub,
  [Op.Mul]: float.mul,
  [Op.Div]: float.div,
  [Op.Rem]: float.rem,
  [Op.Min]: float.minimum,
  [Op.Max]: float.maximum,
  [Op.Round]: float.round,
  [Op.Sqrt]: float.sqrt,
  [Op.Exp]: float.exp,
  [Op.Eq]: (a, b) => Number(a === b),
  [Op.Lt]: (a, b) => Number(a < b),
}

/** Integers of up to 32 bits and Bool; results are right modulo 2^32. */
const SMALL: Partial<Record<Op, OnNumbers>> = {
  [Op.Add]: (a, b) => a + b,
  [Op.Sub]: (a, b) => a - b,
  [Op.Mul]: (a, b) => Math.imul(a, b),
  [Op.Div]: (a, b) => (b === 0 ? 0 : Math.trunc(a / b)),
  [Op.Rem]: (a, b) => (b === 0 ? 0 : a % b),
  [Op.Min]: (a, b) => Math.min(a, b),
  [Op.Max]: (a, b) => Math.max(a, b),
  [Op.And]: (a, b) => a & b,
  [Op.Xor]: (a, b) => a ^ b,
  [Op.Shr]: (a, b) => a >> Math.max(0, Math.min(31, b)),
  [Op.Eq]: (a, b) => Number(a === b),
  [Op.Lt]: (a, b) => Number(a < b),
}

/** Int64; results are right modulo 2^64, those of comparisons are Bool. */
const LARGE: Partial<Record<Op, (a: bigint, b: bigint) => Scalar>> = {
  [Op.Add]: (a, b) => BigInt.asIntN(64, a + b),
  [Op.Sub]: (a, b) => BigInt.asIntN(64, a - b),
  [Op.Mul]: (a, b) => BigInt.asIntN(64, a * b),
  [Op.Div]: (a, b) => (b === 0n ? 0n : BigInt.asIntN(64, a / b)),
  [Op.Rem]: (a, b) => (b === 0n ? 0n : a % b),
  [Op.Min]: (a, b) => (a < b ? a : b),
  [Op.Max]: (a, b) => (a > b ? a : b),
  [Op.And]: (a, b) => a & b,
  [Op.Xor]: (a, b) => a ^ b,
  [Op.Shr]: (a, b) => a >> (b < 0n ? 0n : b > 63n ? 63n : b),
  [Op.Eq]: (a, b) => Number(a === b),
  [Op.Lt]: (a, b) => Number(a < b),
}

const ARITHMETIC: readonly Op[] = [Op.Add, Op.Sub, Op.Mul, Op.Div, Op.Rem]
const ORDER: readonly Op[] = [Op.Min, Op.Max, Op.Eq, Op.Lt]
const BITWISE: readonly Op[] = [Op.And, Op.Xor]

/** Which operations each type has; Bits, FromBits, Select and Cast are none of one type. */
const ALLOWED: Readonly<Record<ElementType, readonly Op[]>> = {
  [ElementType.Float32]: [...ARITHMETIC, ...ORDER, Op.Round, Op.Sqrt, Op.Exp],
  [ElementType.Int8]: [...ARITHMETIC, ...ORDER, ...BITWISE],
  [ElementType.Uint8]: [...ARITHMETIC, ...ORDER, ...BITWISE],
  [ElementType.Int32]: [...ARITHMETIC, ...ORDER, ...BITWISE, Op.Shr],
  [ElementType.Int64]: [...ARITHMETIC, ...ORDER, ...BITWISE, Op.Shr],
  [ElementType.Bool]: [...ORDER, ...BITWISE],
}

/** The integer of a small type that is the same modulo its width. */
export const WRAP = {
  [ElementType.Int8]: (value: number) => (value << 24) >> 24,
  [ElementType.Uint8]: (value: number) => value & 0xff,
  [ElementType.Int32]: (value: number) => value | 0,
} as const

/**
 * The operation `op` on operands of type `type`, as docs/semantics.md section 2 defines it.
 *
 * @throws OnusError `ProgramInvalid` when the type has no such operation.
 */
export function operation(op: Op, type: ElementType): Operation {
  if (!ALLOWED[type].includes(op)) throw invalid(`type ${type} has no operation ${op}`)
  if (type === ElementType.Float32) return FLOAT[op] as Operation
  if (type === ElementType.Int64) return LARGE[op] as Operation
  const apply = SMALL[op]!
  if (type === ElementType.Bool || ORDER.includes(op)) return apply as Operation
  const wrap = WRAP[type]
  return (a, b) => wrap(apply(a as number, b as number))
}

/** True for the operations of one operand. */
export const isUnary = (op: Op): boolean => op === Op.Round || op === Op.Sqrt || op === Op.Exp
