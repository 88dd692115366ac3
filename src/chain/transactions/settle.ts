import { failpoint } from "../../service/failpoint.ts"
import type { Head } from "../heads.ts"
import { type Context, count, tolerate } from "./context.ts"
import { reasonOf } from "./simulate.ts"
import type { Inclusion, Slot, Work } from "./work.ts"

/** Requests that are out at the same time. */
const AT_ONCE = 8

/** How many transactions of each account the chain holds, at the latest block. */
export type Counts = ReadonlyMap<string, number>

/**
 * Reads what became of everything that is signed. What is in a block is read again with every head until the block is final:
 * what is gone again is on its way again.
 */
export async function settle(context: Context, head: Head): Promise<Counts> {
  const signed = [...context.works.values()].filter((work) => work.slot)
  const accounts = new Set([context.account, ...signed.map(({ slot }) => slot!.account)])
  const counts = new Map<string, number>()
  // Before the receipts: what is counted and has no receipt afterwards is somebody else's.
  for (const account of accounts)
    counts.set(account, await context.chain.getTransactionCount(account, head.latest.number))
  for (let i = 0; i < signed.length; i += AT_ONCE) {
    const some = signed.slice(i, i + AT_ONCE).map((work) => settleOne(context, head, counts, work))
    const failed = (await Promise.allSettled(some)).find(({ status }) => status === "rejected")
    if (failed) throw (failed as PromiseRejectedResult).reason
  }
  return counts
}

async function settleOne(context: Context, head: Head, counts: Counts, work: Work): Promise<void> {
  const slot = work.slot!
  await tolerate(context, `What became of ${work.intent.key} could not be read`, async () => {
    const isUsed = counts.get(slot.account)! > slot.nonce
    const found = await findInclusion(context, slot, isUsed)
    if (found) await included(context, head, work, found)
    else await missing(context, head, work, isUsed)
  })
}

/** The receipt of any of the transactions of a nonce; of the last one only, as long as the chain does not count the nonce. */
async function findInclusion(
  { chain }: Context,
  slot: Slot,
  isUsed: boolean,
): Promise<Inclusion | undefined> {
  const seen = slot.included?.hash
  const newestFirst = slot.attempts.toReversed().sort((a, b) => +(b.hash === seen) - +(a.hash === seen))
  for (const { hash, cancels } of isUsed ? newestFirst : newestFirst.slice(0, 1)) {
    const receipt = await chain.getTransactionReceipt(hash)
    if (receipt?.hash !== hash) continue
    const { blockNumber: block, blockHash, status } = receipt
    return { hash, block, blockHash, succeeded: status === 1, cancels }
  }
  return undefined
}

async function included(context: Context, head: Head, work: Work, found: Inclusion): Promise<void> {
  const slot = work.slot!
  if (slot.included?.blockHash !== found.blockHash) {
    failpoint("tx-mined")
    context.log.info({ key: work.intent.key, ...found }, "A transaction is in a block")
  }
  slot.included = found
  slot.taken = undefined
  work.waiting = undefined
  if (found.block > head.final || !(await isCanonical(context, found.block, found.blockHash))) return
  await conclude(context, work, found)
}

/** Writes the outcome: its block is one that no reorganisation will undo. */
async function conclude(context: Context, work: Work, found: Inclusion): Promise<void> {
  const { hash, block, succeeded, cancels } = found
  if (cancels) return context.finish(work, { state: "refused", ...work.refusal! })
  if (succeeded) return context.finish(work, { state: "confirmed", hash, block })
  const reason = await reasonOf(context.chain, work.slot!.account, work.intent, block)
  await context.finish(work, { state: "reverted", hash, block, reason })
}

async function missing(context: Context, head: Head, work: Work, isTaken: boolean): Promise<void> {
  const slot = work.slot!
  if (slot.included) {
    count(context, "reorganised")
    context.log.warn(
      { key: work.intent.key, ...slot.included },
      "A transaction left its block: it is sent again",
    )
    slot.included = undefined
    slot.sentAt = -1
  }
  if (!isTaken) slot.taken = undefined
  else if (!slot.taken || !(await isCanonical(context, slot.taken.number, slot.taken.hash))) {
    const { account, nonce } = slot
    context.log.warn(
      { account, nonce },
      "A nonce is used up, and no transaction of it is in a block: somebody else's may be",
    )
    slot.taken = head.latest
  }
  // Two heads at least: one node may have answered for the count and another, behind it, for the receipts.
  else if (slot.taken.number <= head.final && slot.taken.number < head.latest.number)
    await lose(context, work)
}

/** The nonce is used up in a final block, and not by us: the intent needs another, if it did not happen all the same. */
async function lose(context: Context, work: Work): Promise<void> {
  const { account, nonce } = work.slot!
  const { key } = work.intent
  await context.ledger.close(key)
  count(context, "foreign")
  if (account === context.account) context.nonces.used(nonce)
  work.slot = undefined
  work.again = true
  work.waiting = undefined
  context.alerts.raise({
    code: "ForeignTransaction",
    severity: "critical",
    message: `Nonce ${nonce} of ${account} was used by a transaction that this program did not sign: ${key} waits for another one. Find out who else uses this key`,
    subject: `${account}:${nonce}`,
    details: { account, nonce, key },
  })
  if (work.refusal) await context.finish(work, { state: "refused", ...work.refusal })
}

const isCanonical = async ({ chain }: Context, block: number, hash: string): Promise<boolean> =>
  (await chain.getBlock(block))?.hash === hash
