import type { SignedReceipt } from "../protocol/receipt.ts"
import { type Client, type Sent, send } from "./client.ts"
import { requireRegistry } from "./verify.ts"

/** Puts collateral behind one receipt by itself; `anchor` is cheaper for several. */
export async function attest(client: Client, { registry, receipt }: SignedReceipt): Promise<Sent> {
  requireRegistry(client.registry, registry)
  return send(client.onus.attest(receipt))
}
