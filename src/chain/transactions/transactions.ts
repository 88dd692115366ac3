/** What must go first when several transactions wait. */
export const Priority = { Defence: 0, Anchor: 1, Claim: 2 } as const
export type Priority = (typeof Priority)[keyof typeof Priority]

/** Something that a program wants to have happen on-chain, once. */
export interface Intent {
  /** Names what is to happen: an intent with the same key is the same one, whenever it is submitted. */
  readonly key: string
  readonly priority: Priority
  /** For people and metrics: `anchor`, `answer`, `release`, ... */
  readonly kind: string
  readonly to: string
  /** Calldata, 0x-prefixed. */
  readonly data: string
  /** Wei. */
  readonly value: bigint
  /** Unix seconds of the chain until which it must be in a block; without one it may wait for cheap gas. */
  readonly deadline?: number
}

/**
 * What became of an intent. `refused`: simulated before it was sent, it would have reverted, for good. `reverted`: it is in a block
 * that is deep enough, and failed. Whatever is neither of these is on its way, and only reading the chain says more.
 */
export type Outcome =
  | { readonly state: "confirmed"; readonly hash: string; readonly block: number }
  | { readonly state: "reverted"; readonly hash: string; readonly block: number; readonly reason: string }
  | { readonly state: "refused"; readonly reason: string; readonly code: string }

/** The one owner of an account's nonces. What it was given once survives crashes, reorganisations and nodes that lie. */
export interface Transactions {
  /** Takes an intent, durably. One with that key that is on its way already becomes as urgent as this one, if that is more. */
  submit(intent: Intent): Promise<void>
  /** What became of an intent; undefined as long as it is on its way, or unknown. */
  outcomeOf(key: string): Promise<Outcome | undefined>
  /** Whether an intent was taken, and not forgotten since. */
  knows(key: string): Promise<boolean>
  /** Forgets a finished intent, so that its key can be submitted again. */
  forget(key: string): Promise<void>
}
