import { AbiCoder, ZeroHash, getBytes } from "ethers"
import { MODEL_HEADER, type ModelHeader } from "../../protocol/model.ts"
import { encodeStep } from "../../protocol/encode-step.ts"
import { type Tensor } from "../../protocol/program.ts"
import { CHUNK_BYTES, siblingsOf } from "../../protocol/tensor-tree.ts"
import type { Execution } from "../executor.ts"
import { OPENING_WORDS, WORD, depthsOf } from "../program/proof-cost.ts"
import { evaluate } from "../reference/evaluate.ts"
import type { Commitment } from "../trace/commitment.ts"
import { type ChunkSets, chunkOf } from "./reads.ts"

const OPENING = "tuple(uint32 operand, uint32 chunk, bytes data, bytes32[] path)"
const PROOF = `tuple(uint32 stepIndex, bytes step, bytes32[] stepPath, uint256 element, uint256 hint, uint64 until, bytes outputData, bytes32[] outputPath, ${OPENING}[] openings)`
const EVIDENCE = `tuple(bytes32 question, ${MODEL_HEADER} header, bytes32 traceRoot, bytes proof)`
const coder = AbiCoder.defaultAbiCoder()

/** @returns the `evidence` argument of `convict` for a wrong execution: one element of a run whose trace is known. */
export function wrongExecutionEvidence(
  run: Execution,
  commitment: Commitment,
  stepIndex: number,
  element: number,
): string {
  const { header } = run.program
  return encodeEvidence(
    { header, traceRoot: commitment.traceRoot },
    elementProof(run, commitment, stepIndex, element),
  )
}

/** What evidence of a wrong execution is about. */
export interface EvidenceContext {
  readonly header: ModelHeader
  /** Before it is bound to the request. */
  readonly traceRoot: string
}

/**
 * @param proof The `proof` argument of `IReferee`; empty if something was not shown in time.
 * @param question What was not: an id of `IDisclosure`.
 * @returns the `evidence` argument of `convict` for a wrong execution. Twin of `WrongExecution.Evidence`.
 */
export function encodeEvidence(
  { header, traceRoot }: EvidenceContext,
  proof: string,
  question: string = ZeroHash,
): string {
  return coder.encode([EVIDENCE], [{ question, header, traceRoot, proof }])
}

/** Reads off evidence what it is about: an element of a step, or a question that nobody has answered. */
export function subjectOf(
  evidence: string,
): { readonly question: string } | { readonly step: number; readonly element: number } {
  const [{ question, proof }] = coder.decode([EVIDENCE], evidence) as unknown as [
    Readonly<Record<"question" | "proof", string>>,
  ]
  if (question !== ZeroHash) return { question }
  const [{ stepIndex, element }] = coder.decode([PROOF], proof) as unknown as [
    Readonly<Record<"stepIndex" | "element", bigint>>,
  ]
  return { step: Number(stepIndex), element: Number(element) }
}

/** What a proof shows: the claimed value's chunk, and chunks of what it is made of. */
export interface ShownProof {
  readonly step: number
  readonly element: number
  /** The chunk of the step's output that holds the element. */
  readonly output: Uint8Array
  readonly openings: readonly {
    readonly operand: number
    readonly chunk: number
    readonly data: Uint8Array
  }[]
}

/** Reads off evidence what it shows; undefined if it is about silence. */
export function shownIn(evidence: string): ShownProof | undefined {
  const [{ question, proof }] = coder.decode([EVIDENCE], evidence) as unknown as [
    Readonly<Record<"question" | "proof", string>>,
  ]
  if (question !== ZeroHash) return undefined
  const [{ stepIndex, element, outputData, openings }] = coder.decode([PROOF], proof) as unknown as [
    EncodedProof,
  ]
  return {
    step: Number(stepIndex),
    element: Number(element),
    output: getBytes(outputData),
    openings: openings.map(({ operand, chunk, data }) => {
      return { operand: Number(operand), chunk: Number(chunk), data: getBytes(data) }
    }),
  }
}

