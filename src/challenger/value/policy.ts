/**
 * How a case is expected to be won: with a trace that the provider serves; by asking for a trace that it hides; in a dispute that
 * somebody else pays for; by two receipts for one request; by a receipt that nobody anchored.
 */
export type Way = "shown" | "hidden" | "joined" | "equivocation" | "omission"

/** What may be spent on cases, and on which. */
export interface SpendPolicy {
  /** Token units: cases that are expected to bring less are left alone. */
  readonly minReward: bigint
  /** Wei: the same, if the price of the token is known. */
  readonly minValue: bigint
  /** Wei for a whole token; undefined if it is not known: then the reward decides. */
  readonly price: bigint | undefined
  /** From 0 to 1. */
  readonly probabilities: Readonly<Record<Way, number>>
  /** Wei that may be left in bonds at the same time. */
  readonly mostBonds: bigint
  /** Wei that may be left in bonds within 24 hours, whatever becomes of them. */
  readonly mostPerDay: bigint
  /** Whether consumers are paid what they are owed, at the cost of the gas; the challenger itself always is. */
  readonly paysConsumers: boolean
}

/**
 * Whoever has recomputed an element is right, so what is lacking to 1 is the chance that somebody else knew first, or that the chain
 * cannot be reached in time. A hidden trace takes several moves. Of a dispute that another began, the other is likely to take the
 * reward.
 */
export const PROBABILITIES: SpendPolicy["probabilities"] = {
  shown: 0.95,
  hidden: 0.9,
  joined: 0.3,
  equivocation: 0.95,
  omission: 0.8,
}

export const DEFAULT_SPENDING: SpendPolicy = {
  minReward: 1n,
  minValue: 0n,
  price: undefined,
  probabilities: PROBABILITIES,
  mostBonds: 10n ** 18n,
  mostPerDay: 2n * 10n ** 18n,
  paysConsumers: false,
}
