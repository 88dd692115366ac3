import type { Batch, Inclusion } from "../protocol/batch.ts"
import type { SignedReceipt } from "../protocol/receipt.ts"
import type { Anchored, Sighting } from "./sighting.ts"

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

/** A time, or a block, that never comes. */
export const NEVER = Number.MAX_SAFE_INTEGER

/** A receipt that the challenger has seen. */
export interface Known {
  readonly id: string
  /** Of the request: two receipts with the same one contradict each other. */
  readonly request: string
  readonly signed: SignedReceipt
  /** Where it is anchored: of several batches on-chain, the one that can be challenged for the longest. */
  readonly inclusion?: Inclusion | undefined
  /** Whether it was attested directly. */
  readonly isAttested: boolean
  /** Whether somebody asked for a check of just this one. */
  readonly isWanted: boolean
  readonly state: ReceiptState
  /** What was found, or why not yet, in a sentence. */
  readonly reason: string
  readonly attempts: number
  /** Unix seconds of the chain before which it is not tried again. */
  readonly nextAt: number
  /** Seconds on the registry's clock until which a challenge can begin; {@link NEVER} while it is not anchored. */
  readonly deadline: number
  /** Until this block a challenge can begin in any case. */
  readonly untilBlock: number
}

/** A batch that the chain has shown. */
export interface KnownBatch extends Anchored {
  readonly id: string
  readonly batch: Batch
  /** Whether all its receipts are in the book. */
  readonly isWhole: boolean
  readonly attempts: number
  /** Unix seconds of the chain. */
  readonly nextAt: number
}

/** A request that has several receipts, which was not judged yet or not for good. */
export interface Contest {
  readonly request: string
  readonly attempts: number
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
   * @throws OnusError `RegistryMismatch`.
   */
  see(sightings: readonly Sighting[], now: number): Promise<readonly string[]>
  find(id: string): Promise<Known | undefined>
  /** Receipts in a state, those last whose challenge can begin the longest. */
  inState(state: ReceiptState, limit: number): Promise<readonly Known[]>
  /** Other receipts for the same request: each one is an equivocation. */
  rivals(id: string): Promise<readonly Known[]>
  /** Unchecked ones with a place on-chain that are to be tried now, the earliest deadline first. */
  due(now: number, limit: number): Promise<readonly Known[]>
  judge(
    id: string,
    finding: { readonly state: ReceiptState; readonly reason: string; readonly nextAt?: number },
  ): Promise<void>
  /** Somebody asks for a check of just this receipt: it is tried now, also if it was passed, or could not be fetched before. */
  want(id: string): Promise<void>
  /** Takes note that a dispute keeps the collateral of a receipt until a time on the registry's clock. */
  detained(id: string, until: number): Promise<void>

  /** Requests with several receipts that are to be judged now. */
  contests(now: number, limit: number): Promise<readonly Contest[]>
  /** All receipts for a request. */
  contestants(request: string): Promise<readonly Known[]>
  /** @param nextAt when it is judged again; {@link NEVER} until another receipt, signature or place of it is seen. */
  noteContest(request: string, nextAt: number): Promise<void>

  /**
   * Signed ones whose `anchorBy` is over and that are not known to be where they were promised to be in time, and that are to be
   * looked at now, the oldest first.
   */
  unplaced(now: number, limit: number): Promise<readonly Known[]>
  /** @param nextAt when `unplaced` gives it again. */
  noteUnplaced(id: string, nextAt: number): Promise<void>
  /** Everywhere in batches that are on-chain where a receipt is. */
  placesOf(id: string): Promise<readonly Inclusion[]>
  /** Signed receipts of a provider with a model that have no place yet, the latest first. */
  waiting(provider: string, modelId: string, limit: number): Promise<readonly Known[]>
  /** How many receipts without a place are kept: of one provider, or of all. */
  countUnplaced(provider?: string): Promise<number>

  /** Keeps batches; one that is known gets its block anew. */
  seeBatches(batches: readonly KnownBatch[]): Promise<void>
  /** The block hashes that these batches and attestations are known to be in. */
  anchorsOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Says which batches and attestations of some blocks, both ends included, the chain has: all others of them it has no more. */
  keepOnly(range: { readonly from: number; readonly to: number }, ids: readonly string[]): Promise<void>
  findBatch(id: string): Promise<KnownBatch | undefined>
  /**
   * Batches whose receipts are not all known, that are to be tried now: of those that can be challenged the earliest end of a window
   * first, then the others.
   *
   * @param clock seconds on the registry's clock.
   */
  batchesToList(now: number, clock: number, limit: number): Promise<readonly KnownBatch[]>
  noteBatch(id: string, found: { readonly isWhole: boolean; readonly nextAt: number }): Promise<void>
  /** Batches of a provider that were anchored in an interval of Unix seconds. */
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

/** The name of a case. */
export const caseId = (accusation: Accusation, receiptId: string): string =>
  `${accusation}:${receiptId.toLowerCase()}`
