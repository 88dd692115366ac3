import { DIRECT, type Inclusion } from "../protocol/batch.ts"
import { OnusError } from "../protocol/errors.ts"
import type { SignedReceipt } from "../protocol/receipt.ts"
import type { BondReleasedEvent } from "../../types/contracts/contracts/core/Onus.js"
import { type Client, type Sent, send } from "./client.ts"

/** A bond that was given back, in token units. */
export interface Released extends Sent {
  readonly bond: bigint
}

/** Gives a bond back after its window and books the reputation. Anyone may. */
export async function release(
  { onus }: Client,
  { receipt }: SignedReceipt,
  inclusion?: Inclusion,
): Promise<Released> {
  const sent = await send(
    inclusion ? onus.releaseBatch(inclusion.batch) : onus.releaseReceipt(receipt, DIRECT),
  )
  const events = sent.receipt.logs.map((log) => onus.interface.parseLog(log))
  const released = events.find((event) => event?.name === "BondReleased")
  if (!released) throw new OnusError("EventMissing", `Transaction ${sent.hash} released nothing`)
  return { ...sent, bond: (released.args as unknown as BondReleasedEvent.OutputObject).bond }
}
