import type { Receipt, SignedReceipt } from "../protocol/receipt.ts"
import { type Client, type Sent, send } from "./client.ts"
import { call } from "./errors.ts"
import { requireRegistry } from "./verify.ts"

/** Puts collateral behind one receipt by itself; `anchor` is cheaper for several. */
export async function attest(client: Client, { registry, receipt }: SignedReceipt): Promise<Sent> {
  requireRegistry(client.registry, registry)
  return send(client.onus.attest(receipt))
}

/** Asks the contract whether it would take a receipt now, without sending anything. */
export async function rehearseAttest({ onus }: Client, receipt: Receipt): Promise<void> {
  await call(onus.attest.staticCall(receipt))
}
