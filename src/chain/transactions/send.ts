import { failpoint } from "../../service/failpoint.ts"
import type { Head } from "../heads.ts"
import { type Context, count, describe } from "./context.ts"
import type { Fees } from "./fees.ts"
import { type NodeError, classify } from "./node-errors.ts"
import { TRANSFER_GAS, signTransaction } from "./sign.ts"
import { type Attempt, type Work, lastOf, newSlot } from "./work.ts"

/** Signs the first transaction of an intent, puts it on the disk, and only then shows it to anybody. */
export async function open(
  context: Context,
  head: Head,
  work: Work,
  nonce: number,
  gas: bigint,
  fees: Fees,
): Promise<void> {
  const { ledger, account } = context
  const attempt = await sign(context, head, work, nonce, gas, fees)
  await ledger.open(work.intent.key, account, nonce, attempt)
  failpoint("tx-signed")
  work.slot = newSlot(account, nonce)
  work.slot.attempts.push(attempt)
  work.waiting = undefined
  await broadcast(context, head, work)
}

/** Signs another transaction for the nonce of an intent, one that pays more; a transfer of nothing if the intent is given up. */
export async function replace(
  context: Context,
  head: Head,
  work: Work,
  gas: bigint,
  fees: Fees,
): Promise<void> {
  const slot = work.slot!
  const attempt = await sign(context, head, work, slot.nonce, gas, fees)
  await context.ledger.replace(work.intent.key, slot.account, slot.nonce, attempt, slot.attempts.length)
  count(context, "raised")
  failpoint("tx-signed")
  slot.attempts.push(attempt)
  slot.outbid = false
  await broadcast(context, head, work)
}

async function sign(
  { key, chainId, account, alerts }: Context,
  head: Head,
  { intent, refusal }: Work,
  nonce: number,
  gas: bigint,
  fees: Fees,
): Promise<Attempt> {
  const cancels = refusal !== undefined
  const { to, data, value } = cancels ? { to: account, data: "0x", value: 0n } : intent
  const limit = cancels ? TRANSFER_GAS : gas
  try {
    const signed = await signTransaction(key, { chainId, nonce, to, data, value, gas: limit, fees })
    alerts.resolve("SignerUnavailable", account)
    return { ...signed, cancels, gas: limit, fees, block: head.latest.number }
  } catch (error) {
    alerts.raise({
      code: "SignerUnavailable",
      severity: "critical",
      message: `Transactions of ${account} cannot be signed: ${describe(error)}. Look after the signer; what waits is tried again`,
      subject: account,
    })
    throw error
  }
}

/** Gives the stored bytes to the chain. What the answer says is a hint, nothing more. */
export async function broadcast(context: Context, head: Head, work: Work): Promise<void> {
  const slot = work.slot!
  const { raw, hash } = lastOf(slot)
  const { key } = work.intent
  try {
    await context.chain.send("eth_sendRawTransaction", [raw])
    context.log.info({ key, hash, nonce: slot.nonce }, "A transaction was sent")
    slot.sentAt = head.latest.number
  } catch (error) {
    const kind = classify(error)
    heed(work, kind, head)
    if (kind !== "known") {
      count(context, kind)
      context.log.warn({ key, hash, kind, error: describe(error) }, "A node did not take a transaction")
    }
  }
  failpoint("tx-sent")
}

function heed(work: Work, kind: NodeError, head: Head): void {
  const slot = work.slot!
  if (kind === "known") slot.sentAt = head.latest.number
  if (kind === "underpriced") slot.outbid = true
  if (kind === "funds") work.waiting = "funds"
}
