import type { Batch, Inclusion } from "../protocol/batch.ts"
import type { SignedReceipt } from "../protocol/receipt.ts"
import type { Sighting } from "./sighting.ts"

/**
 * What is known of an answer.
 *
 * - `unchecked`: to be run; or tried in vain so far, as `reason` says
 * - `match`: run, and the commitments of the receipt are those of the run
 * - `mismatch`: run twice, and they are not
 * - `unfetchable`: its question or its model cannot be had, for good
 * - `differs`: this machine cannot judge it: runs disagree with each other, or the model is of other semantics
 * - `expired`: nobody can be convicted by it any more
 * - `passed`: left out, as it was not drawn or nobody wants it checked
 */
export type ReceiptState =
  "unchecked" | "match" | "mismatch" | "unfetchable" | "differs" | "expired" | "passed"

/** A receipt that the challenger has seen. */
export interface Known {
  readonly id: string
  /** Of the request: two receipts with the same one contradict each other. */
  readonly request: string
  readonly signed: SignedReceipt
  readonly inclusion?: Inclusion | undefined
  /** Whether it was attested directly. */
  readonly isAttested: boolean
  readonly state: ReceiptState
  /** What was found, or why not yet, in a sentence. */
  readonly reason: string
  readonly attempts: number
  /** Unix seconds of the chain before which it is not tried again. */
  readonly nextAt: number
  /** Seconds on the registry's clock until which a challenge can begin; the largest safe integer while it is not anchored. */
  readonly deadline: number
}

/** A batch that the chain has shown. */
export interface KnownBatch {
  readonly id: string
  readonly batch: Batch
  /** Seconds on the registry's clock. */
  readonly since: number
  /** Seconds on the registry's clock. */
  readonly until: number
  readonly block: number
  /** Whether all its receipts are in the book. */
  readonly isWhole: boolean
  readonly attempts: number
  /** Unix seconds of the chain. */
  readonly nextAt: number
}

/** What a receipt is accused of. */
export type Accusation = "execution" | "equivocation" | "omission"

/**
 * How far an accusation has come.
 *
 * - `open`: money is or will be spent on it
 * - `won`: convicted, the reward is still to be claimed
 * - `paid`: everything that was to be had was claimed
 * - `lost`: it ended otherwise than this challenger computes: somebody has to look
 * - `dropped`: given up before anything was lost, as `reason` says
 */
export type CaseState = "open" | "won" | "paid" | "lost" | "dropped"

/** An accusation. */
export interface Case {
  /** `accusation:receiptId`. */
  readonly id: string
  readonly accusation: Accusation
  readonly receiptId: string
  /** The other receipt of an equivocation. */
  readonly otherId?: string | undefined
  readonly state: CaseState
  readonly reason: string
  /** Seconds on the registry's clock until which it must be convicted, or the next move be made. */
  readonly deadline: number
  /** What only the player reads: JSON. */
  readonly notes: string
}

/** Everything that a challenger must know after it was started again. */
export interface Book {
  /**
   * Keeps receipts. One that is known gets what it lacked: a place, a signature.
   *
   * @param now Unix seconds of the chain.
   * @returns the ids of those that were not known.
   */
  see(sightings: readonly Sighting[], now: number): Promise<readonly string[]>
  find(id: string): Promise<Known | undefined>
  /** Other receipts for the same request: each one is an equivocation. */
  rivals(id: string): Promise<readonly Known[]>
  /** Unchecked ones that are to be tried now, the earliest deadline first. */
  due(now: number, limit: number): Promise<readonly Known[]>
  /** Signed ones whose `anchorBy` is over and of which no place is known, the oldest first. */
  unplaced(now: number, limit: number): Promise<readonly Known[]>
  judge(
    id: string,
    finding: { readonly state: ReceiptState; readonly reason: string; readonly nextAt?: number },
  ): Promise<void>

  seeBatches(batches: readonly KnownBatch[]): Promise<void>
  findBatch(id: string): Promise<KnownBatch | undefined>
  /** Batches whose receipts are not all known, that are to be tried now, the earliest end of a window first. */
  batchesToList(now: number, limit: number): Promise<readonly KnownBatch[]>
  noteBatch(id: string, found: { readonly isWhole: boolean; readonly nextAt: number }): Promise<void>
  /** Batches of a provider that were anchored in an interval of the registry's clock. */
  batchesBetween(provider: string, from: number, until: number): Promise<readonly KnownBatch[]>

  /** Opens a case; does nothing if it is known. @returns whether it is new. */
  accuse(accusation: Omit<Case, "id" | "state">): Promise<boolean>
  cases(state: CaseState, limit: number): Promise<readonly Case[]>
  findCase(id: string): Promise<Case | undefined>
  noteCase(id: string, change: Partial<Pick<Case, "state" | "reason" | "deadline" | "notes">>): Promise<void>

  /** How many receipts are in each state, and how many cases, for metrics. */
  counts(): Promise<{
    readonly receipts: Readonly<Record<ReceiptState, number>>
    readonly cases: Readonly<Record<CaseState, number>>
  }>
  /** Forgets receipts, batches and cases that nothing can follow from any more. @param before Unix seconds of the chain. */
  prune(before: number): Promise<void>
}
