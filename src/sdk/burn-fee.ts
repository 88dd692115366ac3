import type { FeeBurnedEvent } from "../../types/contracts/contracts/core/Reputation.js"
import { OnusError } from "../protocol/errors.ts"
import { type Client, type Sent, send } from "./client.ts"
import { call, refusal } from "./errors.ts"
import { requireBalance } from "./stake.ts"

/** Whose later bonds are to season, and with which model. */
export interface Subject {
  readonly provider: string
  readonly modelId: string
}

/** A fee that was burned. */
export interface BurnedFee extends Sent {
  /** Token units. */
  readonly amount: bigint
  /** Days of the minimum stake that may season because of it, over all models and with this one. */
  readonly days: number
  readonly modelDays: number
}

/** Units of mass in the minimum stake times one day. Twin of `Reputation`. */
const MASS_PER_DAY = 1e8

/**
 * Burns tokens of the client's account, so that later bonds of a provider season; approves them first if the allowance
 * does not suffice. Anyone may pay, and each payer counts up to a cap: see {@link mostFee}.
 *
 * @param payer The client's account.
 * @throws OnusError `BalanceTooLow`, `FeeAboveCap`, `FeeTooSmall`, `ProviderUnknown`, `AllowanceFull`.
 */
export async function burnFee(
  client: Client,
  payer: string,
  { provider, modelId }: Subject,
  amount: bigint,
): Promise<BurnedFee> {
  const reputation = await client.reputation()
  const { token } = client
  await requireBurnable(client, payer, { provider, modelId }, amount)
  const allowance = await call(token.allowance(payer, reputation))
  if (allowance < amount) await send(token.approve(reputation, amount))
  const sent = await send(reputation.burnFee(provider, modelId, amount))
  for (const log of sent.receipt.logs) {
    const event = reputation.interface.parseLog(log)
    if (event?.name !== "FeeBurned") continue
    const { allowance, modelAllowance } = event.args.toObject() as FeeBurnedEvent.OutputObject
    return { ...sent, amount, days: inDays(allowance), modelDays: inDays(modelAllowance) }
  }
  throw new OnusError("EventMissing", `Transaction ${sent.hash} burned nothing`)
}

/** What would be refused after the approval would leave the approval behind. */
async function requireBurnable(
  client: Client,
  payer: string,
  subject: Subject,
  amount: bigint,
): Promise<void> {
  const { provider } = subject
  const [{ registeredAt }, most] = await Promise.all([
    call(client.onus.faultRecord(provider)),
    mostFee(client, payer, subject),
    requireBalance(client, payer, amount),
  ])
  if (registeredAt === 0n) throw refusal("ProviderUnknown", `${provider} is not registered as a provider`)
  if (amount > most)
    throw refusal("FeeAboveCap", `${most} token units of ${payer} count still, not ${amount}`)
}

/** What an account may burn now for a provider and a model, in token units. */
export async function mostFee(
  client: Client,
  payer: string,
  { provider, modelId }: Subject,
): Promise<bigint> {
  return call((await client.reputation()).mostFee(provider, modelId, payer))
}

const inDays = (units: bigint): number => Number(units) / MASS_PER_DAY
