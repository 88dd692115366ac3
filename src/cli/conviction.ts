import type { Conviction, Taken } from "../sdk/convict.ts"
import type { Money } from "./amount.ts"
import { sentReport } from "./command.ts"
import { fields } from "./output.ts"

const PARTS = ["bond", "punitive", "restitution", "reward", "burned"] as const

/** What is taken and where it goes, as data. */
export const amountsOf = (taken: Taken, { format }: Money) =>
  Object.fromEntries(PARTS.map((part) => [part, format(taken[part])]))

/** The same for people. */
export const amountLines = (taken: Taken, { show }: Money) => [
  ...fields(Object.fromEntries(PARTS.map((part) => [part, show(taken[part])]))),
]

/** A conviction that happened. */
export function convictionReport(
  conviction: Conviction,
  money: Money,
  found: object = {},
  lines: string[] = [],
) {
  const { payoutId, offenceId } = conviction
  const sent = sentReport(conviction)
  return {
    data: { convicted: true, ...found, payoutId, offenceId, ...amountsOf(conviction, money), ...sent },
    lines: ["convicted", ...lines, ...amountLines(conviction, money), ...fields({ payoutId, ...sent })],
  }
}
