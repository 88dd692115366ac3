import type { HeadFollower } from "../../chain/head-follower.ts"
import type { Head } from "../../chain/heads.ts"
import type { LogFollower } from "../../chain/logs.ts"
import { type OnusError, isOnusError } from "../../protocol/errors.ts"
import type { NodeConfig } from "../../service/config/node-config.ts"
import type { Loop } from "../../service/loop.ts"
import type { Conditions } from "../chain/conditions.ts"
import type { View } from "../chain/view.ts"
import type { Journal } from "../journal.ts"
import type { JournalMark } from "../reconcile/journal-mark.ts"
import type { SelfCheck } from "../self-check/self-check.ts"
import { setGauges } from "./gauges.ts"
import { type Instruments, watched } from "../../service/instruments.ts"
import type { Duty, Vitals } from "../../service/vitals.ts"
import type { Interrupted } from "./interrupted.ts"
import type { Observer } from "./observer.ts"
import type { Sender } from "./sender.ts"

/** Seconds between two looks at what the node itself needs: so many, or as many as some looks at the chain take if these are quick. */
const vitalsEvery = (poll: number): number => Math.min(5, 5 * poll)
/** Seconds between two marks of how far the journal has come. */
const MARK_EVERY = 5
/** Seconds that one look at the head of the chain may take altogether. */
const LONGEST_LOOK = 60

export interface LoopParts {
  readonly config: NodeConfig
  readonly instruments: Instruments
  readonly heads: HeadFollower
  readonly observer: Observer
  readonly conditions: Conditions
  readonly own: LogFollower
  readonly vitals: Vitals
  readonly selfCheck: SelfCheck
  readonly journal: Journal
  readonly mark: Pick<JournalMark, "write"> | undefined
  /** Where loops are entered without which promises are not kept. */
  readonly duties: Duty[]
  /** Told of each look at the chain that succeeded. */
  readonly looked: () => void
  /** Told of what no repetition helps against. */
  readonly fatal: (error: OnusError) => void
}

/** Seconds between two looks for claims that nobody works on. */
const INTERRUPTED_EVERY = 30

/** Starts what every replica does: follows the chain, counts cover, checks itself. */
export function startLoops(
  parts: LoopParts,
  interrupted: Pick<Interrupted, "tick">,
  onView: () => void,
): readonly Loop[] {
  const { config, instruments, heads, observer, conditions, own, vitals, selfCheck, mark, looked } = parts
  const { poll } = config.chain
  /** The last head with which everything was done: what fails is done again, also without a new one. */
  let seen: Head | undefined
  const chain = watched(
    instruments,
    "chain",
    poll,
    async (signal) => {
      const head = await heads.poll({ signal })
      looked()
      if (seen === head) return
      conditions.judge(await observer.observe(head))
      await follow(parts, own, head, signal)
      seen = head
      onView()
    },
    { timeout: LONGEST_LOOK, longestPause: Math.max(5, poll) },
  )
  enter(parts, [chain])
  return [
    chain,
    watched(instruments, "vitals", vitalsEvery(poll), () => vitals.tick(), { timeout: 30, longestPause: 10 }),
    ...(mark ? [watched(instruments, "mark", MARK_EVERY, () => mark.write(), { longestPause: 30 })] : []),
    watched(instruments, "interrupted", INTERRUPTED_EVERY, () => interrupted.tick()),
    watched(instruments, "self-check", config.checks.selfCheckInterval, () => selfCheck.tick()),
  ]
}

function enter({ duties }: LoopParts, loops: readonly Loop[]): void {
  const begun = Date.now() / 1000
  duties.push(...loops.map((loop) => ({ loop, begun })))
}

/** Reads events; that final ones are gone is beyond repair. */
async function follow(
  { fatal, config, instruments }: LoopParts,
  follower: LogFollower,
  head: Head,
  signal: AbortSignal,
): Promise<void> {
  const labels = { chain: String(config.chain.chainId), cursor: follower.name }
  try {
    await follower.poll(head, { signal })
    instruments.metrics.cursorBlock.set(labels, follower.cursor)
  } catch (error) {
    if (isOnusError(error, "ReorgTooDeep")) fatal(error)
    throw error
  }
}

/** Deletes what nobody may ask for any more, by the registry's clock: windows and games last longer while it stands still. */
async function forget(
  { config, journal }: LoopParts,
  { book, transactions, longestGame, signatureCounts }: Sender,
  { state }: View,
  signal: AbortSignal,
): Promise<void> {
  const { retention, maxWindow, anchorWithin } = config.answers
  const clock = Number(state.clock)
  const kept = maxWindow + anchorWithin + longestGame + retention
  await journal.drop(clock - kept)
  // Omissions can be claimed, and must be answered, while a signature counts at the most.
  const before = clock - Math.max(kept, signatureCounts)
  await journal.prune(before, (batchId) => book.needs(batchId, before), signal)
  if (signal.aborted) return
  await book.prune(before)
  await transactions.prune()
}

/** Starts what only the sender does. Each loop looks at the last view of the chain. */
export function startSending(parts: LoopParts, sender: Sender): readonly Loop[] {
  const { config, instruments, observer, journal } = parts
  const { poll } = config.chain
  const withView =
    (act: (view: View, signal: AbortSignal) => Promise<unknown>) => async (signal: AbortSignal) => {
      if (observer.view) await act(observer.view, signal)
    }
  const { transactions, gauges, anchorer, defender, releaser, collector, book, events } = sender
  const duties = [
    watched(
      instruments,
      "transactions",
      poll,
      withView(({ head }) => transactions.tick(head)),
    ),
    ...events.map((follower, i) =>
      watched(
        instruments,
        ["demands", "omissions"][i],
        poll,
        withView(({ head }, signal) => follow(parts, follower, head, signal)),
      ),
    ),
    watched(
      instruments,
      "defence",
      poll,
      withView(async (view, signal) => {
        while ((await defender.tick(observer.view ?? view)) && !signal.aborted);
      }),
    ),
    watched(
      instruments,
      "anchoring",
      poll,
      withView((view) => anchorer.tick(view)),
    ),
  ]
  enter(parts, duties)
  return [
    ...duties,
    watched(
      instruments,
      "release",
      config.release.interval,
      withView(async (view, signal) => {
        await releaser.tick(view)
        await collector.tick(view)
        await forget(parts, sender, view, signal)
      }),
    ),
    watched(
      instruments,
      "gauges",
      Math.max(poll, 5),
      withView((view) => setGauges(instruments, view, journal, gauges, book)),
    ),
  ]
}
