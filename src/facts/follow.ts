import { receiptId, type SignedReceipt } from "../protocol/receipt.ts"
import type { Inclusion } from "../protocol/batch.ts"
import { verifyPlace } from "../sdk/verify-place.ts"
import { brokenPromise, requireRegistry } from "../sdk/verify.ts"
import type { BatchRow } from "./entities.ts"
import type { AsOf, Facts, ReceiptFacts } from "./source.ts"
import { type ReceiptState, receiptState } from "./state/receipt.ts"

/** An answer of an application, and what became of it. */
export interface FollowedReceipt {
  readonly asOf: AsOf
  readonly id: string
  /** The batch that it is in; null if it names none. */
  readonly batchId: string | null
  readonly state: ReceiptState
  /** What in the batch breaks the receipt's promise, as a sentence; null if nothing does. */
  readonly broken: string | null
  readonly facts: ReceiptFacts | null
  readonly batchFacts: ReceiptFacts | null
}

/**
 * Says what became of an answer that somebody was given: that it is in the batch that it names is checked here.
 *
 * Says nothing about who signed it: that is for `verifySignature`.
 *
 * @throws OnusError `ChainMismatch`, `RegistryMismatch`, `ReceiptMalformed`, `BatchPathInvalid`.
 */
export async function followReceipt(
  facts: Facts,
  signed: Pick<SignedReceipt, "registry" | "receipt">,
  inclusion?: Inclusion,
): Promise<FollowedReceipt> {
  const id = receiptId(signed.registry, signed.receipt)
  const batchId = verifyPlace(signed, inclusion) ?? null
  const [own, batch] = await Promise.all([facts.receipt(id), batchId ? facts.receipt(batchId) : null])
  const { asOf } = own
  requireRegistry({ chainId: BigInt(asOf.chainId), address: asOf.registry }, signed.registry)
  const batchFacts = batch?.data ?? null
  return {
    asOf,
    id,
    batchId,
    state: receiptState(own.data, asOf, batchFacts),
    broken: batchFacts?.batch
      ? (brokenPromise(signed.receipt, anchoredAt(batchFacts.batch), inclusion) ?? null)
      : null,
    facts: own.data,
    batchFacts,
  }
}

const anchoredAt = ({ since }: BatchRow) => ({ assurance: "anchored", since: BigInt(since.time) }) as const
