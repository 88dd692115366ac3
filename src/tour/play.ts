import { setTimeout as pause } from "node:timers/promises"
import type { Chronicle, Event } from "./chronicle.ts"
import type { Clock, Deadline } from "./clock.ts"
import type { Provider } from "./provider/provider.ts"

/** Milliseconds between two blocks, beside what it takes to hear what is in them. */
const BEAT = 100
/** Beats without an event after which there is nothing to wait for but time. */
const QUIET = 12
/** And those after which nobody who lied will be accused any more. */
const VERY_QUIET = 100

/** What goes on while a challenger does its work. */
export interface Scene {
  readonly chronicle: Chronicle
  readonly clock: Clock
  /** Those that answer what they are asked, if they want to. */
  readonly providers: readonly Provider[]
  /** Seconds on the wall after which it ends in any case. */
  readonly longest: number
  /** How much of its work the challenger has done: as long as that grows, it has not come to wait for anything. */
  progress(): Promise<number>
  /** Whether all who lied are convicted: what is left to wait for is money. */
  isCaught(): boolean
  /** Whether there is nothing left to wait for. */
  isOver(): boolean
  /** Hears what has happened since the last beat. */
  heard(events: readonly Event[], jump: Deadline | undefined): Promise<void>
}

/**
 * Lets the chain go on, and the providers say what they want to say, until nothing is left to happen. What is quiet is counted in beats:
 * where everything is slow, so are they.
 */
export async function play(scene: Scene): Promise<void> {
  const { chronicle, clock, providers } = scene
  let [sinceEvent, sinceJump, done] = [0, 0, 0]
  while (chronicle.seconds < scene.longest && !scene.isOver() && sinceEvent < 2 * VERY_QUIET) {
    const events = await chronicle.read()
    for (const provider of providers) await provider.defend(events)
    const progress = await scene.progress()
    const isBusy = events.length > 0 || progress !== done
    done = progress
    sinceEvent = isBusy ? 0 : sinceEvent + 1
    const isPayTime = scene.isCaught() || sinceEvent > VERY_QUIET
    const jump = Math.min(sinceEvent, ++sinceJump) > QUIET ? await clock.jump(isPayTime) : await clock.beat()
    if (jump) sinceJump = 0
    await scene.heard(events, jump)
    await pause(BEAT)
  }
}

/** Whether everything is paid that the challenger is owed, and every bond is back. */
export function isSettled({ affairs, paid }: Chronicle): boolean {
  return [...affairs.values()].every(({ conviction, asked, returned }) => {
    const left = [...asked.values()].reduce((sum, { bond }) => sum + bond, 0n)
    return returned >= left && (!conviction || conviction.reward === 0n || paid.has(conviction.payoutId))
  })
}
