import { ElementType, type Step, type Tensor, widthOf } from "../../protocol/program.ts"
import { CONSTANT, LOAD, STORE_BYTE, STORE_FLOAT, STORE_LONG, STORE_WORD } from "./codes.ts"
import type { Epilogue } from "./epilogue.ts"
import { isLong } from "./lane-graph.ts"
import { operandOf } from "./operand.ts"
import { assignSlots } from "./slots.ts"
import { type Writing, writeSource } from "./source.ts"

/** What `assembly/plan.ts` calls `Plan`; `start` is the only field of 8 bytes. Fields that are left out are 0. */
export interface PlanFields {
  readonly kind: number
  readonly units: number
  readonly alone?: boolean
  readonly length: number
  readonly unit: number
  readonly block?: number
  readonly output: number
  readonly store?: number
  readonly epilogue?: WrittenEpilogue
  readonly first?: number
  readonly spare?: number
  readonly other?: number
  readonly mode?: number
  readonly sources?: readonly number[]
  /** Address of what the plan of a product has instead of sources. */
  readonly product?: number
  readonly sizes?: number
  readonly reductions?: number
  readonly terms?: number
  readonly indices?: number
  readonly run?: number
  readonly start?: bigint
}

const START_WORD = 26

/** Word numbers of fields that are set when a run starts, or known last. */
export const NEXT_WORD = 2
export const DONE_WORD = 4

/** Writes a plan; returns its address. */
export function writePlan({ image }: Writing, plan: PlanFields): number {
  const { epilogue } = plan
  const address = image.words([
    plan.kind,
    plan.units,
    0,
    Number(plan.alone ?? false),
    0,
    plan.length,
    plan.unit,
    plan.block ?? 0,
    plan.output,
    plan.store ?? 0,
    epilogue?.instructions ?? 0,
    epilogue?.count ?? 0,
    epilogue?.prologue ?? 0,
    Number(epilogue?.canonical ?? false),
    epilogue?.registers ?? 0,
    plan.first ?? 0,
    plan.spare ?? 0,
    plan.other ?? 0,
    epilogue?.last ?? 0,
    plan.mode ?? 0,
    plan.product ?? image.words(plan.sources ?? []),
    plan.reductions ?? 0,
    plan.sizes ?? 0,
    plan.terms ?? 0,
    plan.indices ?? 0,
    plan.run ?? 0,
    0,
    0,
  ])
  image.setLong(address + 4 * START_WORD, plan.start ?? 0n)
  return address
}

/** Where the instructions of an epilogue are, and (scratch) its registers and the lanes of the last one. */
export interface WrittenEpilogue {
  readonly instructions: number
  readonly count: number
  readonly prologue: number
  readonly canonical: boolean
  readonly registers: number
  readonly last: number
}

/** Operands of an instruction. */
const OPERANDS = 6

/** Writes the instructions, their constants and accesses. */
export function writeEpilogue(writing: Writing, step: Step, epilogue: Epilogue): WrittenEpilogue {
  const { image, scratch } = writing
  const { nodes, prologue, block, canonical } = epilogue
  const { slots, counts } = assignSlots(nodes, prologue)
  const lanes = counts.map((count, long) =>
    Array.from({ length: count }, () => scratch.reserve(block * (long ? 8 : 4))),
  )
  const domain = step.domain.map((size) => Math.max(size, 1))
  const registers = new Map(nodes.map((node, i) => [node, i + 1]))
  const words = nodes.flatMap(({ code, args, operand, value, type }, i) => {
    const slot = slots[i] === -1 ? -1 : lanes[Number(isLong(type))][slots[i]]
    // What the body gives is register 0; an operand that an operation does not have is the same as its first.
    const numbers = args.map((arg) => registers.get(arg) ?? 0)
    const operands = Array.from({ length: OPERANDS }, (_, k) => numbers[k] ?? numbers[0] ?? 0)
    let source = 0
    if (code === LOAD) source = writeSource(writing, operandOf(step, operand, domain), domain, domain.length)
    if (code === CONSTANT) source = writeConstant(writing, type, value)
    return [code, ...operands, slot, source]
  })
  return {
    instructions: image.words(words),
    count: nodes.length,
    prologue,
    canonical,
    registers: scratch.reserve(8 * (nodes.length + 1)),
    last: scratch.reserve(block * Math.max(4, widthOf(step.output.type))),
  }
}

/** A vector with the bits in every lane. */
function writeConstant({ image }: Writing, type: ElementType, bits: bigint): number {
  const address = image.reserve(16)
  const long = isLong(type) ? bits : bits | (bits << 32n)
  image.setLong(address, long)
  image.setLong(address + 8, long)
  return address
}

/** How elements of a tensor are stored. */
export function storeOf({ type }: Tensor): number {
  if (type === ElementType.Float32) return STORE_FLOAT
  if (type === ElementType.Int32) return STORE_WORD
  return type === ElementType.Int64 ? STORE_LONG : STORE_BYTE
}
