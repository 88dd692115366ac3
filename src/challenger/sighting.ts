import type { Inclusion } from "../protocol/batch.ts"
import type { SignedReceipt } from "../protocol/receipt.ts"

/** When collateral was locked on-chain, and how long the answers that it is for can be challenged. */
export interface Anchored {
  readonly block: number
  readonly blockHash: string
  /** Unix seconds. */
  readonly time: number
  /** Seconds on the registry's clock. */
  readonly since: number
  /** Seconds on the registry's clock. */
  readonly until: number
  /** Until this block they can be challenged in any case. */
  readonly untilBlock: number
}

/** A receipt that somebody has shown: the chain, a provider that lists what it anchors, or a consumer who wants it checked. */
export interface Sighting {
  /**
   * The signature is `0x` where only the chain has shown it. That of a provider's list is not looked at before something depends on
   * it; who tells of one in the name of the chain or a consumer has asked the registry for it.
   */
  readonly signed: SignedReceipt
  /** Where it is said to be anchored: the path leads to the root of the batch; it counts as soon as that batch is seen on-chain. */
  readonly inclusion?: Inclusion
  /** An event on-chain says that it was attested directly. */
  readonly attested?: Anchored
  readonly source: "chain" | "provider" | "consumer"
}
