import { ElementType, type Instruction, Op } from "../../src/protocol/program.ts"
import type { Random } from "../referee/float32-cases.ts"
import { onceIn, pick } from "./program/words.ts"
import { TYPES, hostileElements } from "./random-elements.ts"
import type { StepMaker } from "./random-steps.ts"

const { Float32, Int32, Int64, Bool } = ElementType
const numeric = TYPES.filter((type) => type !== Bool)

/** The types that the operands of an operation on two registers may have. */
const BINARY = new Map<Op, readonly ElementType[]>([
  ...[Op.Add, Op.Sub, Op.Mul, Op.Div, Op.Rem].map((op) => [op, numeric] as const),
  ...[Op.Min, Op.Max, Op.Eq, Op.Lt].map((op) => [op, TYPES] as const),
  ...[Op.And, Op.Xor].map((op) => [op, TYPES.filter((type) => type !== Float32)] as const),
  [Op.Shr, [Int32, Int64]],
])

/** Types of operand and result. */
const UNARY = new Map<Op, readonly [ElementType, ElementType]>([
  ...[Op.Round, Op.Sqrt, Op.Exp].map((op) => [op, [Float32, Float32]] as const),
  [Op.Bits, [Float32, Int32]],
  [Op.FromBits, [Int32, Float32]],
])

/** Instructions and the types of all registers, of which the first is the body's. */
export interface Epilogue {
  readonly instructions: Instruction[]
  readonly types: ElementType[]
}

/** `count` random instructions behind a register of type `type`; loads add operands to the step. */
export function randomEpilogue(maker: StepMaker, type: ElementType, count: number): Epilogue {
  const { random } = maker
  const instructions: Instruction[] = []
  const types = [type]
  while (instructions.length < count) {
    const last = instructions.length === count - 1
    const next = randomInstruction(maker, types, pick(random, Object.values(Op)))
    // A constant as the last register would make the whole step a constant.
    if (!next || (last && (next.op === Op.Load || next.op === Op.Const))) continue
    instructions.push(next)
    types.push(next.op === Op.Eq || next.op === Op.Lt ? Bool : next.type)
  }
  return { instructions, types }
}

/** A register of that type: the latest one as often as all others. */
function registerOf(random: Random, types: readonly ElementType[], type: ElementType): number | undefined {
  const all = types.flatMap((each, i) => (each === type ? [i] : []))
  return all.length === 0 || onceIn(random, 2) ? all[all.length - 1] : pick(random, all)
}

/** An instruction with the operation, or `undefined` if the registers do not allow it. */
function randomInstruction(maker: StepMaker, types: readonly ElementType[], op: Op): Instruction | undefined {
  const { random } = maker
  const none = { op, a: 0, b: 0, c: 0, value: 0n }
  const registers = (...wanted: ElementType[]): Partial<Instruction> | undefined => {
    const [a, b, c] = wanted.map((type) => registerOf(random, types, type))
    if (a === undefined || (wanted.length > 1 && b === undefined)) return undefined
    return wanted.length > 2 && c === undefined
      ? undefined
      : { a, ...(b !== undefined && { b }), ...(c !== undefined && { c }) }
  }
  const build = (type: ElementType, ...wanted: ElementType[]): Instruction | undefined => {
    const chosen = registers(...wanted)
    return chosen && { ...none, type, ...chosen }
  }

  const operands = BINARY.get(op)
  const unary = UNARY.get(op)
  const present = pick(random, types)
  if (operands) return operands.includes(present) ? build(present, present, present) : undefined
  if (unary) return build(unary[1], unary[0])
  if (op === Op.Select) return build(present, Bool, present, present)
  if (op === Op.Cast) return build(pick(random, TYPES), present)
  // Mostly a type that there is already, so that it can be combined with another register.
  const type = onceIn(random, 4) ? pick(random, TYPES) : present
  if (op === Op.Load) return { ...none, type, a: maker.operand(type, undefined, 5) }
  return { ...none, type, value: hostileElements(random, type)() }
}
