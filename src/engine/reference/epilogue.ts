import { ElementType, type Instruction, Op } from "../../protocol/program.ts"
import { conversion } from "./conversions.ts"
import { type Scalar, invalid, scalarOf } from "./elements.ts"
import type { Operand } from "./operands.ts"
import { isUnary, operation } from "./operations.ts"
import { fromBits, toBits } from "./scalar.ts"

/** Computes one register from earlier ones. */
export type PreparedInstruction = (registers: readonly Scalar[]) => Scalar

/**
 * Prepares the instruction that makes register `types.length`, and adds its type to `types`.
 *
 * @throws OnusError `ProgramInvalid` when it uses registers or operands that it may not, or types that the
 * operation does not have.
 */
export function prepareInstruction(
  { op, type, a, b, c, value }: Instruction,
  types: ElementType[],
  operands: readonly Operand[],
): PreparedInstruction {
  const requireType = (register: number, wanted: ElementType): void => {
    if (types[register] === wanted) return
    throw invalid(`register ${register} of type ${types[register]} is used as one of type ${wanted}`)
  }
  const prepare = (): PreparedInstruction => {
    switch (op) {
      case Op.Load: {
        const operand = operands.at(a)
        if (operand?.type !== type) throw invalid(`operand ${a} is not of type ${type}`)
        return () => operand.value()
      }
      case Op.Const: {
        const constant = scalarOf(type, value)
        return () => constant
      }
      case Op.Bits:
        requireType(a, ElementType.Float32)
        if (type !== ElementType.Int32) throw invalid(`Bits has a result of type ${type}`)
        return (registers) => toBits(registers[a] as number) | 0
      case Op.FromBits:
        requireType(a, ElementType.Int32)
        if (type !== ElementType.Float32) throw invalid(`FromBits has a result of type ${type}`)
        return (registers) => fromBits(registers[a] as number)
      case Op.Select:
        requireType(a, ElementType.Bool)
        requireType(b, type)
        requireType(c, type)
        return (registers) => (registers[a] === 0 ? registers[c] : registers[b])
      case Op.Cast: {
        if (a >= types.length) throw invalid(`register ${a} is used before it is made`)
        const convert = conversion(types[a], type)
        return (registers) => convert(registers[a])
      }
      default: {
        const apply = operation(op, type)
        requireType(a, type)
        if (!isUnary(op)) requireType(b, type)
        return (registers) => apply(registers[a], registers[b])
      }
    }
  }
  const prepared = prepare()
  types.push(op === Op.Eq || op === Op.Lt ? ElementType.Bool : type)
  return prepared
}
