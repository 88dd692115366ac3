import type { Head } from "../heads.ts"
import type { Context } from "./context.ts"
import { type Market, offer } from "./fees.ts"
import { isAffordable } from "./funds.ts"
import { FILLER } from "./intents.ts"
import { capOf } from "./policy.ts"
import { open } from "./send.ts"
import type { Counts } from "./settle.ts"
import { TRANSFER_GAS } from "./sign.ts"
import { type Intent, Priority } from "./transactions.ts"
import { costOf, heldNonces, inFlight } from "./work.ts"

/** Blocks for which whoever has left a gap may still fill it. */
const PATIENCE = 2

/**
 * Fills a gap before transactions in flight that nobody else does: somebody else's transaction had used its nonce, and a
 * reorganisation took it away. A transfer of nothing, cancelled before it is born, takes the nonce.
 */
export async function fill(context: Context, head: Head, counts: Counts, market: Market): Promise<void> {
  const { works, account, policy, nonces, ledger } = context
  const { number: height, timestamp } = head.latest
  const nonce = nonces.next(counts.get(account)!, heldNonces(works.values(), account), height)
  const behind = inFlight(works.values(), account).filter(({ slot }) => slot.nonce > (nonce ?? Infinity))
  if (nonce === undefined || behind.length === 0) {
    context.gap = undefined
    return
  }
  if (context.gap?.nonce !== nonce) context.gap = { nonce, since: height }
  if (height - context.gap.since < PATIENCE) return
  const caps = behind.map(({ intent, since }) => capOf({ ...intent, since }, timestamp, policy))
  const fees = offer(
    market,
    caps.reduce((a, b) => (a > b ? a : b)),
    policy,
  )
  const isForDefence = behind.some(({ intent }) => intent.priority === Priority.Defence)
  if (!fees || !isAffordable(context, costOf({ gas: TRANSFER_GAS, fees }, 0n), isForDefence)) return
  const priority = isForDefence ? Priority.Defence : Priority.Anchor
  const key = `${FILLER}:${account}:${nonce}:${height}`
  const intent: Intent = { key, priority, kind: FILLER, to: account, data: "0x", value: 0n }
  const work = await ledger.add(intent, timestamp)
  if (!work) return
  const refusal = { code: "Filler", reason: "It only fills a gap" }
  await ledger.cancel(key, refusal)
  works.set(key, Object.assign(work, { refusal }))
  context.log.warn({ account, nonce }, "A gap in the nonces is filled")
  await open(context, head, work, nonce, TRANSFER_GAS, fees)
}
