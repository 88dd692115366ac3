import type { Accused } from "../../../sdk/game/court.ts"
import type { Known } from "../../book.ts"
import type { View } from "../../view.ts"
import type { AtHead, Place } from "../at-head.ts"
import type { Plan } from "./next.ts"

/** A dispute as of one block, with what makes transactions of its moves. */
export interface Table {
  readonly known: Known
  readonly accused: Accused
  readonly view: View
  readonly at: AtHead
  readonly place: Place | undefined
  readonly plan: Plan
  /** The `evidence` argument of a conviction, if the plan has come so far. */
  readonly evidence: string | undefined
}
