import type { Head } from "../../chain/heads.ts"
import type { ProviderState } from "./state.ts"

/** What the provider sees of the chain at one head: everything is decided by this, nothing by the machine's clock. */
export interface View {
  readonly head: Head
  readonly state: ProviderState
  /** Wei per gas. */
  readonly baseFee: bigint
  /** Batches that the journal has as assigned, and that are on-chain at this head: not final yet. */
  readonly included: ReadonlySet<string>
}

/** Unix seconds of the chain. */
export const timeOf = ({ head }: Pick<View, "head">): number => head.latest.timestamp

/** Whether anchors are refused for everybody at present. */
export const isPaused = (view: View): boolean => view.state.pausedUntil > BigInt(timeOf(view))
