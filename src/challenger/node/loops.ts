import type { HeadFollower } from "../../chain/head-follower.ts"
import type { Head } from "../../chain/heads.ts"
import { TransactionGauges } from "../../chain/transactions/gauges.ts"
import { type OnusError, isOnusError } from "../../protocol/errors.ts"
import type { ChallengerConfig } from "../../service/config/challenger-config.ts"
import { type Instruments, watched } from "../../service/instruments.ts"
import type { Loop } from "../../service/loop.ts"
import type { Duty, Vitals } from "../../service/vitals.ts"
import { type View, timeOf } from "../view.ts"
import type { Composition } from "./composition.ts"
import type { Forecaster } from "./forecast.ts"
import { setGauges } from "./gauges.ts"
import type { Observer } from "./observer.ts"

/** Seconds between two looks at what the program itself needs. */
const VITALS_EVERY = 5
/** Seconds between two looks at files that somebody may have put there. */
const INBOX_EVERY = 2
/** Seconds that one look at the head of the chain may take altogether. */
const LONGEST_LOOK = 60

export interface LoopParts {
  readonly config: ChallengerConfig
  readonly instruments: Instruments
  readonly heads: HeadFollower
  readonly observer: Observer
  readonly composition: Composition
  readonly forecaster: Forecaster
  readonly vitals: Vitals
  /** Where loops are entered without which a challenger is blind, or late. */
  readonly duties: Duty[]
  /** Told of each look at the chain that succeeded. */
  readonly looked: () => void
  /** Told of what no repetition helps against. */
  readonly fatal: (error: OnusError) => void
}

/** The loops of a challenger, by what must end when. */
export interface Loops {
  /** Has cases looked at at once. */
  readonly play: () => void
  /** Ends what begins something new. */
  stopBeginning(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts everything that is done again and again. A new head has events read, these have answers scheduled and cases played, and
 * moves are sent, each at once: nothing waits for the next look of a loop.
 */
export function startLoops(parts: LoopParts): Loops {
  const { config, instruments, composition, observer, forecaster, vitals } = parts
  const { scheduler, player, auditor, inbox, transactions } = composition
  const { poll } = config.chain
  const every = Math.max(poll, 1)
  const start = (
    name: string,
    act: (view: View, signal: AbortSignal) => Promise<unknown>,
    options: { every?: number; timeout?: number } = {},
  ): Loop =>
    watched(
      instruments,
      name,
      options.every ?? every,
      alone(async (signal) => {
        if (observer.view) await act(observer.view, signal)
      }),
      { timeout: options.timeout ?? 300, longestPause: Math.max(5, poll) },
    )

  const send = transactions && start("transactions", ({ head }) => transactions.tick(head))
  const play =
    player &&
    start("play", async (view) => {
      await player.tick(view)
      send?.poke()
    })
  const audit = auditor && start("audits", (view) => auditor.tick(view), { every: Math.max(poll, 10) })
  const schedule = start("schedule", (view) => scheduler.tick(view))
  const events = start("events", async ({ head }, signal) => {
    await follow(parts, head, signal)
    schedule.poke()
    play?.poke()
  })
  const chain = startChain(parts, () => {
    events.poke()
    send?.poke()
  })
  const gauges = transactions && new TransactionGauges(instruments.metrics, transactions)
  const others = [
    watched(instruments, "vitals", VITALS_EVERY, () => vitals.tick(), { timeout: 30, longestPause: 10 }),
    start("forecast", (view) => forecaster.tick(view), { every: Math.max(poll, 10) }),
    start("forget", (view) => composition.forget(longAgo(view)), { every: 3600 }),
    start("gauges", (view) => setGauges(instruments, view, composition, gauges), {
      every: Math.max(poll, 5),
    }),
  ]
  const beginning = [
    schedule,
    ...(inbox ? [watched(instruments, "inbox", INBOX_EVERY, () => inbox.tick())] : []),
    ...(play ? [play] : []),
    ...(audit ? [audit] : []),
  ]
  const rest = [chain, events, ...others, ...(send ? [send] : [])]
  enter(
    parts,
    [chain, events, schedule, play, send].filter((loop) => loop !== undefined),
  )
  const stop = (loops: readonly Loop[]) => Promise.all(loops.map((loop) => loop.stop()))
  return {
    play: () => play?.poke(),
    stopBeginning: async () => void (await stop(beginning)),
    stop: async () => void (await stop([...beginning, ...rest])),
  }
}

/** Longer than any window, dispute and escrow together, and in blocks that come each second at the fastest. */
const KEPT = 90 * 86_400

const longAgo = (view: View) => ({
  time: timeOf(view) - KEPT,
  block: Math.max(0, view.head.final - KEPT),
})

/** A run that hangs is left behind by its loop: no other one of the same work may begin beside it, which then waits with it. */
function alone(act: (signal: AbortSignal) => Promise<void>): (signal: AbortSignal) => Promise<void> {
  let running: Promise<void> | undefined
  return (signal) => (running ??= act(signal).finally(() => (running = undefined)))
}

/** Follows the head of the chain. */
function startChain({ config, instruments, heads, observer, looked }: LoopParts, onView: () => void): Loop {
  const { poll } = config.chain
  /** The last head that was looked at: what fails is done again, also without a new one. */
  let seen: Head | undefined
  return watched(
    instruments,
    "chain",
    poll,
    async (signal) => {
      const head = await heads.poll({ signal })
      looked()
      if (seen === head) return
      await observer.observe(head)
      seen = head
      onView()
    },
    { timeout: LONGEST_LOOK, longestPause: Math.max(5, poll) },
  )
}

function enter({ duties }: LoopParts, loops: readonly Loop[]): void {
  const begun = Date.now() / 1000
  duties.push(...loops.map((loop) => ({ loop, begun })))
}

/** Reads events; that final ones are gone is beyond repair. */
export async function follow(
  {
    config,
    instruments,
    composition,
    fatal,
  }: Pick<LoopParts, "config" | "instruments" | "composition" | "fatal">,
  head: Head,
  signal?: AbortSignal,
): Promise<void> {
  const { watch } = composition
  try {
    await watch.poll(head, { signal })
  } catch (error) {
    if (isOnusError(error, "ReorgTooDeep")) fatal(error)
    throw error
  }
  const chain = String(config.chain.chainId)
  for (const { name, block } of watch.cursors())
    instruments.metrics.cursorBlock.set({ chain, cursor: name }, block)
}
