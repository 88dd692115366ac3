import { AbiCoder, hexlify, keccak256, randomBytes } from "ethers"
import { type Question, questionId } from "../../engine/audit/game/question.ts"
import { isOnusError } from "../../protocol/errors.ts"
import { type Sent, send } from "../client.ts"
import { type Accused, type Court, idOf } from "./court.ts"

const coder = AbiCoder.defaultAbiCoder()

/**
 * Records that the challenger knows the evidence, before anybody sees it. For 15 minutes, whoever shows the same
 * afterwards comes later, even if its transaction is first: then the challenger convicts once more and takes the reward.
 *
 * @throws OnusError `AlreadyCommitted` as long as an earlier commitment to the same counts.
 */
export async function commitToEvidence(
  court: Court,
  accused: Pick<Accused, "receipt">,
  challenger: string,
  evidence: string,
): Promise<Sent> {
  return send(court.judge.commit(commitmentTo(idOf(court, accused), challenger, evidence)))
}

/** As {@link commitToEvidence}, unless a commitment to the same counts already, whoever sent it. */
export async function ensureCommitted(...commitment: Parameters<typeof commitToEvidence>): Promise<void> {
  try {
    await commitToEvidence(...commitment)
  } catch (error) {
    if (!isOnusError(error, "AlreadyCommitted")) throw error
  }
}

/**
 * Records that the challenger knows what to ask, before it asks. The salt belongs to the demand, or to
 * {@link precede} if somebody copied the demand.
 *
 * @throws OnusError `AlreadyCommitted`.
 */
export async function commitToQuestion(
  court: Court,
  accused: Pick<Accused, "receipt">,
  challenger: string,
  question: Question,
  salt: string = hexlify(randomBytes(32)),
): Promise<Sent & { readonly salt: string }> {
  const evidence = questionEvidence(questionId(question), salt)
  return { ...(await commitToEvidence(court, accused, challenger, evidence)), salt }
}

/** What a commitment to a question is a commitment to. */
export const questionEvidence = (questionId: string, salt: string): string =>
  coder.encode(["bytes32", "bytes32"], [questionId, salt])

/**
 * Shows a commitment to a question that somebody else has asked since.
 *
 * @throws OnusError `AlreadyDemanded` when the commitment is not the earlier one or has expired, `NotDemanded`.
 */
export async function precede(
  court: Court,
  accused: Pick<Accused, "receipt">,
  question: Question,
  salt: string,
): Promise<Sent> {
  return send(court.judge.precede(idOf(court, accused), questionId(question), salt))
}

/** Twin of `ICommitments.commitmentTo`. */
export function commitmentTo(receiptId: string, challenger: string, evidence: string): string {
  const types = ["bytes32", "address", "bytes32"]
  return keccak256(coder.encode(types, [receiptId, challenger, keccak256(evidence)]))
}
