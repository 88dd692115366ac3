import type { Waiting } from "../journal.ts"

/** When batches go out. */
export interface AnchoringLimits {
  /** Receipts in one batch. */
  readonly maxCount: number
  /** Seconds after which a batch goes out, full or not. */
  readonly maxAge: number
  /** Seconds before the earliest `anchorBy` from which on nothing keeps a batch back. */
  readonly margin: number
  /** Wei per gas above which batches wait, until `margin`. */
  readonly waitAbove: bigint
}

/** What it depends on whether receipts are anchored now. */
export interface Circumstances {
  /** Unix seconds of the chain. */
  readonly now: number
  /** Seconds before `anchorBy`: `margin`, or more when blocks come slowly. */
  readonly margin: number
  /** Wei per gas. */
  readonly baseFee: bigint
  /** Whether hardly any cover is left to be promised. */
  readonly isCoverUsed: boolean
}

/**
 * Why receipts are to be anchored now; undefined if they can wait. The price of gas keeps everything back but what must be in a
 * block soon.
 */
export function dueReason(
  { count, issuedAt, anchorBy }: Pick<Waiting, "count" | "issuedAt" | "anchorBy">,
  { maxCount, maxAge, waitAbove }: AnchoringLimits,
  { now, margin, baseFee, isCoverUsed }: Circumstances,
): "anchorBy" | "count" | "age" | "cover" | undefined {
  if (count === 0) return undefined
  if (now >= Number(anchorBy) - margin) return "anchorBy"
  if (baseFee > waitAbove) return undefined
  if (count >= maxCount) return "count"
  if (now >= Number(issuedAt) + maxAge) return "age"
  return isCoverUsed ? "cover" : undefined
}
