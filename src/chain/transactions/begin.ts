import type { Head } from "../heads.ts"
import { type Context, count, tolerate } from "./context.ts"
import { type Market, offer } from "./fees.ts"
import { isAffordable } from "./funds.ts"
import { capOf, placesFor } from "./policy.ts"
import { open } from "./send.ts"
import { simulate } from "./simulate.ts"
import { Priority } from "./transactions.ts"
import { type Refusal, type Work, byUrgency, costOf, heldNonces, inFlight } from "./work.ts"

/** Calls that are tried out with one head, for each place in flight: a queue of failing ones must not hold up the rest. */
const TRIES = 4
/** Blocks between two tries of what may pass, at most. */
const LONGEST_PAUSE = 32

/** What one pass over the queue has left. */
interface Pass {
  tries: number
  /** Priorities for which the money does not suffice: nothing less urgent goes first. */
  poorest: number
}

/** Starts what waits, the most urgent first, as far as places, caps and money go. */
export async function begin(context: Context, head: Head, market: Market): Promise<void> {
  const { works, account, policy } = context
  const pass: Pass = { tries: TRIES * policy.inFlight, poorest: Number.MAX_SAFE_INTEGER }
  const queue = [...works.values()].filter(({ slot }) => !slot).sort(byUrgency)
  let flying = inFlight(works.values(), account).length
  for (const work of queue) {
    if (pass.tries <= 0) return
    if (flying >= placesFor({ ...work.intent, since: work.since }, head.latest.timestamp, policy)) continue
    await tolerate(context, `${work.intent.key} could not be started`, () =>
      beginOne(context, head, market, pass, work),
    )
    if (work.slot) flying++
  }
}

async function beginOne(context: Context, head: Head, market: Market, pass: Pass, work: Work): Promise<void> {
  const { intent, refusal } = work
  if (refusal) return context.finish(work, { state: "refused", ...refusal })
  if (head.latest.number < work.notBefore || intent.priority >= pass.poorest) return
  const timed = { ...intent, since: work.since }
  const fees = offer(market, capOf(timed, head.latest.timestamp, context.policy), context.policy)
  if (!fees) {
    work.waiting = "gas"
    return
  }
  const isDefence = intent.priority === Priority.Defence
  const lacks = (gas: bigint): boolean => {
    if (isAffordable(context, costOf({ gas, fees }, intent.value), isDefence)) return false
    work.waiting = "funds"
    pass.poorest = intent.priority
    return true
  }
  // Nodes do not try out what cannot be paid.
  if (lacks(0n)) return
  pass.tries--
  if (work.again && (await isDone(context, work))) return
  const simulation = await simulate(context.chain, context.account, intent)
  if ("refusal" in simulation) return refused(context, head, work, simulation.refusal)
  work.failures = 0
  const { gas } = simulation
  if (lacks(gas)) return
  const nonce = await nextNonce(context, head)
  if (nonce === undefined) work.waiting = "nonce"
  else await open(context, head, work, nonce, gas, fees)
}

/** Of what may have been sent before, asks the chain whether it happened. */
async function isDone(context: Context, work: Work): Promise<boolean> {
  const check = context.doneChecks.get(work.intent.kind)
  if (!check || !(await check(work.intent))) return false
  const reason = "It is on the chain already, by a transaction that this program did not sign"
  await context.finish(work, { state: "refused", code: "DoneElsewhere", reason })
  return true
}

/** A refusal is believed when later blocks repeat it; one that time may cure is tried again, less and less often. */
async function refused(context: Context, head: Head, work: Work, refusal: Refusal): Promise<void> {
  const { refuseAfter, mayPass } = context.policy
  const { number, timestamp } = head.latest
  const { key, deadline } = work.intent
  count(context, "refusal")
  // What was submitted earlier and is in no block yet may be what it needs.
  const isFirst = !inFlight(context.works.values(), context.account).some(({ born }) => born < work.born)
  if (isFirst && number > work.failedAt) work.failures++
  work.failedAt = number
  const isLate = deadline !== undefined && timestamp > deadline
  const isPassing = mayPass.has(refusal.code) && !isLate
  if (work.failures >= refuseAfter && !isPassing) {
    return context.finish(work, { state: "refused", ...refusal })
  }
  work.waiting = "retry"
  work.notBefore = number + (isPassing ? Math.min(2 ** Math.max(0, work.failures - 1), LONGEST_PAUSE) : 1)
  context.log.warn({ key, failures: work.failures, ...refusal }, "A call would fail: it is tried again")
}

/** Counted anew for each transaction: somebody else may use the account. */
async function nextNonce(context: Context, head: Head): Promise<number | undefined> {
  const { chain, account, works, nonces, alerts } = context
  const mined = await chain.getTransactionCount(account, "latest")
  const nonce = nonces.next(mined, heldNonces(works.values(), account), head.latest.number)
  if (nonces.behindSince === undefined) alerts.resolve("NonceBehind", account)
  else
    alerts.raise({
      code: "NonceBehind",
      severity: "warning",
      message: `The chain counts ${mined} transactions of ${account}, fewer than were final before block ${nonces.behindSince}: the node lags, or the chain was rewritten. Nothing is signed until it is clear which`,
      subject: account,
    })
  return nonce
}
