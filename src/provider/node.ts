import { LogFollower } from "../chain/logs.ts"
import { OnusError } from "../protocol/errors.ts"
import type { NodeConfig } from "../service/config/node-config.ts"
import { serveOperations } from "../service/operations.ts"
import { secretsOf } from "../service/scrub.ts"
import { Shutdown } from "../service/shutdown.ts"
import { type Composition, compose } from "./node/compose.ts"
import { type Foundation, openFoundation } from "./node/foundation.ts"
import { serveHttp } from "./node/http.ts"
import { type Instruments, openInstruments } from "../service/instruments.ts"
import { Interrupted } from "./node/interrupted.ts"
import { type LoopParts, startLoops } from "./node/loops.ts"
import { Opened } from "../service/opened.ts"
import { type Resuming, resumeAll } from "./node/resume.ts"
import { SendingRole } from "./node/role.ts"
import { type Duty, Vitals } from "./node/vitals.ts"
import type { Serving } from "./serve/serve.ts"

/** A chain was rewritten below what counted as final: who starts the node again must have looked. */
const REORG_EXIT = 2
/** Something else is needed before the node can go on: whoever supervises it should start it again. */
const RESTART_EXIT = 75

/** What every part of a start needs. */
interface Run {
  readonly config: NodeConfig
  readonly instruments: Instruments
  readonly opened: Opened
  /** Whether the operator takes back what has stopped new work for good. */
  readonly acknowledged: boolean
  readonly shutdown: Shutdown
  /** Ends the node, as nothing that it does from now on could be right. */
  readonly fatal: (error: OnusError) => void
  /** Whether that has happened. */
  isBroken: boolean
}

/**
 * Runs a provider node until it is told to end, or cannot go on.
 *
 * @returns the exit code.
 * @throws OnusError that names what is wrong, when it cannot start: everything is closed again.
 */
export async function runNode(
  config: NodeConfig,
  { configPath, acknowledged = false }: { readonly configPath: string; readonly acknowledged?: boolean },
): Promise<number> {
  const instruments = openInstruments({
    ...config,
    secrets: secretsOf(config),
    source: {
      provider: config.provider.address,
      chain: String(config.chain.chainId),
      replica: config.journal.replica,
    },
    onStuck: (loop) => run.fatal(stuck(loop)),
  })
  const { log, readiness, alerts } = instruments
  const shutdown = new Shutdown({ timeout: config.shutdown.timeout, log })
  const ignore = shutdown.listen()
  const opened = new Opened()
  opened.add("alerts", alerts, (it) => it.close())
  const run: Run = {
    config,
    instruments,
    opened,
    acknowledged,
    shutdown,
    isBroken: false,
    fatal(error) {
      run.isBroken = true
      log.error({ error }, "The node cannot go on")
      alerts.raise({ code: error.code, severity: "critical", message: error.message })
      shutdown.begin(error.code, error.code === "ReorgTooDeep" ? REORG_EXIT : RESTART_EXIT)
    },
  }
  readiness.report("starting", { code: "Starting", message: "The node is starting" })
  try {
    log.info({ configPath, replica: config.journal.replica, process: process.pid }, "A node starts")
    const starting = start(run)
    // Told to end meanwhile, it ends in order all the same. What does not start is said below.
    shutdown.add("start", "start", () => starting.catch(() => undefined))
    await starting
    readiness.report("starting")
    return await shutdown.finished
  } finally {
    await opened.close((name, error) => log.warn({ part: name, error }, "A part does not close"))
    ignore()
  }
}

const stuck = (loop: string): OnusError =>
  new OnusError("LoopStuck", `The loop ${loop} hangs however often it is begun anew`, {
    hint: "The process is to be started again; if it happens again, see in the log what it waits for",
  })

async function start(run: Run): Promise<void> {
  const { config, instruments, opened, fatal } = run
  const { log, metrics, health, scrub } = instruments
  const { metricsHost: host, metricsPort: port } = config.http
  const operations = await serveOperations({ host, port, metrics, health, scrub })
  opened.add("operations", operations, (it) => it.close())
  const foundation = await openFoundation(run)
  foundation.heads.onReorgTooDeep(fatal)
  const composition = await compose(config, instruments, foundation)
  opened.add("replica", composition, (it) => it.leave())
  const parts = await look(run, foundation, composition)
  const interrupted = await foundation.journal.interrupted()
  const role = new SendingRole({ config, instruments, foundation, composition, lost: fatal })
  const left = new Interrupted({ ...foundation, ...composition, log })
  const loops = startLoops(parts, left, () => role.poke())
  opened.add("loops", loops, () => Promise.all(loops.map((loop) => loop.stop())))
  role.start(parts)
  opened.add("sender", role, (it) => it.stop())
  const resuming = resumeAll(interrupted, { issuer: composition.issuer, log })
  opened.add("interrupted answers", resuming, (it) => it.stop())
  const serving = await serveHttp({
    ...foundation,
    ...composition,
    config,
    instruments,
    signer: foundation.keys.signing.address,
  })
  log.info({ port: serving.port, metricsPort: operations.port }, "The node serves")
  planEnd(run, composition, role, resuming, serving)
}

/** Looks at the chain for the first time, and compares it with the journal. */
async function look(run: Run, foundation: Foundation, composition: Composition): Promise<LoopParts> {
  const { config, instruments, fatal } = run
  const { heads, head, facts, journal, mark } = foundation
  const { ownWatch, observer, conditions, selfCheck } = composition
  const own = await followOwn(config, foundation, composition, instruments)
  for (const { code, message } of await ownWatch.recall(run.acknowledged))
    instruments.log.warn({ code }, `Acknowledged by the operator: ${message}`)
  await own.poll(head)
  ownWatch.mode = "alarm"
  // Not before: whoever refuses to start has taken no copy for the journal.
  await mark?.begin()
  conditions.judge(await observer.observe(head))
  let lastLook = Date.now()
  const duties: Duty[] = []
  const vitals = new Vitals({
    ...instruments,
    duties,
    config,
    heads,
    lastLook: () => lastLook,
    facts,
    beat: () => composition.beat(),
  })
  await vitals.tick()
  const looked = () => void (lastLook = Date.now())
  const common = { config, instruments, heads, observer, conditions, own, journal, mark, fatal }
  return { ...common, vitals, duties, selfCheck, looked }
}

/** First no new requests, then everything that was begun; what others need until then is closed last of all. */
function planEnd(
  run: Run,
  { issuer }: Composition,
  role: SendingRole,
  resuming: Resuming,
  serving: Serving,
): void {
  const { shutdown, instruments } = run
  shutdown.add("stop", "requests", async () => {
    instruments.readiness.report("draining", { code: "Draining", message: "The node is stopping" })
    await serving.close()
  })
  shutdown.add("drain", "answers", async () => {
    resuming.stop()
    await issuer.close()
  })
  shutdown.add("drain", "transactions", () => (run.isBroken ? undefined : role.drain()))
  // Here as well as in what was opened: it counts towards the time that an end may take.
  shutdown.add("end", "sender", () => role.stop())
}

async function followOwn(
  config: NodeConfig,
  { chain, database, client, heads }: Foundation,
  { ownWatch }: Composition,
  { log }: Instruments,
): Promise<LogFollower> {
  return LogFollower.open({
    chain,
    database,
    log,
    name: `own-${config.journal.replica}`,
    filter: { addresses: [await client.onus.getAddress()], topics: ownWatch.topics },
    from: config.chain.fromBlock,
    hashOf: (number) => heads.hashOf(number),
    handle: (logs) => ownWatch.handle(logs),
  })
}
