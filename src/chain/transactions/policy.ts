import { Priority } from "./transactions.ts"

/** The most that a unit of gas may cost, base fee and tip together, in wei. It holds for every replacement too. */
export interface Caps {
  /** The hard cap: for answers to challenges, for what stands before them in line, and for anchors that are nearly late. */
  readonly defence: bigint
  readonly anchor: bigint
  readonly claim: bigint
}

/** What transactions may cost, and how patient they are. */
export interface Policy {
  readonly caps: Caps
  /** Wei per gas that are at least and at most given to whoever makes the block. */
  readonly tip: { readonly least: bigint; readonly most: bigint }
  /** Wei that anchors and claims leave on the account, for answers to challenges. */
  readonly defenceReserve: bigint
  /** Wei below which an operator is told. */
  readonly balanceWarning: bigint
  /** Transactions that are sent and in no block: two of the places are for what is urgent, two more for anchors. */
  readonly inFlight: number
  /** Blocks without inclusion after which a transaction is replaced by one that pays more. */
  readonly raiseAfter: number
  /** An anchor may use the hard cap when no more than this share of its time is left... */
  readonly urgentShare: number
  /** ... or this many seconds. */
  readonly urgentSeconds: number
  /** Blocks in which a call must have been refused until that is believed. */
  readonly refuseAfter: number
  /** Errors of contracts that time alone may cure: the call is tried again, less and less often. */
  readonly mayPass: ReadonlySet<string>
}

const GWEI = 10n ** 9n

/** Errors that say "not now". */
const MAY_PASS = [
  "AnchorsPaused",
  "AnswerAwaited",
  "DisputesStopped",
  "NotDue",
  "PayoutNotMatured",
  "ReceiptFromFuture",
  "ThawFrozen",
  "ThawNotMatured",
  "WindowOpen",
]

export const DEFAULT_POLICY: Policy = {
  caps: { defence: 500n * GWEI, anchor: 50n * GWEI, claim: 10n * GWEI },
  tip: { least: GWEI / 100n, most: 10n * GWEI },
  defenceReserve: 5n * 10n ** 16n,
  balanceWarning: 10n ** 17n,
  inFlight: 8,
  raiseAfter: 3,
  urgentShare: 0.25,
  urgentSeconds: 300,
  refuseAfter: 3,
  mayPass: new Set(MAY_PASS),
}

/** What an intent may have to hurry for. */
export interface Timed {
  readonly priority: Priority
  readonly deadline?: number | undefined
  /** Unix seconds of the chain when it was submitted. */
  readonly since: number | undefined
}

/** Whether the hard cap applies: to answers always, to an anchor when its deadline is near by the chain's time. */
export function isUrgent({ priority, deadline, since }: Timed, now: number, policy: Policy): boolean {
  if (priority === Priority.Defence) return true
  if (priority === Priority.Claim || deadline === undefined) return false
  const left = deadline - now
  return left <= policy.urgentSeconds || left <= policy.urgentShare * (deadline - (since ?? now))
}

/** The cap of an intent at a time of the chain, in wei per gas. */
export function capOf(timed: Timed, now: number, policy: Policy): bigint {
  if (isUrgent(timed, now, policy)) return policy.caps.defence
  return timed.priority === Priority.Claim ? policy.caps.claim : policy.caps.anchor
}

/**
 * How many transactions may be in flight when one more of this urgency starts. What is less urgent may stand there for days, as gas
 * costs more than it pays: something more urgent must always find a place behind it, from where it makes it pay.
 */
export function placesFor(timed: Timed, now: number, policy: Policy): number {
  const { inFlight } = policy
  if (isUrgent(timed, now, policy)) return inFlight
  return Math.max(1, inFlight - (timed.priority === Priority.Claim ? 4 : 2))
}
