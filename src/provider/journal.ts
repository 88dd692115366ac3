import type { Batch } from "../protocol/batch.ts"
import type { OnusError } from "../protocol/errors.ts"
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
  /** Little-endian bytes of the input tensors, concatenated in the order of the program. Empty in entries whose inputs were dropped. */
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

/** A signed receipt that waits to be anchored, without its inputs. */
export interface WaitingEntry {
  readonly request: string
  readonly receiptId: string
  readonly receipt: Receipt
}

/** Where on the chain a batch was anchored. */
export interface AnchoredAt {
  /** Number of the block. */
  readonly block: number
  readonly blockHash: string
  /** Unix seconds of the block. */
  readonly time: number
}

/** `assigned`: to be anchored, or on its way. `anchored`: in a block. `released`: its cover is free again. */
export type BatchState = "assigned" | "anchored" | "released"

/** A batch and what has become of it. */
export interface BatchRecord {
  readonly batchId: string
  readonly batch: Batch
  readonly state: BatchState
  readonly anchoredAt?: AnchoredAt
  /** Unix seconds by which the first of its receipts must be anchored. */
  readonly anchorBy: bigint
}

/** How many receipts are where: each that was not pruned is in one of these, and `claims` is all of them. */
export interface Counts {
  readonly claims: number
  /** Claims without a receipt: interrupted, or just being answered. */
  readonly interrupted: number
  readonly waiting: number
  readonly assigned: number
  readonly anchored: number
  readonly released: number
}

/** What a provider owes. Nothing that was signed is ever missing from it. */
export interface Journal {
  /**
   * Claims a request, durably, before anything is signed for it.
   *
   * @returns the entry; that of the first time if the same was claimed before.
   * @throws OnusError `RequestIdReused` when the request was claimed with another model, other inputs or other wishes, or its claim was
   * pruned.
   */
  claim(claim: Claim): Promise<{ readonly entry: Entry; readonly isNew: boolean }>
  /**
   * Keeps the receipt of a claim. It may have left the process already: it follows from the claim. Keeping it again is fine.
   *
   * @throws OnusError `ReceiptUnclaimed` when no such claim has these terms, or has another receipt.
   */
  keep(request: string, signed: SignedReceipt & { readonly receiptId: string }): Promise<void>
  /** Gives a request free whose run failed. Only before anything was signed for it. */
  abandon(request: string): Promise<void>
  byReceipt(receiptId: string): Promise<Entry | undefined>
  byRequest(request: string): Promise<Entry | undefined>
  /** Claims of this replica without a receipt, oldest first: what a crash has interrupted, or what is just being answered. */
  interrupted(): Promise<readonly Entry[]>
  /** Such claims of replicas other than these: of which nobody else thinks when a replica never comes back. */
  orphans(living: readonly string[]): Promise<readonly Entry[]>
  /** What waits to be anchored, by model and window. */
  waiting(): Promise<readonly Waiting[]>
  /**
   * Receipts that are signed and in no batch, those that must be anchored first at the beginning. Every one was hashed again: a
   * receipt that is damaged on the disk never gets into a batch.
   *
   * @param damaged told of each that is, and it is left out; without it the first one is thrown.
   * @throws OnusError `DatabaseMalformed` that names the damaged one.
   */
  waitingEntries(
    modelId: string,
    window: bigint,
    limit: number,
    damaged?: (error: OnusError) => void,
  ): Promise<readonly WaitingEntry[]>
  /**
   * Puts exactly these receipts into a batch, in that order, durably; all or none of them.
   *
   * @param batch `tree`: whatever the inclusion proofs are made from, given back by `treeOf`.
   * @throws OnusError `AlreadyAssigned` if one of them is in a batch, or is no receipt of that model and window.
   */
  assign(
    batch: { readonly batchId: string; readonly batch: Batch; readonly tree: Uint8Array },
    requests: readonly string[],
  ): Promise<void>
  /** Batches in a state, those that must be, or had to be, anchored first at the beginning. */
  batches(state: BatchState): Promise<readonly BatchRecord[]>
  batch(batchId: string): Promise<BatchRecord | undefined>
  /** Token units of a batch by the replica that claimed them; empty if there is no such batch. */
  coverageOf(batchId: string): Promise<ReadonlyMap<string, bigint>>
  /**
   * Some receipts of a batch from a place on, in their order; fewer than `count` when there are no more, or they were pruned.
   *
   * @throws OnusError `DatabaseMalformed` that names a damaged one.
   */
  receiptsIn(batchId: string, from: number, count: number): Promise<readonly NonNullable<Entry["signed"]>[]>
  /** @throws OnusError `BatchUnknown`. */
  treeOf(batchId: string): Promise<Uint8Array>
  /**
   * Notes that a batch is in a block, also if it was in another one before.
   *
   * @throws OnusError `BatchStateWrong` if it is released or not there; so do the following, each for its states.
   */
  anchored(batchId: string, at: AnchoredAt): Promise<void>
  /** Notes that a batch is in no block any more: a reorganisation has taken it out. Does nothing if it was in none. */
  unanchored(batchId: string): Promise<void>
  /** Notes that the cover of an anchored batch is free again. Does nothing if it was noted before. */
  released(batchId: string): Promise<void>
  /** Lets the receipts of a batch wait again. Only for one that is not on-chain, and certainly never will be. */
  dissolve(batchId: string): Promise<void>
  /**
   * Token units that are promised by claims, signed or not, which are in no batch anchored in a block up to that number.
   *
   * @param replica only those claimed through that one; all if not given.
   */
  promised(notAnchoredBy: number, replica?: string): Promise<bigint>
  /**
   * The inputs of a receipt, as in `Claim`.
   *
   * @throws OnusError `ReceiptUnknown`, `InputsDropped`.
   */
  inputsOf(receiptId: string): Promise<Uint8Array>
  /**
   * Forgets the inputs, not the claims, of released batches all of whose receipts were issued before a time in Unix seconds.
   *
   * @returns of how many receipts.
   */
  drop(before: number): Promise<number>
  /**
   * Deletes the claims, inputs and trees of released batches all of whose receipts were issued before a time in Unix seconds. Batches
   * stay known, and so does which requests were answered: those are refused for ever, as an anchored receipt is evidence for ever.
   *
   * @param isNeeded whether somebody may still have to be answered about a batch: then it stays as it is.
   * @param signal ends it between two transactions: the next time goes on with the rest.
   * @returns how many claims, in batches of which nothing is left.
   */
  prune(
    before: number,
    isNeeded: (batchId: string) => Promise<boolean>,
    signal?: AbortSignal,
  ): Promise<number>
  counts(): Promise<Counts>
}
