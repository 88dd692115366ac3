import { Body, ElementType, type Instruction, Op, type Step } from "../../protocol/program.ts"
import { CONSTANT, LOAD } from "./codes.ts"
import { arity, lanesOf, wrapping } from "./lower-instruction.ts"

/** What makes lanes: an operation on others. */
export interface LaneNode {
  /** An operation of `assembly/codes.ts`; -1 for what the body gives. */
  readonly code: number
  readonly type: ElementType
  readonly args: readonly LaneNode[]
  /** For LOAD: the operand. */
  readonly operand: number
  /** For CONSTANT: the bits of a lane. */
  readonly value: bigint
}

/** The code of what the body gives. */
export const BODY = -1

/** Lanes of 64 bits. */
export const isLong = (type: ElementType): boolean => type === ElementType.Int64

/** An operation that is neither a load nor a constant. */
export const nodeOf = (code: number, type: ElementType, args: readonly LaneNode[]): LaneNode => ({
  code,
  type,
  args,
  operand: 0,
  value: 0n,
})

/** The same bits in all lanes. */
export const constantNode = (type: ElementType, value: bigint): LaneNode => ({
  ...nodeOf(CONSTANT, type, []),
  value,
})

/** The type of register 0. */
export function bodyType({ body, operands }: Step): ElementType {
  const { type } = operands[0].tensor
  if (body === Body.Rank) return ElementType.Int64
  if (body !== Body.Dot) return type
  return type === ElementType.Int8 || type === ElementType.Uint8 ? ElementType.Int32 : type
}

/** The element of a step as operations on lanes, which may share operands. */
export function laneGraph(step: Step): LaneNode {
  const type = bodyType(step)
  const chain = (codes: readonly number[], args: readonly LaneNode[], type: ElementType): LaneNode =>
    codes.reduce((node, code, i) => nodeOf(code, type, i === 0 ? args : [node]), args[0])
  const wraps = step.body === Body.Fold && (step.mode === Op.Add || step.mode === Op.Mul)
  // Sums and products of bytes are accumulated in 32 bits.
  const registers = [chain(wraps ? wrapping(type) : [], [nodeOf(BODY, type, [])], type)]
  const types = [type]
  for (const instruction of step.epilogue) {
    const { op, a, value } = instruction
    const type = op === Op.Eq || op === Op.Lt ? ElementType.Bool : instruction.type
    if (op === Op.Load) registers.push({ ...nodeOf(LOAD, type, []), operand: a })
    else if (op === Op.Const) registers.push(constantNode(type, laneBits(type, value)))
    else {
      const args = registersOf(instruction).map((register) => registers[register])
      registers.push(chain(lanesOf(instruction, types[a]), args, type))
    }
    types.push(type)
  }
  return registers[registers.length - 1]
}

const registersOf = ({ op, a, b, c }: Instruction): number[] => [a, b, c].slice(0, arity(op))

/** The bits of a lane that holds the element whose bytes are `value`. */
export function laneBits(type: ElementType, value: bigint): bigint {
  if (type === ElementType.Int64) return BigInt.asUintN(64, value)
  if (type === ElementType.Int8) return BigInt.asUintN(32, BigInt.asIntN(8, value))
  if (type === ElementType.Uint8) return BigInt.asUintN(8, value)
  if (type === ElementType.Bool) return BigInt(BigInt.asUintN(8, value) !== 0n)
  return BigInt.asUintN(32, value)
}

/** All nodes that a node needs, each behind its operands, itself last. */
export function nodesOf(root: LaneNode): LaneNode[] {
  const seen = new Set<LaneNode>()
  const visit = (node: LaneNode): void => {
    if (seen.has(node)) return
    node.args.forEach(visit)
    seen.add(node)
  }
  visit(root)
  return [...seen]
}
