import type { Batch } from "../protocol/batch.ts"
import type { Receipt, SignedReceipt } from "../protocol/receipt.ts"

/**
 * What is on the disk before anything is computed or signed: the question and all terms of the answer. The answer follows from it, bit
 * for bit, and so does the receipt: whatever happens afterwards, the same receipt is made again.
 */
export interface Claim {
  /** All of the receipt that does not follow from the run. */
  readonly terms: Omit<Receipt, "outputCommitment" | "traceCommitment">
  /** Whether the receipt commits to the trace, or to nothing until somebody asks. */
  readonly trace: "eager" | "lazy"
  /** Little-endian bytes of the input tensors, concatenated in the order of the program. */
  readonly inputs: Uint8Array
  /** The consumer's public key if only it may have the evidence: raw, as HPKE has it. */
  readonly sealedFor?: Uint8Array
}

/** A claim with what has become of it. */
export interface Entry extends Claim {
  /** Name of the request: see `requestKey`. */
  readonly request: string
  /** Known when the answer was computed. */
  readonly signed?: SignedReceipt & { readonly receiptId: string }
  /** The batch that holds it and its place there, once that is settled. */
  readonly batchId?: string
  readonly index?: number
}

/** Receipts that may be anchored together, and wait for it. */
export interface Waiting {
  readonly modelId: string
  /** Seconds. */
  readonly window: bigint
  readonly count: number
  readonly coverage: bigint
  /** Unix seconds of the oldest one. */
  readonly issuedAt: bigint
  /** Unix seconds by which the first of them must be anchored. */
  readonly anchorBy: bigint
}

export interface BatchRecord {
  readonly batchId: string
  readonly batch: Batch
  readonly state: "assigned" | "anchored" | "released"
  readonly anchoredAt?: { readonly block: number; readonly blockHash: string; readonly time: number }
  readonly anchorBy: bigint
}

/** What a provider owes. Nothing that was signed is ever missing from it. */
export interface Journal {
  /**
   * Claims a request, durably, before anything is signed for it.
   *
   * @returns the entry; that of the first time if the same was claimed before.
   * @throws OnusError `RequestIdReused` when the request was claimed with another model, other inputs or other wishes.
   */
  claim(claim: Claim): Promise<{ readonly entry: Entry; readonly isNew: boolean }>
  /** Keeps the receipt of a claim. It may have left the process already: it follows from the claim. */
  keep(request: string, signed: SignedReceipt & { readonly receiptId: string }): Promise<void>
  /** Gives a request free whose run failed. Only before anything was signed for it. */
  abandon(request: string): Promise<void>
  byReceipt(receiptId: string): Promise<Entry | undefined>
  byRequest(request: string): Promise<Entry | undefined>
  /** Claims without a receipt, oldest first: what a crash has interrupted. */
  interrupted(): Promise<readonly Entry[]>
  /** What waits to be anchored, by model and window. */
  waiting(): Promise<readonly Waiting[]>
  waitingEntries(
    modelId: string,
    window: bigint,
    limit: number,
  ): Promise<readonly { readonly receiptId: string; readonly request: string; readonly receipt: Receipt }[]>
  assign(
    batch: { readonly batchId: string; readonly batch: Batch; readonly tree: Uint8Array },
    requests: readonly string[],
  ): Promise<void>
  batches(state: "assigned" | "anchored" | "released"): Promise<readonly BatchRecord[]>
  batch(batchId: string): Promise<BatchRecord | undefined>
  treeOf(batchId: string): Promise<Uint8Array>
  anchored(
    batchId: string,
    at: { readonly block: number; readonly blockHash: string; readonly time: number },
  ): Promise<void>
  unanchored(batchId: string): Promise<void>
  released(batchId: string): Promise<void>
  dissolve(batchId: string): Promise<void>
  promised(notAnchoredBy: number): Promise<bigint>
  inputsOf(receiptId: string): Promise<Uint8Array>
  drop(before: number): Promise<void>
}
