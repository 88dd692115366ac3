import type { Inclusion } from "../protocol/batch.ts"
import type { SignedReceipt } from "../protocol/receipt.ts"

/** A receipt that somebody has shown: the chain, a provider that lists what it anchors, or a consumer who wants it checked. */
export interface Sighting {
  /** The signature is `0x` where only the chain has shown it. */
  readonly signed: SignedReceipt
  /** Where it is said to be anchored: the path leads to the root of the batch; whether that batch is on-chain is asked later. */
  readonly inclusion?: Inclusion
  /** An event on-chain says that it was attested directly. */
  readonly isAttested?: boolean
  readonly source: "chain" | "provider" | "consumer"
}
