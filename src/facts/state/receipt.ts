import type { ConvictionRow, DisputeRow } from "../entities.ts"
import type { AsOf, ReceiptFacts } from "../source.ts"
import { isBefore, unixOf } from "./deadline.ts"

/**
 * Where an answer is in its life: `unknown` to the chain (it may be signed all the same), `signed` and seen by the chain without
 * collateral, `anchored` and open to challenges, `disputed`, `final`, or `convicted`.
 */
export type ReceiptStage = "unknown" | "signed" | "anchored" | "disputed" | "final" | "convicted"

/** What became of an answer so far. */
export interface ReceiptState {
  readonly stage: ReceiptStage
  /** Unix seconds until which it can be challenged, unless disputes prolong that; null if it cannot be. */
  readonly until: number | null
  /** The block that has to come as well. */
  readonly untilBlock: number | null
  /** Token units that are reserved for it, for a batch of all its receipts together. */
  readonly reserved: bigint
  /** What was proven about it. */
  readonly faults: readonly ConvictionRow["fault"][]
  /** One sentence for people. */
  readonly sentence: string
}

/**
 * What facts say about an answer.
 *
 * @param facts Of the receipt's id; null if the chain knows nothing of it.
 * @param batch Facts of the batch that the receipt was shown to be in: see `followReceipt`.
 */
export function receiptState(
  facts: ReceiptFacts | null,
  asOf: AsOf,
  batch: ReceiptFacts | null = null,
): ReceiptState {
  const bond = facts?.bond ?? batch?.bond ?? null
  const rest = { until: null, untilBlock: null, reserved: bond?.amount ?? 0n, faults: [] }
  const faults = [...new Set(facts?.convictions.map(({ fault }) => fault))]
  if (faults.length > 0 || facts?.receipt?.isConvicted)
    return { ...rest, stage: "convicted", faults, sentence: convictedBy(faults, facts?.convictions ?? []) }
  if (!bond && !facts?.receipt)
    return {
      ...rest,
      stage: "unknown",
      sentence: "The chain knows nothing of it: at most its signature is evidence",
    }
  if (facts?.dispute && isGoingOn(facts.dispute, asOf))
    return {
      ...rest,
      ...(bond && limitOf(bond, asOf)),
      stage: "disputed",
      sentence: "Somebody disputes it: the provider has to answer, or is convicted",
    }
  if (!bond) return { ...rest, stage: "signed", sentence: "It is signed; nothing is reserved for it" }
  if (bond.state === "locked" && isBefore(bond, asOf))
    return {
      ...rest,
      ...limitOf(bond, asOf),
      stage: "anchored",
      sentence: "Stake is reserved for it, and anybody can challenge it still",
    }
  if (bond.state === "moved" || bond.state === "taken")
    return {
      ...rest,
      stage: "disputed",
      sentence: "Nothing is left in its batch: what was reserved is kept apart for disputes, or was taken",
    }
  return { ...rest, stage: "final", sentence: `${historyOf(facts)}, and nobody can challenge it any more` }
}

/** What happened to an answer, or to the answers of a batch, until its time was over. */
function historyOf(facts: ReceiptFacts | null): string {
  if (facts?.dispute) return "Disputed without success"
  const convicted = facts?.receipt ? 0 : (facts?.batch?.convicted ?? 0)
  return convicted === 0 ? "Unchallenged" : `Of its answers ${convicted} convicted`
}

/** A claim of omission has no end of its own; who disputes an execution and lets its time pass has given up. */
const isGoingOn = (dispute: DisputeRow, asOf: AsOf): boolean =>
  dispute.state === "open" && (dispute.kind === "omission" || isBefore(dispute, asOf))

const limitOf = (bond: { readonly until: number; readonly untilBlock: number }, asOf: AsOf) => ({
  until: unixOf(bond.until, asOf),
  untilBlock: bond.untilBlock,
})

/** Faults in the words of a sentence. */
const PROVEN: Readonly<Record<ConvictionRow["fault"], string>> = {
  equivocation: "two different answers were signed for one request",
  execution: "the answer is not what the model computes",
  omission: "it was not anchored as promised",
}

function convictedBy(
  faults: readonly ConvictionRow["fault"][],
  convictions: readonly Pick<ConvictionRow, "isReturned">[],
): string {
  const proven = faults.map((fault) => PROVEN[fault]).join(", and ") || "a fault was proven about it"
  const isReturned = convictions.length > 0 && convictions.every((conviction) => conviction.isReturned)
  return `Convicted: ${proven}${isReturned ? "; the guardian gave the money back" : ""}`
}
