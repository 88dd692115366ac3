import { DIRECT, type Inclusion } from "../../protocol/batch.ts"
import type { SignedReceipt } from "../../protocol/receipt.ts"
import { answerOmissionCall } from "../calls.ts"
import { type Client, type Sent, sendCall } from "../client.ts"
import { requireRegistry } from "../verify.ts"

/**
 * Shows where a receipt was anchored that somebody claims was not. Anyone may; the bond is the provider's then.
 *
 * @param inclusion The batch that holds it; without one it was attested directly.
 * @throws OnusError `NotClaimed`, `AlreadyAnswered`, `AnswerTooLate`, `AnchoredLate`, `AnchoredElsewhere`,
 * `NotAnchored`.
 */
export async function answerOmission(
  client: Client,
  { registry, receipt }: Pick<SignedReceipt, "registry" | "receipt">,
  inclusion: Inclusion = DIRECT,
): Promise<Sent> {
  requireRegistry(client.registry, registry)
  return sendCall(client, answerOmissionCall(client, receipt, inclusion))
}
