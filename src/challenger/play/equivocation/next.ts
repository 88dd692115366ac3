import type { Payout, Rehearsed } from "../at-head.ts"
import { type Commitment, isAlive } from "../commitment.ts"
import { type Over, type Waiting, over, wait } from "../move.ts"

/** One receipt that could be convicted by the other one, as of one block. */
export interface Count {
  /** To the evidence. */
  readonly commitment: Commitment
  /** What convicting it now would take. */
  readonly rehearsal: Rehearsed
  /** Whether somebody has taken its bond. */
  readonly isTaken: boolean
  /** Unix seconds until which it can be convicted; undefined by signatures alone. */
  readonly deadline: number | undefined
}

/** What is to be sent now, by the number of the count. */
export interface Acts {
  readonly kind: "acts"
  readonly acts: readonly { readonly kind: "commit" | "convict"; readonly count: number }[]
}

/** Who plays, and what convictions owe already. */
export interface Circumstances {
  readonly me: string
  readonly payouts: readonly Payout[]
  /** Unix seconds. */
  readonly time: bigint
}

/** Refusals that pass. */
const PASSING = /^(?:DisputesStopped|ReceiptFromFuture|CallReverted)$/

/** The next step against two receipts for one request. Pure: the same facts give the same step. */
export function next(counts: readonly Count[], { me, payouts, time }: Circumstances): Acts | Waiting | Over {
  const acts = counts.flatMap(({ commitment, rehearsal, isTaken }, count) => {
    if (!("taken" in rehearsal)) return []
    // Whoever comes after a conviction can only win by what was recorded before it.
    const kind = isTaken || isAlive(commitment, time) ? ("convict" as const) : ("commit" as const)
    return [{ kind, count }]
  })
  if (acts.length > 0) return { kind: "acts", acts }
  const mine = payouts.filter(({ challenger, fault }) => challenger === me && fault === "Equivocation")
  if (mine.length > 0) {
    const isReturned = mine.every((one) => one.isReturned)
    return isReturned
      ? over("lost", "Governance has given back what the conviction took")
      : over("won", "It is convicted")
  }
  const refusals = counts.flatMap(({ rehearsal }) => ("refusal" in rehearsal ? [rehearsal.refusal] : []))
  const passing = refusals.find((code) => PASSING.test(code))
  if (passing !== undefined) return wait(`A conviction would be refused now: ${passing}`)
  if (refusals.length === 0) return over("dropped", "Neither receipt is signed or has a bond to take")
  return over("dropped", `Nothing is to be had for it: ${refusals.join(", ")}`)
}
