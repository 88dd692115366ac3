import type { Result } from "ethers"
import type { Batch, Inclusion } from "../../protocol/batch.ts"
import type { Receipt } from "../../protocol/receipt.ts"

/** A receipt out of the arguments of an event or a call. */
export function receiptOf(encoded: Result): Receipt {
  const { provider, modelId, requestId, inputCommitment, outputCommitment, traceCommitment, ...rest } =
    encoded.toObject() as Receipt
  const { consumer, coverage, issuedAt, anchorBy, challengeWindow, termsHash } = rest
  return {
    provider,
    modelId,
    requestId,
    inputCommitment,
    outputCommitment,
    traceCommitment,
    consumer,
    coverage,
    issuedAt,
    anchorBy,
    challengeWindow,
    termsHash,
  }
}

/** A batch out of the arguments of an event or a call. */
export function batchFrom(encoded: Result): Batch {
  const { provider, modelId, root, count, coverage, window } = encoded.toObject() as Batch
  return { provider, modelId, root, count, coverage, window }
}

/** A place out of the arguments of a call. */
export function inclusionFrom(encoded: Result): Inclusion {
  const { batch, index, path } = encoded.toObject() as {
    readonly batch: Result
    readonly index: bigint
    readonly path: readonly Result[]
  }
  return {
    batch: batchFrom(batch),
    index,
    path: path.map((node) => node.toObject() as { readonly digest: string; readonly sum: bigint }),
  }
}
