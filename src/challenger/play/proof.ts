import { AbiCoder, keccak256 } from "ethers"
import { encodeEvidence } from "../../engine/audit/evidence.ts"
import { chunkQuestion, questionId } from "../../engine/audit/game/question.ts"
import { proofInParts } from "../../engine/audit/parts.ts"
import { chunkOf } from "../../engine/audit/reads.ts"
import type { Execution } from "../../engine/executor.ts"
import type { ProofLimits } from "../../engine/program/provable.ts"
import type { Commitment } from "../../engine/trace/commitment.ts"
import { isOnusError } from "../../protocol/errors.ts"
import type { ModelHeader } from "../../protocol/model.ts"
import { provingGas } from "../value/gas.ts"

/** A proof of one wrong element: all that convicting it takes. */
export interface Proof {
  readonly header: ModelHeader
  /** Before it is bound to the request. */
  readonly traceRoot: string
  readonly step: number
  readonly element: number
  readonly hint: number
  /** Whoever has asked for the chunk of the element knew of it from then on. */
  readonly questionId: string
  /** Parts that are uploaded before, 0x-prefixed, and how many terms are done after each. */
  readonly uploads: readonly string[]
  readonly until: readonly number[]
  /** The `evidence` argument of `convict`. */
  readonly evidence: string
  readonly gas: number
}

/**
 * Makes the proof of an element.
 *
 * @param run whose bytes are what the provider committed to, as far as the element reads them.
 * @throws OnusError `ProofTooLarge`.
 */
export function proofOf(
  run: Execution,
  commitment: Pick<Commitment, "open" | "traceRoot">,
  step: number,
  element: number,
  limits?: ProofLimits,
): Proof {
  const { program } = run
  const { header } = program
  const { traceRoot } = commitment
  const { uploads, until, hint, conclusion } = proofInParts(run, commitment, step, element, limits)
  const { output } = program.steps[step]
  return {
    header,
    traceRoot,
    step,
    element,
    hint,
    questionId: questionId(chunkQuestion(output, chunkOf(output, element))),
    uploads,
    until,
    evidence: encodeEvidence({ header, traceRoot }, conclusion),
    gas: Number(provingGas(program, step, uploads.length)),
  }
}

/** As {@link proofOf}; a sentence that says why if no transaction has room for it. */
export function proofIfProvable(...about: Parameters<typeof proofOf>): Proof | string {
  try {
    return proofOf(...about)
  } catch (error) {
    if (isOnusError(error, "ProofTooLarge")) return error.message
    throw error
  }
}

/** Names the proof of an element by one challenger. Twin of `IResumption.proofIdOf`. */
export function proofId(receiptId: string, challenger: string, proof: Proof): string {
  const types = ["bytes32", "address", "uint32", "uint256", "uint256"]
  const { step, element, hint } = proof
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, [receiptId, challenger, step, element, hint]))
}

export const encodeProof = (proof: Proof): Uint8Array => Buffer.from(JSON.stringify(proof))
export const decodeProof = (bytes: Uint8Array): Proof => JSON.parse(Buffer.from(bytes).toString()) as Proof
