import type { Receipt } from "../../protocol/receipt.ts"
import type { FaultName } from "../../sdk/fault.ts"
import type { Case, Known } from "../book.ts"
import type { Way } from "../value/policy.ts"
import type { View } from "../view.ts"
import type { AtHead, Payout } from "./at-head.ts"
import type { Move, Over, Waiting } from "./move.ts"

/** What is expected of a case that nothing was spent on yet. */
export interface Outlook {
  readonly way: Way
  readonly provider: string
  /** Token units that the chain says a conviction would give now; undefined if it cannot be tried out yet. */
  readonly reward: bigint | undefined
  /** Token units that are reserved for the receipt, and what was reserved first. */
  readonly bond: bigint
  readonly reserved: bigint
  /** Wei that is still to be left in bonds. */
  readonly left: bigint
  readonly gas: bigint
}

/** What one look at a case has shown. */
export interface Look {
  readonly step: { readonly kind: "moves"; readonly moves: readonly Move[] } | Waiting | Over
  readonly fault: FaultName
  /** Those that it is about, with where they are anchored. */
  readonly receipts: readonly Receipt[]
  /** What convictions of it owe, whomever. */
  readonly payouts: readonly Payout[]
  /** Seconds on the registry's clock until which the next move must be made. */
  readonly deadline: number | undefined
  /** Asked for only as long as nothing was spent. */
  readonly outlook?: () => Promise<Outlook>
}

/** A kind of accusation: reads the chain and says what is to be done. */
export interface Game {
  look(accusation: Case, known: Known, at: AtHead, view: View): Promise<Look>
}
