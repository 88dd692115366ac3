import { encodeStep } from "../../protocol/encode-step.ts"
import {
  type Access,
  Body,
  ElementType,
  type Guard,
  type Instruction,
  Op,
  Space,
  type Step,
  type Tensor,
  bodyOperands,
  widthOf,
} from "../../protocol/program.ts"
import { CHUNK_BYTES } from "../../protocol/tensor-tree.ts"
import { treeDepth } from "../../protocol/tree-depth.ts"
import type { Program } from "./program.ts"
import { product } from "./view.ts"

/** Upper bounds on what the conviction of any element of a step takes. */
export interface ProofCost {
  readonly step: number
  /** Bytes of evidence. */
  readonly bytes: number
  readonly gas: number
}

/**
 * What the proof of one conviction may take: public mempools carry 128 KiB, which leaves 11 KB for receipt, inclusion and header; a
 * transaction has at most 2^24 gas.
 */
export const PROOF_LIMITS = { bytes: 120_000, gas: 10_000_000 } as const

// Gas, measured on the contracts (test/referee/gas.test.ts) and rounded up.
const REGISTRY = 350_000
const PER_STEP = 25_000
const PER_OPENING = 5_500
/** Hashing it and a node above it, and handing it on from contract to contract in memory, of which there is more. */
const PER_CHUNK = 3_200
/** As many nodes as a path has siblings are hashed, besides those of the chunks. */
const PER_SIBLING = 500
const PER_DESCRIPTOR_BYTE = 40
/** Looking for a chunk among the opened ranges, per range. */
const PER_SEARCH = 200
/** Placing an operand at the start of a run: at most 256 terms of the innermost loop. */
const PER_RUN = 2_900
const PER_RUN_GUARD = 750
const PER_RUN_LOOKUP = 2_200
/** A term whose coordinate is looked up anew. */
const PER_TERM_LOOKUP = 3_400
const PER_LOAD = 4_200
const PER_LOAD_GUARD = 1_300
const PER_LOAD_LOOKUP = 6_000
const PER_EXP = 13_000
const PER_INSTRUCTION = 3_200
const RUN = 256

/** Bytes of a word. */
export const WORD = 32
/** Words that an opening takes besides its data and its path. */
export const OPENING_WORDS = 7

/** Bounds the cost of convicting a wrong element, for every step of a program. */
export function proofCosts(program: Program): ProofCost[] {
  return program.steps.map((step, number) => {
    const depths = depthsOf(program)
    const reads = step.operands.map((access, i) => readBound(access, step, i))
    const sum = (of: (read: ReadBound, tensor: Tensor) => number): number =>
      reads.reduce((all, read, i) => all + of(read, step.operands[i].tensor), 0)
    const descriptor = encodeStep(step).length
    const siblings =
      sum((read, tensor) => siblingBound(read, tensor, depths[tensor.space])) +
      depths[step.output.space] +
      treeDepth(program.steps.length)
    const openings = sum(({ ranges }) => ranges)
    const chunks = sum((read) => read.chunks)
    // Bytes are filled up to words where a range ends with the tensor.
    const filled = (chunks: number, tensor: Tensor): number => chunks * chunkBytes(tensor) + WORD - 1
    const data = sum((read, tensor) => filled(read.chunks, tensor)) + filled(1, step.output)
    // Words of the encoding: those of the structs with what the referee is told besides, and those of the openings.
    const words = 32 + OPENING_WORDS * openings + siblings
    const bytes = WORD * words + descriptor + data

    const execution =
      REGISTRY +
      PER_STEP +
      openings * PER_OPENING +
      chunks * PER_CHUNK +
      siblings * PER_SIBLING +
      descriptor * PER_DESCRIPTOR_BYTE +
      bodyGas(step) +
      step.epilogue.reduce((all, instruction) => all + instructionGas(step, instruction), 0) +
      sum(({ ranges, seeks }) => ranges * seeks) * PER_SEARCH
    // Calldata costs 16 gas per byte, or 40 if that is more than all of the transaction (EIP-7623).
    return { step: number, bytes, gas: 21_000 + Math.max(16 * bytes + execution, 40 * bytes) }
  })
}

/** Gas per term: arithmetic and loading it. */
function termGas({ body, operands }: Step): number {
  const { type } = operands[0].tensor
  const isFloat = type === ElementType.Float32
  if (body === Body.Read) return 3_200
  if (body === Body.Fold) return isFloat ? 1_000 : 400
  if (body === Body.Rank) return widthOf(type) === 1 ? 900 : widthOf(type) === 4 ? 1_600 : 2_300
  // The dearest numbers; most take 560.
  if (isFloat) return 1_500
  return widthOf(type) === 1 ? 450 : 650
}

/** Gas of the body: its terms, and the runs of the innermost loop that they come in. */
function bodyGas(step: Step): number {
  const operands = step.operands.slice(0, bodyOperands(step))
  const terms = step.body === Body.Read ? operands.length : product(step.reduction)
  const innermost = step.reduction.findLast((size) => size > 1) ?? 1
  const runs = (product(step.reduction) / innermost) * Math.ceil(innermost / RUN)
  const count = (list: (access: Access) => readonly unknown[]) =>
    operands.reduce((sum, access) => sum + list(access).length, 0)
  const lookups = count(({ lookups }) => lookups)
  const perRun =
    operands.length * PER_RUN + count(({ guards }) => guards) * PER_RUN_GUARD + lookups * PER_RUN_LOOKUP
  return terms * (termGas(step) + lookups * PER_TERM_LOOKUP) + runs * perRun
}

