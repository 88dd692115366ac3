import type { Alerts } from "./alerts.ts"
import { createAlerts } from "./alarm.ts"
import type { LogLevel } from "./config/shared-config.ts"
import { type Health, createHealth } from "./health.ts"
import { type Log, createLog } from "./log.ts"
import { type Loop, loop } from "./loop.ts"
import { type Metrics, createMetrics } from "./metrics/metrics.ts"
import { Readiness } from "./readiness.ts"
import { type Scrub, createScrub } from "./scrub.ts"

/** What a long-running program tells of itself, and by what means. */
export interface Instruments {
  readonly log: Log
  readonly metrics: Metrics
  readonly alerts: Alerts & { close(): Promise<void> }
  readonly readiness: Readiness
  readonly health: Health
  readonly scrub: Scrub
  /** Told when a loop hangs however often it is begun anew: only a new process helps then. */
  readonly onStuck: (loop: string) => void
}

export const VERSION = "0.1.0"

export interface InstrumentsOptions {
  readonly log: { readonly level: LogLevel }
  /** A URL, and seconds that one delivery may take. */
  readonly alerts: { readonly webhook: string | undefined; readonly timeout: number }
  /** What nobody may read in a log: see `secretsOf`. */
  readonly secrets: readonly string[]
  /** Says in each alert which program speaks. */
  readonly source: Readonly<Record<string, string>>
  readonly onStuck: (loop: string) => void
}

/** Makes the instruments of a program. */
export function openInstruments(options: InstrumentsOptions): Instruments {
  const { secrets, source, onStuck } = options
  const { webhook, timeout } = options.alerts
  const scrub = createScrub(secrets)
  const log = createLog({ level: options.log.level, scrub })
  const metrics = createMetrics({ version: VERSION, process: true })
  const alerts = createAlerts({
    log,
    metrics,
    scrub,
    source,
    ...(webhook === undefined ? {} : { webhook: { url: webhook, timeout } }),
  })
  const readiness = new Readiness(scrub)
  return { log, metrics, alerts, readiness, health: createHealth(readiness), scrub, onStuck }
}

/** Seconds that one run of a loop may take: a batch of ten thousand receipts, or a large model, takes its time. */
const LONGEST_RUN = 300

/** Starts a supervised loop that counts for the health of the process. */
export function watched(
  { log, metrics, health, onStuck }: Instruments,
  name: string,
  every: number,
  work: (signal: AbortSignal) => Promise<unknown>,
  { timeout = LONGEST_RUN, longestPause = 30 }: { timeout?: number; longestPause?: number } = {},
): Loop {
  const started = loop(name, { every, timeout, longestPause, log, metrics, onStuck }, work)
  health.watch(started)
  return started
}
