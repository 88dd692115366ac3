import type { ClaimedEvent } from "../../../types/contracts/contracts/faults/Omission.js"
import { OnusError } from "../../protocol/errors.ts"
import type { SignedReceipt } from "../../protocol/receipt.ts"
import { CLAIM_GAS, bondFor } from "../bond.ts"
import { claimOmissionCall } from "../calls.ts"
import { type Client, type Sent, sendCall } from "../client.ts"
import { requireRegistry } from "../verify.ts"

/** A claim that was made. */
export interface OmissionClaim extends Sent {
  /** On the registry's clock. */
  readonly due: bigint
  readonly dueBlock: bigint
  /** Wei. */
  readonly bond: bigint
}

/**
 * Claims that a signed receipt was not anchored in time. Leaves a bond, which is the provider's if it answers.
 *
 * @param bond Wei; by default the price of an answer with room for two blocks of rising gas prices.
 * @throws OnusError `NotDue`, `ClaimTooLate`, `AlreadyClaimed`, `BondTooLow`, `Excused`, and what is wrong with the
 * signature.
 */
export async function claimOmission(
  client: Client,
  signed: SignedReceipt,
  bond?: bigint,
): Promise<OmissionClaim> {
  requireRegistry(client.registry, signed.registry)
  const omission = await client.omission()
  const value = bond ?? (await bondFor(omission, CLAIM_GAS))
  const sent = await sendCall(client, claimOmissionCall(client, signed, value))
  for (const log of sent.receipt.logs) {
    const event = omission.interface.parseLog(log)
    if (event?.name !== "Claimed") continue
    const { due, dueBlock, bond } = event.args.toObject() as ClaimedEvent.OutputObject
    return { ...sent, due, dueBlock, bond }
  }
  throw new OnusError("EventMissing", `Transaction ${sent.hash} succeeded without a claim`)
}