function instructionGas({ operands }: Step, { op, a }: Instruction): number {
  if (op === Op.Exp) return PER_EXP
  if (op !== Op.Load) return PER_INSTRUCTION
  const { guards, lookups } = operands[a]
  return PER_LOAD + guards.length * PER_LOAD_GUARD + lookups.length * PER_LOAD_LOOKUP
}

const chunkBytes = ({ type, length }: Tensor): number => Math.min(widthOf(type) * length, CHUNK_BYTES)

/** Whether an operand is read along the reduction: operands of the body are, and the coordinates of those that are. */
function readsReduction(step: Step, operand: number): boolean {
  const count = step.body === Body.Dot ? 2 : bodyOperands(step)
  if (operand < count) return true
  return step.operands.slice(0, count).some(({ lookups }) => lookups.some((one) => one.operand === operand))
}

/** The depths of the trees. */
export function depthsOf({ header }: Program): Readonly<Record<Space, number>> {
  return {
    [Space.Input]: header.inputDepth,
    [Space.Weights]: header.weightsDepth,
    [Space.Trace]: header.traceDepth,
    [Space.Output]: header.outputDepth,
  }
}

/** Bounds on what one element reads by an access. */
interface ReadBound {
  readonly chunks: number
  /** How many ranges of successive chunks they are. */
  readonly ranges: number
  /** How often reading goes from one chunk to another. */
  readonly seeks: number
}

function readBound(access: Access, step: Step, operand: number): ReadBound {
  if (!readsReduction(step, operand)) return { chunks: 1, ranges: 1, seeks: 1 }
  const { tensor, strides, lookups } = access
  const elements = CHUNK_BYTES / widthOf(tensor.type)
  const all = Math.ceil(tensor.length / elements)
  const terms = product(step.reduction)
  // There is at least one chunk between two ranges.
  const most = Math.ceil(all / 2)
  // Where a coordinate is data, every term may lie anywhere.
  if (lookups.length > 0) {
    const chunks = Math.min(terms, all)
    return { chunks, ranges: Math.min(chunks, most), seeks: terms }
  }
  const loops = step.reduction.map((size, i) => ({ size, stride: Math.abs(strides[step.domain.length + i]) }))
  // The innermost loops walk one contiguous range, as long as each continues the one inside of it.
  let run = 1
  let runs = 1
  for (const { size, stride } of loops.toReversed()) {
    if (size === 1 || stride === 0) continue
    if (runs === 1 && stride === run) run *= size
    else runs *= size
  }
  const still = loops.reduce((all, { size, stride }) => (stride === 0 ? all * size : all), 1)
  const perRun = Math.ceil((run + elements - 1) / elements)
  const near = nearLoops(loops, elements)
  const chunks = Math.min(near.rest * (Math.ceil((near.range - 1) / elements) + 1), runs * perRun, all)
  const gaps = gapsOf(access, step, operand)
  let ranges = Math.min(chunks, most)
  if (gaps === Gaps.None) ranges = Math.min(ranges, runs, near.rest)
  // What is left of the inner loops may be too short for the outer ones to continue it.
  if (gaps === Gaps.Ends) ranges = Math.min(ranges, nearLoops(loops, elements, 1).rest)
  return { chunks, ranges, seeks: runs * perRun * still }
}

/** Which of the reduction indices an access leaves out: none, some at the ends of the loops, or any. */
const Gaps = { None: 0, Ends: 1, Any: 2 } as const

function gapsOf({ guards }: Access, { domain, operands }: Step, operand: number): number {
  // A coordinate is read only where the access that it belongs to is not on padding.
  if (operands.some(({ lookups }) => lookups.some((one) => one.operand === operand))) return Gaps.Any
  if (guards.length === 0) return Gaps.None
  const loops = ({ coefficients }: Guard): number =>
    coefficients.filter((factor, loop) => loop >= domain.length && factor !== 0).length
  return guards.every((guard) => loops(guard) <= 1) ? Gaps.Ends : Gaps.Any
}

/**
 * The loops of shortest stride reach, in any order, elements of successive chunks, `range` from the first to the last;
 * there are `rest` such ranges, for all indices of the other loops. A loop belongs to them if its stride is not
 * longer than a chunk, or than the range inside of it.
 *
 * @param longest what a range counts as at most: 1 if it may have gaps.
 */
function nearLoops(
  loops: readonly { size: number; stride: number }[],
  elements: number,
  longest = Infinity,
): { range: number; rest: number } {
  let range = 1
  let rest = 1
  for (const { size, stride } of [...loops].sort((a, b) => a.stride - b.stride)) {
    if (rest === 1 && stride <= Math.max(Math.min(range, longest), elements)) range += (size - 1) * stride
    else rest *= size
  }
  return { range, rest }
}

/**
 * Bounds how many siblings the paths of an operand have. A single chunk has one for each level. Two successive ones
 * that are not below the same node have two, up to where they meet: their number has so many more as the
 * position between them has factors of two. Of such positions there are few.
 */
function siblingBound({ chunks, ranges }: ReadBound, tensor: Tensor, depth: number): number {
  const first = tensor.firstLeaf
  const last = first + Math.ceil((tensor.length * widthOf(tensor.type)) / CHUNK_BYTES) - 1
  const several = Math.min(ranges, chunks - ranges)
  let siblings = ranges * depth
  for (let size = 4; size <= last; size *= 2)
    siblings += Math.min(several, Math.floor(last / size) - Math.floor(first / size))
  return siblings
}
