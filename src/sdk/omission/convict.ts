import { type SignedReceipt, receiptId } from "../../protocol/receipt.ts"
import { readClocks } from "../chain-time.ts"
import { type Client, send } from "../client.ts"
import { type Conviction, type RewardMoved, convictedOrMoved } from "../convict.ts"
import { call, refusal } from "../errors.ts"
import { Fault } from "../fault.ts"
import { requireRegistry } from "../verify.ts"

/**
 * Convicts a provider that has not answered a claim in time. Anyone may; the reward is the claimant's, who convicts once
 * more if somebody else was faster.
 *
 * @throws OnusError `NotClaimed`, `AlreadyAnswered`, `AnswerAwaited` when the provider may answer still,
 * `AlreadyConvicted`, `ProviderTombstoned`.
 */
export async function convictOmission(
  client: Client,
  { registry, receipt, signature }: SignedReceipt,
): Promise<Conviction | RewardMoved> {
  requireRegistry(client.registry, registry)
  await requireOverdue(client, receiptId(registry, receipt))
  return convictedOrMoved(client, send(client.onus.convictSigned(Fault.Omission, receipt, signature, "0x")))
}

/** The contract would only say that nothing is proven. */
async function requireOverdue(client: Client, id: string): Promise<void> {
  const omission = await client.omission()
  const [{ since, answered, due, dueBlock }, { clock, block }] = await call(
    Promise.all([omission.claimOf(id), readClocks(client)]),
  )
  if (since === 0n) throw refusal("NotClaimed", `Nobody has claimed that receipt ${id} was omitted`)
  if (answered) throw refusal("AlreadyAnswered", `The claim about receipt ${id} was answered`)
  if (clock <= due || block < dueBlock)
    throw refusal(
      "AnswerAwaited",
      `The provider may answer until ${due} and block ${dueBlock}; it is ${clock} and ${block}`,
    )
}
