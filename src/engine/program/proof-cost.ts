import { OnusError } from "../../protocol/errors.ts"
import { type Access, Body, Space, type Step, type Tensor, encodeStep } from "../../protocol/program.ts"
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

// Gas, measured on the contracts and rounded up.
const REGISTRY = 350_000
const PER_OPENING = 14_000
const PER_LEVEL = 1_200
const PER_DESCRIPTOR_BYTE = 40
const PER_TERM: Readonly<Record<Body, number>> = {
  [Body.Read]: 20_000,
  [Body.Dot]: 2_750,
  [Body.Max]: 1_250,
  [Body.Sum]: 1_550,
}
const PER_INSTRUCTION = 20_000
const PER_GUARD = 450
/** Looking for a chunk among the opened ones, per chunk. */
const PER_LOOKUP = 160

const CHUNK = 256
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
    const bytes = WORD * (26 + 8 * openings + levels) + descriptor + chunkBytes(step.output) + data

    const terms = product(step.reduction)
    const guards = step.operands.reduce((sum, access) => sum + access.guards.length, 0)
    const lookups = reads.reduce((sum, { chunks, seeks }) => sum + chunks * seeks, 0)
    const execution =
      REGISTRY +
      openings * PER_OPENING +
      levels * PER_LEVEL +
      descriptor * PER_DESCRIPTOR_BYTE +
      terms * (PER_TERM[step.body] + guards * PER_GUARD) +
      step.epilogue.length * PER_INSTRUCTION +
      lookups * PER_LOOKUP
    // Calldata costs 16 gas per byte, or 40 if that is more than all of the transaction (EIP-7623).
    return { step: number, bytes, gas: 21_000 + Math.max(16 * bytes + execution, 40 * bytes) }
  })
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

const chunkBytes = ({ length }: Tensor): number => 4 * Math.min(length, CHUNK)

const readsReduction = (step: Step, operand: number): boolean => operand < (step.body === Body.Dot ? 2 : 1)

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
  { tensor, strides }: Access,
  step: Step,
  reduces: boolean,
): { chunks: number; seeks: number } {
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
  const perRun = Math.ceil((run + CHUNK - 1) / CHUNK)
  const span = loops.reduce((sum, { size, stride }) => sum + (size - 1) * stride, 1)
  const chunks = Math.min(
    runs * perRun,
    Math.ceil((span + CHUNK - 1) / CHUNK),
    Math.ceil(tensor.length / CHUNK),
  )
  return { chunks, seeks: runs * perRun * still }
}
