import type { Question } from "../../engine/audit/game/question.ts"
import { OnusError } from "../../protocol/errors.ts"
import { settleDemandCall } from "../calls.ts"
import { type Sent, sendCall } from "../client.ts"
import type { Accused, Court } from "./court.ts"

/** A bond that was paid. */
export interface Settled extends Sent {
  readonly to: string
  /** Wei. */
  readonly bond: bigint
}

/**
 * Pays the bond of a demand, to whom it belongs: back to the challenger if its receipt was convicted or nobody answered,
 * else to the provider. Anyone may.
 *
 * @throws OnusError `GameOpen` as long as the receipt can be convicted, `NothingToSettle`.
 */
export async function settle(court: Court, accused: Accused, question: Question): Promise<Settled> {
  const { judge } = court
  const sent = await sendCall(court, settleDemandCall(court, accused, question))
  for (const log of sent.receipt.logs) {
    const event = judge.interface.parseLog(log)
    if (event?.name !== "Settled") continue
    const { to, bond } = event.args.toObject() as Pick<Settled, "to" | "bond">
    return { ...sent, to, bond }
  }
  throw new OnusError("EventMissing", `Transaction ${sent.hash} succeeded without paying a bond`)
}
