import { ZeroAddress } from "ethers"
import type { DemandMove } from "../../../sdk/game/calls.ts"
import type { DemandState, Place, Rehearsed } from "../at-head.ts"
import { type Commitment, isAlive } from "../commitment.ts"
import { type Over, type Waiting, over, wait } from "../move.ts"
import type { Proof } from "../proof.ts"

/** Where a dispute about a trace leads to, by what the chain knows of it and the challenger's own run. */
export type Plan =
  | { readonly kind: "ask"; readonly questionId: string; readonly move: DemandMove }
  | { readonly kind: "wait"; readonly questionId: string }
  | { readonly kind: "withheld"; readonly questionId: string }
  | { readonly kind: "prove"; readonly proof: Proof }
  /** Nothing convicts: the reason. */
  | { readonly kind: "agreement"; readonly reason: string }

/** Everything that the next step depends on, of one block. */
export interface Facts {
  /** The challenger's address, in lower case. */
  readonly me: string
  /** Unix seconds. */
  readonly time: bigint
  /** Seconds on the registry's clock. */
  readonly clock: bigint
  /** What a challenger has for its next move, on the registry's clock. */
  readonly turn: bigint
  readonly place: Place | undefined
  /** Who has convicted already, and is to be paid; in lower case. */
  readonly convictedBy: string | undefined
  /** Whether the bond of the receipt was taken, for whatever fault: then no demand is taken any more. */
  readonly isPaid: boolean
  readonly plan: Plan
  /** The question that the plan turns on, as the chain has it; undefined if nobody has asked. */
  readonly demand: DemandState | undefined
  /** To what the plan shows next: the question, or the evidence. */
  readonly commitment: Commitment
  /** Terms of the proof that were uploaded. */
  readonly terms: bigint
  /** What convicting now would take; undefined if there is something to do before. */
  readonly rehearsal: Rehearsed | undefined
  /** Why the question, or the next part of the proof, would be refused now; undefined if it would not be. */
  readonly refusal?: string | undefined
  /** Whether anything was left as a bond. */
  readonly hasSpent: boolean
}

/** What is to be sent now. */
export type Act =
  /** Anew if it was recorded before and counts no more. */
  | { readonly kind: "commit"; readonly hash: string; readonly previous: bigint }
  | { readonly kind: "demand"; readonly questionId: string; readonly move: DemandMove }
  | { readonly kind: "precede"; readonly questionId: string }
  | { readonly kind: "advance"; readonly proof: Proof; readonly part: number }
  | { readonly kind: "convict" }

/** The proof at hand is not accepted: another way must be found. */
export interface Unfit {
  readonly kind: "unfit"
  readonly code: string
}

/** Seconds in which a transaction is expected to get into a block. */
const SOON = 30n

/** Refusals that pass, that the place will show with a later block, or that a node gives without a word of the contract. */
const PASSING = /^(?:DisputesStopped|WindowClosed|NotAnchored|CallReverted|InsufficientFunds)$/

/** The next step of a dispute about a trace. Pure: the same facts give the same step. */
export function next(facts: Facts): Act | Waiting | Over | Unfit {
  const { place, plan, convictedBy } = facts
  if (!place) return wait("It is not anchored at this head")
  if (plan.kind === "agreement") return failed(facts, plan.reason)
  const isShowing = plan.kind === "withheld" || plan.kind === "prove"
  if (convictedBy !== undefined && !isShowing) return over("dropped", `${convictedBy} has convicted it`)
  if (facts.isPaid && plan.kind === "ask") return over("dropped", "Its bond was taken for another fault")
  if (!place.isOpen) return failed(facts, "Its window is over")
  switch (plan.kind) {
    case "ask":
      return asking(facts, plan)
    case "wait":
      return waiting(facts, plan.questionId)
    case "withheld":
      // Nodes find events later than state.
      if (facts.demand && facts.demand.responder !== ZeroAddress)
        return wait("The answer is to be read still")
      return courtesy(facts) ?? showing(facts)
    case "prove":
      return courtesy(facts) ?? proving(facts, plan.proof)
  }
}

