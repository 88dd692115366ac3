import type { Alerts } from "../../service/alerts.ts"
import { createAlerts } from "../../service/alarm.ts"
import type { NodeConfig } from "../../service/config/node-config.ts"
import { type Health, createHealth } from "../../service/health.ts"
import { type Log, createLog } from "../../service/log.ts"
import { type Loop, loop } from "../../service/loop.ts"
import { type Metrics, createMetrics } from "../../service/metrics/metrics.ts"
import { Readiness } from "../../service/readiness.ts"
import { type Scrub, createScrub, secretsOf } from "../../service/scrub.ts"

/** What a running node tells of itself, and by what means. */
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

/** Makes the instruments of a node. */
export function openInstruments(config: NodeConfig, onStuck: (loop: string) => void): Instruments {
  const scrub = createScrub(secretsOf(config))
  const log = createLog({ level: config.log.level, scrub })
  const metrics = createMetrics({ version: VERSION, process: true })
  const { webhook, timeout } = config.alerts
  const alerts = createAlerts({
    log,
    metrics,
    scrub,
    source: {
      provider: config.provider.address,
      chain: String(config.chain.chainId),
      replica: config.journal.replica,
    },
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
