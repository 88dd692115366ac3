import { OnusError } from "../../protocol/errors.ts"
import {
  type Access,
  Body,
  ElementType,
  type Instruction,
  Op,
  Space,
  type Step,
  type Tensor,
  bodyOperands,
  encodeStep,
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

/** What one conviction may take: public mempools carry 128 KB, a transaction has at most 2^24 gas. */
export const PROOF_LIMITS = { bytes: 120_000, gas: 10_000_000 } as const

// Gas, measured on the contracts (test/referee/gas.test.ts) and rounded up.
const REGISTRY = 350_000
const PER_STEP = 25_000
const PER_OPENING = 14_000
const PER_LEVEL = 1_200
const PER_DESCRIPTOR_BYTE = 40
/** Looking for a chunk among the opened ones, per chunk. */
const PER_SEARCH = 160
/** Placing an operand at the start of a run: at most 256 terms of the innermost loop. */
const PER_RUN = 2_900
const PER_RUN_GUARD = 750
const PER_RUN_LOOKUP = 2_200
/** A term whose coordinate is looked up anew. */
const PER_TERM_LOOKUP = 3_400
const PER_LOAD = 4_200
const PER_LOAD_GUARD = 1_100
const PER_LOAD_LOOKUP = 5_800
const PER_EXP = 13_000
const PER_INSTRUCTION = 3_200
const RUN = 256

const WORD = 32

/** Bounds the cost of convicting a wrong element, for every step of a program. */
export function proofCosts(program: Program): ProofCost[] {
  return program.steps.map((step, number) => {
    const depths = depthsOf(program)
    const reads = step.operands.map((access, i) => chunksRead(access, step, readsReduction(step, i)))
    const descriptor = encodeStep(step).length
    const paths = reads.reduce(
      (sum, { chunks }, i) => sum + chunks * depths[step.operands[i].tensor.space],
      0,
    )
    const levels = paths + depths[step.output.space] + treeDepth(program.steps.length)
    const openings = reads.reduce((sum, { chunks }) => sum + chunks, 0)
    const data = reads.reduce((sum, { chunks }, i) => sum + chunks * chunkBytes(step.operands[i].tensor), 0)
    // Words of the encoding: those of the struct, and eight for every opening.
    const bytes = WORD * (30 + 8 * openings + levels) + descriptor + chunkBytes(step.output) + data

    const searches = reads.reduce((sum, { chunks, seeks }) => sum + chunks * seeks, 0)
    const execution =
      REGISTRY +
      PER_STEP +
      openings * PER_OPENING +
      levels * PER_LEVEL +
      descriptor * PER_DESCRIPTOR_BYTE +
      bodyGas(step) +
      step.epilogue.reduce((sum, instruction) => sum + instructionGas(step, instruction), 0) +
      searches * PER_SEARCH
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
  if (isFloat) return 1_750
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

/** The first step of which some element could not be proven wrong in one transaction, if there is one. */
export function findUnprovable(
  program: Program,
  limits: Pick<ProofCost, "bytes" | "gas"> = PROOF_LIMITS,
): ProofCost | undefined {
  return proofCosts(program).find(({ bytes, gas }) => bytes > limits.bytes || gas > limits.gas)
}

/**
 * Refuses a program of which some element could not be proven wrong in one transaction: its answers
 * could not be held against anybody.
 *
 * @throws OnusError `ProofTooLarge`, naming the step.
 */
export function requireProvable(
  program: Program,
  limits: Pick<ProofCost, "bytes" | "gas"> = PROOF_LIMITS,
): void {
  const unprovable = findUnprovable(program, limits)
  if (!unprovable) return
  const { step, bytes, gas } = unprovable
  const message = `A proof about step ${step} may take ${bytes} bytes and ${gas} gas; ${limits.bytes} and ${limits.gas} are allowed`
  throw new OnusError("ProofTooLarge", message, {
    hint: "One element reads too many values, or values that lie too far apart: make the layer smaller",
  })
}

const chunkBytes = ({ type, length }: Tensor): number => Math.min(widthOf(type) * length, CHUNK_BYTES)

/** Whether an operand is read along the reduction: operands of the body are, and the coordinates of those that are. */
function readsReduction(step: Step, operand: number): boolean {
  const count = step.body === Body.Dot ? 2 : bodyOperands(step)
  if (operand < count) return true
  return step.operands.slice(0, count).some(({ lookups }) => lookups.some((one) => one.operand === operand))
}

function depthsOf({ header }: Program): Readonly<Record<Space, number>> {
  return {
    [Space.Input]: header.inputDepth,
    [Space.Weights]: header.weightsDepth,
    [Space.Trace]: header.traceDepth,
    [Space.Output]: header.outputDepth,
  }
}

/** Bounds how many chunks one element reads by an access, and how often it goes from one to another. */
function chunksRead(
  { tensor, strides, lookups }: Access,
  step: Step,
  reduces: boolean,
): { chunks: number; seeks: number } {
  const elements = CHUNK_BYTES / widthOf(tensor.type)
  const all = Math.ceil(tensor.length / elements)
  const terms = product(step.reduction)
  // Where a coordinate is data, every term may lie anywhere.
  if (reduces && lookups.length > 0) return { chunks: Math.min(terms, all), seeks: terms }
  if (!reduces) return { chunks: 1, seeks: 1 }
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
  return { chunks: Math.min(chunksOf(loops, elements), runs * perRun, all), seeks: runs * perRun * still }
}

/** Bounds how many chunks of `elements` hold what loops reach in any order: ranges without larger gaps, and the rest. */
function chunksOf(loops: readonly { size: number; stride: number }[], elements: number): number {
  let range = 1
  let ranges = 1
  for (const { size, stride } of [...loops].sort((a, b) => a.stride - b.stride)) {
    if (ranges === 1 && stride <= Math.max(range, elements)) range += (size - 1) * stride
    else ranges *= size
  }
  return ranges * (Math.ceil((range - 1) / elements) + 1)
}
