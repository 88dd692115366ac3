import type { Way } from "./value/policy.ts"
import type { View } from "./view.ts"

/** What a case is expected to bring, before money is spent on it. */
export interface Estimate {
  readonly way: Way
  /** Token units: what the challenger would get. */
  readonly reward: bigint
  /** Wei that is left until the end, and comes back if the receipt is convicted. */
  readonly bond: bigint
  /** Gas of all its transactions together. */
  readonly gas: bigint
  /** Wei: the gas at the present price. */
  readonly cost: bigint
  /** From 0 to 1. */
  readonly probability: number
  /** Wei: probability x worth of the reward - cost - (1 - probability) x bond; undefined if nobody says what a token is worth. */
  readonly value?: bigint
}

/** Sees cases through: from the first commitment to the last claim. */
export interface Player {
  /** Goes on with every case as of a head. Called with every head and never twice at the same time. */
  tick(view: View): Promise<void>
}
