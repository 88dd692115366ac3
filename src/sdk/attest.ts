import type { Receipt, SignedReceipt } from "../protocol/receipt.ts"
import { type Client, type Sent, send } from "./client.ts"
import { call } from "./errors.ts"
import { requireModel } from "./register-model.ts"
import { requireRegistry } from "./verify.ts"

/**
 * Puts collateral behind one receipt by itself; `anchor` is cheaper for several.
 *
 * @throws OnusError `ModelUnknown`, and what the contract reverts with.
 */
export async function attest(client: Client, { registry, receipt }: SignedReceipt): Promise<Sent> {
  requireRegistry(client.registry, registry)
  await requireModel(client, receipt.modelId)
  return send(client.onus.attest(receipt))
}

/**
 * Asks whether a receipt would be taken now, without sending anything.
 *
 * @param sender Who would send it; by default the provider.
 * @throws OnusError as {@link attest}.
 */
export async function rehearseAttest(
  client: Client,
  receipt: Receipt,
  sender: string = receipt.provider,
): Promise<void> {
  const { onus } = client
  // As a signer, the account could ask in its own name only.
  const { attest } = onus.connect(onus.runner?.provider)
  await Promise.all([
    requireModel(client, receipt.modelId),
    call(attest.staticCall(receipt, { from: sender })),
  ])
}
