import { type ContractTransaction, ZeroHash } from "ethers"
import type { Answer } from "../engine/audit/game/answer.ts"
import { type Question, encodableQuestion, questionId } from "../engine/audit/game/question.ts"
import { type Batch, DIRECT, type Inclusion } from "../protocol/batch.ts"
import type { Receipt, SignedReceipt } from "../protocol/receipt.ts"
import type { Client } from "./client.ts"
import { Fault, type FaultName } from "./fault.ts"
import { type Accused, type Court, placeOf } from "./game/court.ts"

/** A transaction as far as a contract reads it: who sends it, and at which price, is for somebody else to decide. */
export interface Call {
  readonly to: string
  /** 0x-prefixed. */
  readonly data: string
  /** Wei. */
  readonly value: bigint
}

/** Anchors a batch. */
export const anchorCall = async ({ onus }: Pick<Client, "onus">, batch: Batch): Promise<Call> =>
  callOf(await onus.anchor.populateTransaction(batch))

/** Gives the bonds of batches back, whose windows are over. */
export const releaseBatchesCall = async (
  { onus }: Pick<Client, "onus">,
  batches: readonly Batch[],
): Promise<Call> => callOf(await onus.releaseBatches.populateTransaction([...batches]))

/** Gives the bond of a receipt back that has one of its own: attested directly, or disputed. */
export const releaseReceiptCall = async (
  { onus }: Pick<Client, "onus">,
  receipt: Receipt,
  inclusion: Inclusion = DIRECT,
): Promise<Call> => callOf(await onus.releaseReceipt.populateTransaction(receipt, inclusion))

/**
 * Answers a demand.
 *
 * @param traceRoot Before it is bound to the request; what the output is asked for, any.
 */
export async function answerDemandCall(
  { judge }: Pick<Court, "judge">,
  { receipt, header }: Pick<Accused, "receipt" | "header">,
  question: Question,
  answer: Answer,
  traceRoot: string = ZeroHash,
): Promise<Call> {
  const asked = encodableQuestion(question)
  const path = [...answer.path]
  if (answer.kind === "tensor") {
    const { step, descriptor } = answer
    return callOf(await judge.answerLeaf.populateTransaction(receipt, header, asked, step, descriptor, path))
  }
  if (answer.kind === "chunk")
    return callOf(
      await judge.answerChunk.populateTransaction(receipt, header, traceRoot, asked, answer.data, path),
    )
  const descendants = [...answer.descendants]
  return callOf(
    await judge.answerNode.populateTransaction(receipt, header, traceRoot, asked, descendants, path),
  )
}

/** Pays the bond of a demand to whom it belongs. */
export const settleDemandCall = async (
  { judge }: Pick<Court, "judge">,
  accused: Pick<Accused, "receipt" | "inclusion">,
  question: Question | string,
): Promise<Call> => {
  const asked = typeof question === "string" ? question : questionId(question)
  return callOf(await judge.settle.populateTransaction(accused.receipt, placeOf(accused), asked))
}

/** Answers the claim that a receipt was not anchored. */
export const answerOmissionCall = async (
  client: Pick<Client, "omission">,
  receipt: Receipt,
  inclusion: Inclusion = DIRECT,
): Promise<Call> => callOf(await (await client.omission()).answer.populateTransaction(receipt, inclusion))

/** Pays the bond of a claim of omission to whom it belongs. */
export const settleOmissionCall = async (client: Pick<Client, "omission">, receipt: Receipt): Promise<Call> =>
  callOf(await (await client.omission()).settle.populateTransaction(receipt))

/** Claims that a signed receipt was not anchored as it promises. @param bond Wei: see `bondFor`. */
export async function claimOmissionCall(
  client: Pick<Client, "omission">,
  { receipt, signature }: Pick<SignedReceipt, "receipt" | "signature">,
  bond: bigint,
): Promise<Call> {
  const omission = await client.omission()
  return callOf(await omission.claim.populateTransaction(receipt, signature, { value: bond }))
}

/** Convicts a receipt that has collateral. */
export const convictCall = async (
  { onus }: Pick<Client, "onus">,
  fault: FaultName,
  receipt: Receipt,
  inclusion: Inclusion,
  evidence: string,
): Promise<Call> => callOf(await onus.convict.populateTransaction(Fault[fault], receipt, inclusion, evidence))

/** Convicts by signatures alone. */
export const convictSignedCall = async (
  { onus }: Pick<Client, "onus">,
  fault: FaultName,
  { receipt, signature }: Pick<SignedReceipt, "receipt" | "signature">,
  evidence: string,
): Promise<Call> =>
  callOf(await onus.convictSigned.populateTransaction(Fault[fault], receipt, signature, evidence))

/** Pays the challenger of a conviction. */
export const claimRewardCall = async ({ onus }: Pick<Client, "onus">, payoutId: string): Promise<Call> =>
  callOf(await onus.claimReward.populateTransaction(payoutId))

/** Pays the consumer of a convicted receipt. */
export const claimRestitutionCall = async ({ onus }: Pick<Client, "onus">, receipt: Receipt): Promise<Call> =>
  callOf(await onus.claimRestitution.populateTransaction(receipt))

/** What a contract makes of a transaction, as far as a contract reads it. */
export const callOf = ({ to, data, value = 0n }: ContractTransaction): Call => ({ to, data, value })
