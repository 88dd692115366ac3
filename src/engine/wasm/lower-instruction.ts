import { ElementType, type Instruction, Op } from "../../protocol/program.ts"
import * as codes from "./codes.ts"

const { Float32, Int8, Uint8, Int32, Int64, Bool } = ElementType

/** Operations of lanes of 32-bit floats, of 32-bit integers and of 64-bit integers. */
const FAMILIES: Partial<Record<Op, readonly [number, number, number]>> = {
  [Op.Add]: [codes.ADD_F32, codes.ADD_I32, codes.ADD_I64],
  [Op.Sub]: [codes.SUB_F32, codes.SUB_I32, codes.SUB_I64],
  [Op.Mul]: [codes.MUL_F32, codes.MUL_I32, codes.MUL_I64],
  [Op.Div]: [codes.DIV_F32, codes.DIV_I32, codes.DIV_I64],
  [Op.Rem]: [codes.REM_F32, codes.REM_I32, codes.REM_I64],
  [Op.Min]: [codes.MIN_F32, codes.MIN_I32, codes.MIN_I64],
  [Op.Max]: [codes.MAX_F32, codes.MAX_I32, codes.MAX_I64],
  [Op.And]: [-1, codes.AND_I32, codes.AND_I64],
  [Op.Xor]: [-1, codes.XOR_I32, codes.XOR_I64],
  [Op.Shr]: [-1, codes.SHR_I32, codes.SHR_I64],
  [Op.Eq]: [codes.EQ_F32, codes.EQ_I32, codes.EQ_I64],
  [Op.Lt]: [codes.LT_F32, codes.LT_I32, codes.LT_I64],
  [Op.Select]: [codes.SELECT_32, codes.SELECT_32, codes.SELECT_64],
}

const FLOAT_ONLY: Partial<Record<Op, number>> = {
  [Op.Round]: codes.ROUND_F32,
  [Op.Sqrt]: codes.SQRT_F32,
  [Op.Exp]: codes.EXP_F32,
}

/** What comes after an operation on 32-bit lanes whose result may not fit the type. */
export function wrapping(type: ElementType): number[] {
  if (type === Int8) return [codes.WRAP_I8]
  return type === Uint8 ? [codes.WRAP_U8] : []
}

const WRAPPED: readonly Op[] = [Op.Add, Op.Sub, Op.Mul, Op.Div, Op.Rem]

/** How many registers an operation reads. */
export function arity(op: Op): number {
  if (op === Op.Load || op === Op.Const) return 0
  if (op === Op.Select) return 3
  const single = op === Op.Cast || op === Op.Bits || op === Op.FromBits || op in FLOAT_ONLY
  return single ? 1 : 2
}

/**
 * The operations on lanes that an instruction is: the first on its registers, the others on the result so far. None if
 * the lanes of register `a` are the result.
 *
 * @param source type of register `a`, for a cast
 */
export function lanesOf({ op, type }: Instruction, source: ElementType): number[] {
  const family = type === Float32 ? 0 : type === Int64 ? 2 : 1
  if (op === Op.Cast) return castOf(source, type)
  if (op === Op.FromBits) return []
  if (op === Op.Bits) return [codes.BITS_F32]
  const single = FLOAT_ONLY[op]
  if (single !== undefined) return [single]
  return [FAMILIES[op]![family], ...(WRAPPED.includes(op) ? wrapping(type) : [])]
}

function castOf(from: ElementType, to: ElementType): number[] {
  if (from === to) return []
  if (from === Float32) {
    if (to === Bool) return [codes.TRUTH_F32]
    return to === Int64 ? [codes.F32_TO_I64] : [codes.F32_TO_I32, ...wrapping(to)]
  }
  if (from === Int64) {
    if (to === Bool) return [codes.TRUTH_I64]
    return to === Float32 ? [codes.I64_TO_F32] : [codes.I64_TO_I32, ...wrapping(to)]
  }
  if (to === Bool) return [codes.TRUTH_I32]
  if (to === Float32) return [codes.I32_TO_F32]
  if (to === Int64) return [codes.I32_TO_I64]
  // Truth values fit every type, and bytes fit int32.
  return from === Bool || to === Int32 ? [] : wrapping(to)
}
