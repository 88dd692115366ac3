import { LogFollower } from "../chain/logs.ts"
import type { NodeConfig } from "../service/config/node-config.ts"
import { NODE } from "../service/config/node-schema.ts"
import { serveOperations } from "../service/operations.ts"
import { type Run, runProgram } from "../service/program.ts"
import { secretsOf } from "../service/scrub.ts"
import { type Duty, Vitals } from "../service/vitals.ts"
import { type Composition, compose } from "./node/compose.ts"
import { type Foundation, openFoundation } from "./node/foundation.ts"
import { serveHttp } from "./node/http.ts"
import type { Instruments } from "../service/instruments.ts"
import { Interrupted } from "./node/interrupted.ts"
import { type LoopParts, startLoops } from "./node/loops.ts"
import { probesOf } from "./node/probes.ts"
import { type Resuming, resumeAll } from "./node/resume.ts"
import { SendingRole } from "./node/role.ts"
import type { Serving } from "./serve/serve.ts"

/** What every part of a start needs. */
interface NodeRun extends Run {
  readonly config: NodeConfig
  /** Whether the operator takes back what has stopped new work for good. */
  readonly acknowledged: boolean
}

/**
 * Runs a provider node until it is told to end, or cannot go on.
 *
 * @returns the exit code.
 * @throws OnusError that names what is wrong, when it cannot start: everything is closed again.
 */
export function runNode(
  config: NodeConfig,
  { configPath, acknowledged = false }: { readonly configPath: string; readonly acknowledged?: boolean },
): Promise<number> {
  const { replica } = config.journal
  return runProgram(
    {
      ...config,
      name: "node",
      secrets: secretsOf(NODE.secretive(config)),
      source: { provider: config.provider.address, chain: String(config.chain.chainId), replica },
      about: { configPath, replica },
    },
    // The object itself goes on: it says later whether something broke.
    (run) => start(Object.assign(run, { config, acknowledged })),
  )
}

async function start(run: NodeRun): Promise<void> {
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
async function look(run: NodeRun, foundation: Foundation, composition: Composition): Promise<LoopParts> {
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
  const { chain, checks, journal: store } = config
  const vitals = new Vitals({
    ...instruments,
    chain,
    skew: { warn: checks.warnClockSkew, most: checks.maxClockSkew },
    disk: { url: store.url, least: checks.minDisk },
    heads,
    lastLook: () => lastLook,
    duties,
    probes: probesOf({ replica: store.replica, facts, beat: () => composition.beat() }),
  })
  await vitals.tick()
  const looked = () => void (lastLook = Date.now())
  const common = { config, instruments, heads, observer, conditions, own, journal, mark, fatal }
  return { ...common, vitals, duties, selfCheck, looked }
}

/** First no new requests, then everything that was begun; what others need until then is closed last of all. */
function planEnd(
  run: NodeRun,
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
