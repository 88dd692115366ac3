import type { Head } from "../heads.ts"
import { type Context, tolerate } from "./context.ts"
import { type Fees, type Market, offer, raise } from "./fees.ts"
import { isAffordable } from "./funds.ts"
import { capOf, isUrgent } from "./policy.ts"
import { broadcast, replace } from "./send.ts"
import type { Counts } from "./settle.ts"
import { simulate } from "./simulate.ts"
import { Priority } from "./transactions.ts"
import { type Slot, type Work, inFlight, lastOf } from "./work.ts"

/** Blocks for which what another key has signed may still get into one, however urgent it is. */
const OTHERS_PATIENCE = 8

type Signed = Work & { slot: Slot }

/** A transaction in flight, with what those behind it need of it: nonces are used in order. */
interface Standing {
  readonly work: Signed
  /** The highest cap of this one and those behind it. */
  readonly cap: bigint
  /** Whether this one or one behind it is an answer, which may take what is reserved for them. */
  readonly isForDefence: boolean
  /** What the best-paid urgent one behind it offers. */
  readonly behind: Fees
}

/**
 * Keeps what is signed going: sends it again, the lowest nonce first, and replaces what does not get into a block, or stands before
 * something urgent that pays more, within the caps.
 */
export async function maintain(
  context: Context,
  head: Head,
  counts: Counts,
  market: Market | undefined,
): Promise<void> {
  for (const standing of standings(context, head))
    await tolerate(context, `${standing.work.intent.key} could not be sent again`, () =>
      maintainOne(context, head, counts, market, standing),
    )
  for (const work of context.works.values())
    if (isOfAnother(context, work) && !work.slot.included) await maintainOther(context, head, work)
}

const isOfAnother = ({ account }: Context, work: Work): work is Signed =>
  work.slot !== undefined && work.slot.account !== account

/**
 * Signed with a key that is not this program's any more: its transactions can be sent again, not replaced, and that account may be
 * empty. What is urgent cannot wait for it. If the chain can say whether it happened, and so takes it once only, it is signed anew.
 */
async function maintainOther(context: Context, head: Head, work: Signed): Promise<void> {
  const { intent, since, slot } = work
  const isStuck = head.latest.number - lastOf(slot).block >= OTHERS_PATIENCE
  const isPressing = isStuck && isUrgent({ ...intent, since }, head.latest.timestamp, context.policy)
  if (!isPressing || work.refusal || !context.doneChecks.has(intent.kind)) {
    if (isDue(slot, head)) await broadcast(context, head, work)
    return
  }
  await context.ledger.close(intent.key)
  Object.assign(work, { slot: undefined, again: true })
  const { account, nonce } = slot
  context.log.warn(
    { key: intent.key, account, nonce },
    "What another key has signed is urgent: it is signed anew",
  )
}

function standings({ works, account, policy }: Context, head: Head): Standing[] {
  const now = head.latest.timestamp
  let [cap, isForDefence, behind] = [0n, false, { most: 0n, tip: 0n }]
  const result = inFlight(works.values(), account)
    .filter(({ slot }) => !slot.taken)
    .toReversed()
    .map((work): Standing => {
      const timed = { ...work.intent, since: work.since }
      cap = max(cap, capOf(timed, now, policy))
      isForDefence ||= work.intent.priority === Priority.Defence
      const standing = { work, cap, isForDefence, behind }
      if (isUrgent(timed, now, policy)) behind = higher(behind, lastOf(work.slot).fees)
      return standing
    })
  return result.reverse()
}

async function maintainOne(
  context: Context,
  head: Head,
  counts: Counts,
  market: Market | undefined,
  standing: Standing,
): Promise<void> {
  const { work, cap } = standing
  const isLowest = work.slot.nonce === counts.get(work.slot.account)
  work.waiting = undefined
  if (market && wantsMore(context, head, market, standing, isLowest)) {
    const isHopeless = isLowest && !work.refusal && !(await stillWorks(context, head, work))
    const fees = isHopeless ? undefined : next(context, market, standing)
    if (fees) return replace(context, head, work, lastOf(work.slot).gas, fees)
    if (!isHopeless && market.base + context.policy.tip.least > cap) work.waiting = "gas"
  }
  if (isDue(work.slot, head)) await broadcast(context, head, work)
}

/** Whether another transaction should be signed for a nonce, at most one for each head. */
function wantsMore(
  { policy }: Context,
  head: Head,
  market: Market,
  { work, behind }: Standing,
  isLowest: boolean,
): boolean {
  const { block, fees, cancels } = lastOf(work.slot)
  const age = head.latest.number - block
  if (age < 1) return false
  if (work.slot.outbid || (work.refusal && !cancels)) return true
  if (behind.most > fees.most || behind.tip > fees.tip) return true
  return age >= policy.raiseAfter && (isLowest || fees.most < market.base)
}

function next(
  context: Context,
  market: Market,
  { work, cap, isForDefence, behind }: Standing,
): Fees | undefined {
  const wanted = offer(market, cap, context.policy)
  const last = lastOf(work.slot)
  const fees = wanted && raise(last.fees, higher(wanted, behind), cap)
  if (!fees) return undefined
  if (isAffordable(context, last.gas * (fees.most - last.fees.most), isForDefence)) return fees
  work.waiting = "funds"
  return undefined
}

/** What would fail now is not worth a higher fee: when that is sure, its nonce is used up by a transfer of nothing. */
async function stillWorks(context: Context, head: Head, work: Signed): Promise<boolean> {
  const simulation = await simulate(context.chain, context.account, work.intent)
  if ("gas" in simulation) {
    work.failures = 0
    return true
  }
  if (head.latest.number > work.failedAt) work.failures++
  work.failedAt = head.latest.number
  if (work.failures < context.policy.refuseAfter) return false
  await context.ledger.cancel(work.intent.key, simulation.refusal)
  work.refusal = simulation.refusal
  context.log.warn(
    { key: work.intent.key, ...simulation.refusal },
    "A transaction that would fail is cancelled",
  )
  return true
}

/** Not given to the chain since the last block. */
const isDue = (slot: Slot, head: Head): boolean => slot.sentAt < head.latest.number

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const higher = (a: Fees, b: Fees): Fees => ({ most: max(a.most, b.most), tip: max(a.tip, b.tip) })
