import { LogFollower } from "../chain/logs.ts"
import type { OnusError } from "../protocol/errors.ts"
import type { NodeConfig } from "../service/config/node-config.ts"
import { serveOperations } from "../service/operations.ts"
import { Shutdown } from "../service/shutdown.ts"
import type { Loop } from "../service/loop.ts"
import { type Composition, compose } from "./node/compose.ts"
import { type Foundation, openFoundation } from "./node/foundation.ts"
import { serveHttp } from "./node/http.ts"
import { type Instruments, openInstruments } from "./node/instruments.ts"
import { type LoopParts, startLoops } from "./node/loops.ts"
import { Opened } from "./node/opened.ts"
import { resumeAll } from "./node/resume.ts"
import { SendingRole } from "./node/role.ts"
import { Vitals } from "./node/vitals.ts"

/** A chain was rewritten below what counted as final: who starts the node again must have looked. */
const REORG_EXIT = 2
/** Something else is needed before the node can go on: whoever supervises it should start it again. */
const RESTART_EXIT = 75

/**
 * Runs a provider node until it is told to end, or cannot go on.
 *
 * @returns the exit code.
 * @throws OnusError that names what is wrong, when it cannot start: everything is closed again.
 */
export async function runNode(
  config: NodeConfig,
  { configPath }: { readonly configPath: string },
): Promise<number> {
  const instruments = openInstruments(config)
  const { log, readiness } = instruments
  const shutdown = new Shutdown({ timeout: config.shutdown.timeout, log })
  const ignore = shutdown.listen()
  const opened = new Opened()
  opened.add("alerts", instruments.alerts, (it) => it.close())
  readiness.report("starting", { code: "Starting", message: "The node is starting" })
  try {
    log.info({ configPath, replica: config.journal.replica, process: process.pid }, "A node starts")
    await start(config, instruments, opened, shutdown)
    readiness.report("starting")
    return await shutdown.finished
  } finally {
    await opened.close((name, error) => log.warn({ part: name, error }, "A part does not close"))
    ignore()
  }
}

async function start(
  config: NodeConfig,
  instruments: Instruments,
  opened: Opened,
  shutdown: Shutdown,
): Promise<void> {
  const { log, metrics, health, scrub } = instruments
  const { metricsHost: host, metricsPort: port } = config.http
  const operations = await serveOperations({ host, port, metrics, health, scrub })
  opened.add("operations", operations, (it) => it.close())
  let isBroken = false
  const fatal = (error: OnusError): void => {
    isBroken = true
    log.error({ error }, "The node cannot go on")
    instruments.alerts.raise({ code: error.code, severity: "critical", message: error.message })
    shutdown.begin(error.code, error.code === "ReorgTooDeep" ? REORG_EXIT : RESTART_EXIT)
  }
  const foundation = await openFoundation(config, instruments, opened)
  const composition = await compose(config, instruments, foundation)
  const { observer, conditions, ownWatch, selfCheck, issuer, cover, amounts, inclusions } = composition
  const own = await followOwn(config, foundation, composition, instruments)
  const role = new SendingRole({ config, instruments, foundation, composition, lost: fatal })
  foundation.heads.onReorgTooDeep(fatal)
  // A journal in a file has one process; the lock tells the second one so.
  if (config.journal.url.startsWith("sqlite:")) await role.take()
  await own.poll(foundation.head)
  ownWatch.mode = "alarm"
  conditions.judge(await observer.observe(foundation.head))
  let lastLook = Date.now()
  const { heads, facts, client, keys, models, pool, journal } = foundation
  const vitals = new Vitals({
    config,
    heads,
    lastLook: () => lastLook,
    facts,
    ...instruments,
    beat: () => composition.beat(),
  })
  const looked = () => void (lastLook = Date.now())
  const parts: LoopParts = {
    config,
    instruments,
    heads,
    observer,
    conditions,
    own,
    vitals,
    selfCheck,
    journal,
    looked,
  }
  await vitals.tick()
  const interrupted = await journal.interrupted()
  const loops: Loop[] = [...startLoops(parts, () => role.poke())]
  role.start(parts)
  const resuming = resumeAll(interrupted, issuer, log)
  const http = {
    config,
    instruments,
    client,
    signer: keys.signing.address,
    models,
    amounts,
    issuer,
    pool,
    cover,
  }
  const serving = await serveHttp({ ...http, journal, inclusions, observer })
  log.info({ port: serving.port, metricsPort: operations.port }, "The node serves")

  shutdown.add("stop", "requests", async () => {
    instruments.readiness.report("draining", { code: "Draining", message: "The node is stopping" })
    await serving.close()
  })
  shutdown.add("drain", "answers", async () => {
    resuming.stop()
    await issuer.close()
  })
  shutdown.add("drain", "transactions", () => (isBroken ? undefined : role.drain()))
  // The last that was added ends first.
  shutdown.add("end", "replica", () => composition.leave())
  shutdown.add("end", "sender", () => role.stop())
  shutdown.add("end", "loops", () => Promise.all(loops.map((loop) => loop.stop())))
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
