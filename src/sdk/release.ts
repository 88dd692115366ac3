import type { Inclusion } from "../protocol/batch.ts"
import type { SignedReceipt } from "../protocol/receipt.ts"
import { type Client, type Sent, send } from "./client.ts"

/** Gives a bond back after its window and books the reputation. Anyone may. */
export async function release(
  { onus }: Client,
  { receipt }: SignedReceipt,
  inclusion?: Inclusion,
): Promise<Sent> {
  return send(inclusion ? onus.releaseBatch(inclusion.batch) : onus.releaseReceipt(receipt))
}
