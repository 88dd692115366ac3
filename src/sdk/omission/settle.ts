import type { SettledEvent } from "../../../types/contracts/contracts/faults/Omission.js"
import { OnusError } from "../../protocol/errors.ts"
import type { SignedReceipt } from "../../protocol/receipt.ts"
import { settleOmissionCall } from "../calls.ts"
import { type Client, type Sent, sendCall } from "../client.ts"
import { requireRegistry } from "../verify.ts"

/** A bond that was paid. */
export interface OmissionSettled extends Sent {
  readonly to: string
  /** Wei. */
  readonly bond: bigint
}

/**
 * Pays the bond of a claim, to whom it belongs: to the provider if it has answered, else back to the claimant. Anyone may.
 *
 * @throws OnusError `NothingToSettle` as long as the claim is neither answered nor over, or when it was paid.
 */
export async function settleOmission(
  client: Client,
  { registry, receipt }: Pick<SignedReceipt, "registry" | "receipt">,
): Promise<OmissionSettled> {
  requireRegistry(client.registry, registry)
  const omission = await client.omission()
  const sent = await sendCall(client, settleOmissionCall(client, receipt))
  for (const log of sent.receipt.logs) {
    const event = omission.interface.parseLog(log)
    if (event?.name !== "Settled") continue
    const { to, bond } = event.args.toObject() as SettledEvent.OutputObject
    return { ...sent, to, bond }
  }
  throw new OnusError("EventMissing", `Transaction ${sent.hash} succeeded without paying a bond`)
}
