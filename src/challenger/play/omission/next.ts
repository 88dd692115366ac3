import type { Rehearsed } from "../at-head.ts"
import { type Over, type Waiting, over, wait } from "../move.ts"

/** A claim as the chain shows it. Times are on the registry's clock. */
export interface Claim {
  /** In lower case. */
  readonly claimant: string
  readonly due: bigint
  readonly dueBlock: bigint
  readonly isAnswered: boolean
}

/** Everything that the next step depends on, of one block. */
export interface Facts {
  readonly me: string
  readonly clock: bigint
  readonly block: bigint
  /** Whether the provider is excluded for ever: then nothing more is taken from it for a signature alone. */
  readonly isExcluded: boolean
  /** Whether a place of the receipt that is as promised, and in time, is known by now. */
  readonly isAnchored: boolean
  readonly claim: Claim | undefined
  /** Whether the provider was convicted of this omission, and the challenger is not the one who is paid. */
  readonly isConvicted: boolean
  /** What claiming, or convicting, would do now. */
  readonly rehearsal: Rehearsed
}

export type Act = { readonly kind: "omission" } | { readonly kind: "convict" }

/** Seconds that the claimant has after the claim is due. Twin of `Omission`. */
export const TURN = 3n * 86_400n
const EXCLUDED = "Its provider is excluded by now: nothing more is taken from it for a signature alone"
/** Refusals that pass. */
const PASSING = /^(?:DisputesStopped|NotDue|ReceiptFromFuture|BondTooLow|InsufficientFunds|CallReverted)$/

/** The next step against a receipt that was never anchored. Pure: the same facts give the same step. */
export function next(facts: Facts): Act | Waiting | Over {
  const { claim, me, isAnchored, isConvicted, rehearsal, clock, block } = facts
  const isMine = claim?.claimant === me
  if (claim?.isAnswered)
    return isMine
      ? over("lost", "The provider has shown where the receipt is anchored")
      : over("dropped", "Somebody else has claimed it, and the provider has answered")
  if (!claim) {
    if (isAnchored) return over("dropped", "It is anchored by now")
    if (facts.isExcluded) return over("dropped", EXCLUDED)
    if ("taken" in rehearsal) return { kind: "omission" }
    return refused(rehearsal.refusal, "dropped")
  }
  if (clock <= claim.due || block < claim.dueBlock)
    return wait(`An answer is awaited until ${claim.due} on the registry's clock`)
  // The reward is the claimant's, who has half of its time for that.
  if (!isMine && clock <= claim.due + TURN / 2n)
    return wait(`${claim.claimant} has claimed it, and may convict`)
  if (isConvicted && !isMine) return over("dropped", "Somebody else has claimed it, and convicted")
  if ("taken" in rehearsal) return { kind: "convict" }
  if (facts.isExcluded) return over("dropped", EXCLUDED)
  return refused(rehearsal.refusal, isMine ? "lost" : "dropped")
}

function refused(code: string, state: "lost" | "dropped"): Waiting | Over {
  if (PASSING.test(code)) return wait(`It would be refused now: ${code}`)
  return over(state, `Nothing is to be had for it: ${code}`)
}
