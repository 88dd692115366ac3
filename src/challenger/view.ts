import type { Head } from "../chain/heads.ts"

/** What a challenger sees of the chain at one head: everything is decided by this, nothing by the machine's clock. */
export interface View {
  readonly head: Head
  /** Seconds on the registry's clock. */
  readonly clock: bigint
  /** Wei per gas. */
  readonly baseFee: bigint
  /** Wei of the account that sends; undefined for a monitor, which has none. */
  readonly balance: bigint | undefined
}

/** Unix seconds of the chain. */
export const timeOf = ({ head }: Pick<View, "head">): number => head.latest.timestamp
