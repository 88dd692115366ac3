import { Body, ElementType, type Instruction, Op, type Step } from "../../protocol/program.ts"
import { CONSTANT, LOAD } from "./codes.ts"
import { arity, lanesOf, wrapping } from "./lower-instruction.ts"

/** An operation on lanes. Register 0 is what the body gives; operation i makes register i + 1. */
export interface LaneOperation {
  readonly code: number
  /** Registers; those that it does not need are the same as the first. */
  readonly registers: readonly [number, number, number]
  /** For LOAD: the operand. */
  readonly operand: number
  /** For CONSTANT: the bits of a lane. */
  readonly value: bigint
  readonly type: ElementType
}

/** Lanes of 64 bits. */
export const isLong = (type: ElementType): boolean => type === ElementType.Int64

/** The type of register 0. */
export function bodyType({ body, operands }: Step): ElementType {
  const { type } = operands[0].tensor
  if (body === Body.Rank) return ElementType.Int64
  if (body !== Body.Dot) return type
  return type === ElementType.Int8 || type === ElementType.Uint8 ? ElementType.Int32 : type
}

/** The epilogue of a step as operations on lanes, of which the last makes the element. */
export function laneOperations(step: Step): LaneOperation[] {
  const operations: LaneOperation[] = []
  const type = bodyType(step)
  const push = (operation: LaneOperation): number => operations.push(operation)
  const chain = (codes: readonly number[], from: readonly number[], type: ElementType): number => {
    let register = from[0]
    codes.forEach((code, i) => {
      const [a, b = a, c = a] = i === 0 ? from : [register]
      register = push({ code, registers: [a, b, c], operand: 0, value: 0n, type })
    })
    return register
  }
  // Sums and products of bytes are accumulated in 32 bits.
  const wraps = step.body === Body.Fold && (step.mode === Op.Add || step.mode === Op.Mul)
  const known = [{ register: chain(wraps ? wrapping(type) : [], [0], type), type }]
  const needed = neededBy(step.epilogue)
  step.epilogue.forEach((instruction, i) => {
    const { op, a, value } = instruction
    const type = op === Op.Eq || op === Op.Lt ? ElementType.Bool : instruction.type
    const none = { registers: [0, 0, 0] as const, operand: 0, value: 0n, type }
    let register = 0
    if (!needed[i + 1]) register = -1
    else if (op === Op.Load) register = push({ ...none, code: LOAD, operand: a })
    else if (op === Op.Const) register = push({ ...none, code: CONSTANT, value: laneBits(type, value) })
    else {
      const from = registersOf(instruction).map((register) => known[register].register)
      register = chain(lanesOf(instruction, known[a].type), from, type)
    }
    known.push({ register, type })
  })
  // Only what the last register needs was made, and it last.
  return operations
}

/** The bits of a lane that holds the element whose bytes are `value`. */
export function laneBits(type: ElementType, value: bigint): bigint {
  if (type === ElementType.Int64) return BigInt.asUintN(64, value)
  if (type === ElementType.Int8) return BigInt.asUintN(32, BigInt.asIntN(8, value))
  if (type === ElementType.Uint8) return BigInt.asUintN(8, value)
  if (type === ElementType.Bool) return BigInt(BigInt.asUintN(8, value) !== 0n)
  return BigInt.asUintN(32, value)
}

const registersOf = ({ op, a, b, c }: Instruction): number[] => [a, b, c].slice(0, arity(op))

/** Which registers the last one depends on. */
function neededBy(epilogue: readonly Instruction[]): boolean[] {
  const needed = new Array<boolean>(epilogue.length + 1).fill(false)
  needed[epilogue.length] = true
  for (let i = epilogue.length; i > 0; i--) {
    if (needed[i]) for (const register of registersOf(epilogue[i - 1])) needed[register] = true
  }
  return needed
}
