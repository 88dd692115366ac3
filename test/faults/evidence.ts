import { AbiCoder, type Result, ZeroHash, hexlify } from "ethers"
import { wrongExecutionEvidence } from "../../src/engine/audit/evidence.ts"
import { MODEL_HEADER, type ModelHeader } from "../../src/protocol/model.ts"
import type { Opening } from "../../src/engine/trace/commitment.ts"
import type { Attested } from "./court.ts"

/** Successive chunks of an operand, opened. */
export interface OperandOpening {
  operand: number
  chunk: number
  data: string
  path: string[]
}

/** `WrongExecution.Evidence` and the `ElementProof` in it, to be tampered with. Bytes are hex. */
export interface Evidence {
  header: ModelHeader
  traceRoot: string
  stepIndex: number
  step: string
  stepPath: string[]
  element: bigint
  hint: bigint
  until: bigint
  outputData: string
  outputPath: string[]
  openings: OperandOpening[]
}

const EVIDENCE = `tuple(bytes32 question, ${MODEL_HEADER} header, bytes32 traceRoot, bytes proof)`
const PROOF = `tuple(uint32 stepIndex, bytes step, bytes32[] stepPath, uint256 element, uint256 hint, uint64 until, bytes outputData, bytes32[] outputPath, tuple(uint32 operand, uint32 chunk, bytes data, bytes32[] path)[] openings)`
const coder = AbiCoder.defaultAbiCoder()

export function encodeEvidence(evidence: Evidence): string {
  const { header, traceRoot, ...proof } = evidence
  return coder.encode(
    [EVIDENCE],
    [{ question: ZeroHash, header, traceRoot, proof: coder.encode([PROOF], [proof]) }],
  )
}

/** {@link Evidence} as the coder returns it: integers are bigint, arrays are its own kind. */
interface Decoded extends Omit<Evidence, "header" | "traceRoot" | "stepIndex" | "openings"> {
  readonly stepIndex: bigint
  readonly openings: readonly (Omit<OperandOpening, "operand" | "chunk"> &
    Record<"operand" | "chunk", bigint>)[]
}

export function decodeEvidence(encoded: string): Evidence {
  const outer = coder.decode([EVIDENCE], encoded)[0] as Readonly<{
    header: Result
    traceRoot: string
    proof: string
  }>
  const decoded = coder.decode([PROOF], outer.proof)[0] as Decoded
  const { stepIndex, step, element, outputData } = decoded
  const header = Object.entries(outer.header.toObject() as Record<string, string | bigint>)
  return {
    header: Object.fromEntries(
      header.map(([name, value]) => [name, typeof value === "bigint" ? Number(value) : value]),
    ) as unknown as ModelHeader,
    traceRoot: outer.traceRoot,
    stepIndex: Number(stepIndex),
    step,
    stepPath: [...decoded.stepPath],
    element,
    hint: decoded.hint,
    until: decoded.until,
    outputData,
    outputPath: [...decoded.outputPath],
    openings: [...decoded.openings].map(({ operand, chunk, data, path }) => {
      return { operand: Number(operand), chunk: Number(chunk), data, path: [...path] }
    }),
  }
}

/** The evidence about one element, encoded. */
export function evidenceOf({ run, commitment }: Attested, step: number, element: number): string {
  return wrongExecutionEvidence(run, commitment, step, element)
}

/** The evidence about one element after a change of it. */
export function tampered(
  attested: Attested,
  step: number,
  element: number,
  change: (evidence: Evidence) => void,
): string {
  const evidence = decodeEvidence(evidenceOf(attested, step, element))
  change(evidence)
  return encodeEvidence(evidence)
}

/** An opening in the form of the evidence. */
export function openingOf(operand: number, { chunk, data, path }: Opening): OperandOpening {
  return { operand, chunk, data: hexlify(data), path: path.map((sibling) => hexlify(sibling)) }
}

/** The hex string with one bit flipped. */
export function flipBit(hex: string, bit: number): string {
  const at = 2 + (bit >> 2)
  const digit = (parseInt(hex[at], 16) ^ (1 << (bit & 3))).toString(16)
  return hex.slice(0, at) + digit + hex.slice(at + 1)
}
