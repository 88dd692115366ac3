import { OnusError } from "../protocol/errors.ts"
import { type Client, type Sent, send } from "./client.ts"
import { HINTS, call } from "./errors.ts"

export type Share = "restitution" | "reward"

/** A share of a payout that was paid. */
export interface Claimed extends Sent {
  readonly share: Share
  readonly to: string
  /** Token units. */
  readonly amount: bigint
}

/**
 * Pays out shares of a conviction, to whom they belong. Anyone may.
 *
 * @param shares Which; by default those that are still owed.
 * @throws OnusError `PayoutEmpty`, `PayoutNotMatured`.
 */
export async function claim(client: Client, payoutId: string, shares?: readonly Share[]): Promise<Claimed[]> {
  const { onus } = client
  const due = await call(onus.payout(payoutId))
  const wanted = shares ?? (["restitution", "reward"] as const).filter((share) => due[share] !== 0n)
  if (wanted.length === 0)
    throw new OnusError("PayoutEmpty", `Nothing is owed under ${payoutId}`, { hint: HINTS.PayoutEmpty })
  const claimed: Claimed[] = []
  for (const share of wanted) {
    const [to, paying] =
      share === "restitution"
        ? [due.consumer, onus.claimRestitution(payoutId)]
        : [due.challenger, onus.claimReward(payoutId)]
    claimed.push({ ...(await send(paying)), share, to, amount: due[share] })
  }
  return claimed
}
