import type { Conviction, RewardMoved, Taken } from "../sdk/convict.ts"
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

/** A conviction that happened, or whose reward was taken over. */
export function convictionReport(
  conviction: Conviction | RewardMoved,
  money: Money,
  found: object = {},
  lines: string[] = [],
) {
  const sent = sentReport(conviction)
  if ("rewardMoved" in conviction)
    return {
      data: { ...found, rewardMoved: true, ...sent },
      lines: ["it was convicted before; the reward is yours now", ...fields(sent)],
    }
  const { payoutId, offenceId } = conviction
  return {
    data: { convicted: true, ...found, payoutId, offenceId, ...amountsOf(conviction, money), ...sent },
    lines: ["convicted", ...lines, ...amountLines(conviction, money), ...fields({ payoutId, ...sent })],
  }
}
