import type { ChallengerConfig } from "../service/config/challenger-config.ts"
import { CHALLENGER } from "../service/config/challenger-schema.ts"
import { serveOperations } from "../service/operations.ts"
import { type Run, runProgram } from "../service/program.ts"
import { secretsOf } from "../service/scrub.ts"
import { type Duty, Vitals } from "../service/vitals.ts"
import { bookProbe } from "./node/alive.ts"
import { compose } from "./node/compose.ts"
import type { Composition, Hooks } from "./node/composition.ts"
import { FetchShare } from "./node/fetch-share.ts"
import { Forecaster } from "./node/forecast.ts"
import { type Foundation, type Mode, openFoundation } from "./node/foundation.ts"
import { type Loops, follow, startLoops } from "./node/loops.ts"
import { Observer } from "./node/observer.ts"

export interface ChallengerOptions extends Partial<Mode> {
  /** Where the configuration is from, for the log. */
  readonly configPath: string
  /** Ends it as SIGTERM does: for those that run it in a process with others. */
  readonly signal?: AbortSignal
}

/** What puts the deciding parts together: `compose`, unless a test says otherwise. */
export type Compose = (
  config: ChallengerConfig,
  run: Pick<Run, "instruments" | "opened">,
  foundation: Foundation,
  mode: Mode,
  hooks: Hooks,
) => Promise<Composition>

/** Differences by the machine's clock decide nothing here: however large, they keep no work away. */
const ANY_SKEW = Number.POSITIVE_INFINITY

/**
 * Runs a challenger, or a monitor, until it is told to end, or cannot go on.
 *
 * @returns the exit code.
 * @throws OnusError that names what is wrong, when it cannot start: everything is closed again.
 */
export function runChallenger(
  config: ChallengerConfig,
  { configPath, dryRun = false, watchOnly = false, signal }: ChallengerOptions,
  composing: Compose = compose,
): Promise<number> {
  const name = watchOnly ? "monitor" : "challenger"
  return runProgram(
    {
      ...config,
      name,
      signal,
      secrets: secretsOf(CHALLENGER.secretive(config)),
      source: { chain: String(config.chain.chainId), program: name },
      about: { configPath, mode: dryRun ? "dry run" : name },
    },
    (run) => start(run, config, { dryRun, watchOnly }, composing),
  )
}

async function start(run: Run, config: ChallengerConfig, mode: Mode, composing: Compose): Promise<void> {
  const { instruments, opened, fatal } = run
  const { log, metrics, health, scrub, readiness } = instruments
  const operations = await serveOperations({ ...config.metrics, metrics, health, scrub })
  opened.add("operations", operations, (it) => it.close())
  const foundation = await openFoundation(config, run, mode)
  const { heads, head, chain, court, key } = foundation
  heads.onReorgTooDeep(fatal)
  const observer = new Observer({
    chain,
    client: court,
    account: key?.address,
    reserve: config.gas.reserve,
    readiness,
  })
  await observer.observe(head)
  const pokes: { loops?: Loops } = {}
  const composition = await composing(config, run, foundation, mode, hooksOf(run, pokes))
  opened.add("parts", composition, (it) => it.close())
  let lastLook = Date.now()
  const duties: Duty[] = []
  const vitals = new Vitals({
    ...instruments,
    chain: config.chain,
    skew: { warn: config.checks.warnClockSkew, most: ANY_SKEW },
    disk: { url: config.book.url, least: config.checks.minDisk },
    heads,
    lastLook: () => lastLook,
    duties,
    probes: [await bookProbe(foundation.database)],
  })
  await vitals.tick()
  // What happened while it was away comes first: nothing is decided by half of it.
  await follow({ config, instruments, composition, fatal }, head)
  const loops = startLoops({
    config,
    instruments,
    heads,
    observer,
    composition,
    forecaster: new Forecaster({ ...instruments, ...composition }),
    vitals,
    duties,
    looked: () => void (lastLook = Date.now()),
    fatal,
  })
  pokes.loops = loops
  opened.add("loops", loops, (it) => it.stop())
  log.info(
    { metricsPort: operations.port, account: key?.address, dryRun: mode.dryRun },
    mode.watchOnly ? "The monitor watches" : "The challenger watches",
  )
  planEnd(run, composition, loops)
}

/** What the parts tell goes into metrics, and has others look at once. */
function hooksOf({ instruments }: Pick<Run, "instruments">, pokes: { readonly loops?: Loops }): Hooks {
  const { metrics, alerts } = instruments
  const share = new FetchShare(alerts)
  return {
    found(verdict, seconds) {
      metrics.verifications.inc({ role: "challenger", verdict })
      metrics.verificationSeconds.observe(seconds)
      share.note(verdict)
    },
    accused: () => pokes.loops?.play(),
  }
}

/** First nothing new is begun, then what was sent is followed into a block; what is owed waits on the disk for the next start. */
function planEnd(run: Run, composition: Composition, loops: Loops): void {
  const { shutdown, instruments } = run
  const { transactions } = composition
  shutdown.add("stop", "new work", async () => {
    instruments.readiness.report("draining", { code: "Draining", message: "The program is stopping" })
    await Promise.all([composition.stop(), loops.stopBeginning()])
  })
  shutdown.add("drain", "transactions", () => (run.isBroken ? undefined : transactions?.idle()))
  // Here as well as in what was opened: it counts towards the time that an end may take.
  shutdown.add("end", "loops", () => loops.stop())
}