function asking(facts: Facts, { questionId, move }: Extract<Plan, { kind: "ask" }>): Act | Waiting {
  if (facts.demand) return waiting(facts, questionId)
  return held(facts) ?? committed(facts) ?? { kind: "demand", questionId, move }
}

/** Somebody has asked: whoever knew to ask before the one who did can say so, at no cost but gas. */
function waiting(facts: Facts, questionId: string): Act | Waiting {
  const { demand } = facts
  if (demand && !isMine(facts) && isAhead(facts)) return { kind: "precede", questionId }
  return wait(`An answer is awaited until ${demand?.due ?? "later"} on the registry's clock`)
}

function proving(facts: Facts, proof: Proof): Act | Waiting | Over | Unfit {
  const part = proof.until.findIndex((terms) => BigInt(terms) > facts.terms)
  if (part === -1) return showing(facts)
  // Whoever sees the parts could be faster.
  return held(facts) ?? committed(facts) ?? { kind: "advance", proof, part }
}

/** Commitments run out: none is paid for as long as what it is for is refused. */
const held = ({ refusal }: Facts): Waiting | undefined =>
  refusal === undefined ? undefined : wait(`It would be refused now: ${refusal}`)

function showing(facts: Facts): Act | Waiting | Over | Unfit {
  const { rehearsal, convictedBy } = facts
  if (!rehearsal) return wait("The conviction is to be tried out first")
  if ("taken" in rehearsal)
    return (convictedBy === undefined ? committed(facts) : undefined) ?? { kind: "convict" }
  const { refusal } = rehearsal
  if (refusal === "AlreadyConvicted")
    return over("dropped", `${convictedBy ?? "Somebody else"} has convicted it, and knew of it earlier`)
  if (PASSING.test(refusal)) return wait(`A conviction would be refused now: ${refusal}`)
  // The block in which a demand is overdue may be the next one.
  if (refusal === "NotGuilty" && facts.plan.kind === "withheld") return wait("It is not overdue yet")
  if (refusal === "NotGuilty") {
    const { state, reason } = failed(facts, "The contract finds the element right")
    return over(state, reason, true)
  }
  return { kind: "unfit", code: refusal }
}

/** Records what is known before it is shown, unless that was recorded, or a question of the challenger's own says so already. */
function committed(facts: Facts): Act | Waiting | undefined {
  const { plan, commitment, time, clock, place } = facts
  if (plan.kind !== "ask" && isMine(facts)) return undefined
  // It must count still when what it is for gets into a block.
  const isUrgent = place!.end < clock + 4n * SOON
  if (isAlive(commitment, time + (isUrgent ? 0n : SOON))) return undefined
  if (isAlive(commitment, time)) return wait("Its commitment is about to run out, and is made anew then")
  return { kind: "commit", hash: commitment.hash, previous: commitment.since }
}

/** Who has asked for it first gets the reward, if it takes it: it has half of its turn for that. */
function courtesy(facts: Facts): Waiting | undefined {
  const { demand, place, clock, turn } = facts
  if (!demand || isMine(facts) || isAhead(facts) || clock > demand.due + turn) return undefined
  if (clock >= place!.end - turn / 2n) return undefined
  return wait(
    `${demand.predecessor === ZeroAddress ? demand.challenger : demand.predecessor} has asked for it, and may convict`,
  )
}

/** Whether the question that the plan turns on proves that the challenger knew, and since when. */
function isMine({ demand, me, clock, turn }: Facts): boolean {
  if (!demand || clock > demand.due + turn) return false
  return demand.predecessor === ZeroAddress ? demand.challenger === me : demand.predecessor === me
}

/** Whether the challenger's commitment is earlier than that of who has asked. */
function isAhead({ demand, commitment, time }: Facts): boolean {
  if (!demand || !isAlive(commitment, time)) return false
  return commitment.since < (demand.predecessor === ZeroAddress ? demand.since : demand.precededSince)
}

const failed = ({ hasSpent }: Facts, reason: string): Over => over(hasSpent ? "lost" : "dropped", reason)