/** A proof as it is decoded, as far as it is read. */
interface EncodedProof {
  readonly stepIndex: bigint
  readonly element: bigint
  readonly outputData: string
  readonly openings: readonly { readonly operand: bigint; readonly chunk: bigint; readonly data: string }[]
}

/**
 * Everything the referee needs to recompute one element: its descriptor, the provider's value and
 * those chunks of the operands that the element reads, successive ones together.
 *
 * @returns the `proof` argument of `IReferee`.
 */
export function elementProof(
  run: Execution,
  commitment: Pick<Commitment, "open">,
  stepIndex: number,
  element: number,
): string {
  const chunks = chunksRead(run, stepIndex, element)
  return encodedProof(run, commitment, { stepIndex, element, hint: 0, until: 0, chunks })
}

/** What a proof is about, and the chunks that it opens. */
export interface ProofContent {
  readonly stepIndex: number
  readonly element: number
  readonly hint: number
  /** For a part that is uploaded: up to how many terms. 0 for one that concludes, which opens the claimed value. */
  readonly until: number
  readonly chunks: ChunkSets
}

/** @returns the `proof` argument of `IReferee`. */
export function encodedProof(
  { program }: Execution,
  commitment: Pick<Commitment, "open">,
  { stepIndex, element, hint, until, chunks }: ProofContent,
): string {
  const step = program.steps[stepIndex]
  const output =
    until === 0 ? commitment.open(step.output, chunkOf(step.output, element)) : { data: "0x", path: [] }
  const proof = {
    stepIndex,
    step: encodeStep(step),
    stepPath: program.programTree.path(stepIndex),
    element,
    hint,
    until,
    outputData: output.data,
    outputPath: output.path,
    openings: chunks.flatMap((set, operand) => {
      const { tensor } = step.operands[operand]
      const list = [...set].sort((a, b) => a - b)
      return rangesOf(list, tensor, depthsOf(program)[tensor.space]).map(({ first, count }) => {
        return { operand, ...commitment.open(tensor, first, count) }
      })
    }),
  }
  return coder.encode([PROOF], [proof])
}

/** The chunks that an element reads of each operand. */
function chunksRead(run: Execution, stepIndex: number, element: number): ChunkSets {
  const step = run.program.steps[stepIndex]
  const seen = step.operands.map(() => new Set<number>())
  evaluate(step, element, run.bytes.bind(run), (operand, position) => {
    seen[operand].add(chunkOf(step.operands[operand].tensor, position))
  })
  return seen
}

/** Successive chunks. */
interface Range {
  readonly first: number
  readonly count: number
}

/** Opens successive chunks together, and also what is between two ranges if that takes fewer bytes than two paths. */
function rangesOf(chunks: readonly number[], { firstLeaf }: Tensor, depth: number): Range[] {
  const pathBytes = ({ first, count }: Range): number =>
    WORD * siblingsOf(firstLeaf + first, count, depth).length
  const apart = WORD * OPENING_WORDS
  const singles = chunks.map((first) => ({ first, count: 1 }))
  const successive = joined(singles, (_, __, gap) => gap === 0)
  return joined(successive, (left, right, gap) => {
    const together = gap * CHUNK_BYTES + pathBytes(join(left, right))
    return together < apart + pathBytes(left) + pathBytes(right)
  })
}

const end = ({ first, count }: Range): number => first + count
const join = (left: Range, right: Range): Range => ({ first: left.first, count: end(right) - left.first })

/** Joins each range with those before it if that is worth it; `gap` chunks are between them. */
function joined(
  ranges: readonly Range[],
  isWorth: (left: Range, right: Range, gap: number) => boolean,
): Range[] {
  const done: Range[] = []
  for (const range of ranges) {
    const last = done.at(-1)
    if (last && isWorth(last, range, range.first - end(last))) done[done.length - 1] = join(last, range)
    else done.push(range)
  }
  return done
}
