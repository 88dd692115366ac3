import { type ChildProcess, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import type { Companions } from "../../src/facts/chain/contracts.ts"
import { OnusError } from "../../src/protocol/errors.ts"

const ROOT = fileURLToPath(new URL("../..", import.meta.url))
const INDEXER = join(ROOT, "indexer")
const PONDER = join(INDEXER, "node_modules", "ponder", "dist", "esm", "bin", "ponder.js")
/** Milliseconds in which it must answer. */
const START_TIMEOUT = 120_000
const END_TIMEOUT = 10_000

export interface IndexOptions {
  readonly rpc: string
  readonly registry: string
  /** The block of the deployment. */
  readonly fromBlock?: number
  readonly companions?: Companions
  readonly port: number
  readonly host?: string
  /** Where PGlite keeps its files; unless there is a database. */
  readonly folder?: string
  /** URL of a PostgreSQL database. */
  readonly database?: string
  /** Milliseconds between looks at the head. */
  readonly polling?: number
  /** Is given every line that the index prints; nobody if left out. */
  readonly print?: (line: string) => void
}

/** An index in a process of its own. */
export class IndexProcess {
  readonly url: string
  readonly ended: Promise<unknown>
  readonly #child: ChildProcess
  #printed = ""

  constructor(options: IndexOptions) {
    const { port, host = "127.0.0.1", print } = options
    this.url = `http://${host}:${port}`
    const args = ["start", "--schema", schemaOf(options), "--port", String(port), "--hostname", host]
    this.#child = spawn(process.execPath, [PONDER, ...args], {
      cwd: INDEXER,
      env: environmentOf(options),
      stdio: ["ignore", "pipe", "pipe"],
    })
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#printed = (this.#printed + text).slice(-10_000)
        print?.(text)
      })
    this.ended = once(this.#child, "exit")
    process.once("exit", this.#kill)
  }

  readonly #kill = () => this.#child.kill("SIGKILL")

  /** Waits until everything up to a block is in the index. @throws OnusError `IndexFailed`. */
  async reach(block: number): Promise<void> {
    const until = performance.now() + START_TIMEOUT
    while (performance.now() < until) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) break
      const status = (await fetch(`${this.url}/v1/status`)
        .then((response) => response.json())
        .catch(() => undefined)) as { readonly data?: { readonly block: number } } | undefined
      if ((status?.data?.block ?? -1) >= block) return
      await pause(50)
    }
    throw new OnusError(
      "IndexFailed",
      `The index at ${this.url} did not reach block ${block}: ${this.#printed}`,
      {
        hint: "Its last lines say why",
      },
    )
  }

  async stop(): Promise<void> {
    process.off("exit", this.#kill)
    this.#child.kill("SIGTERM")
    const late = setTimeout(this.#kill, END_TIMEOUT)
    await this.ended
    clearTimeout(late)
  }
}

/** Nothing of `onus` or of databases but what is meant reaches it. */
function environmentOf({
  rpc,
  registry,
  fromBlock = 0,
  companions = {},
  folder,
  database,
  polling,
}: IndexOptions): NodeJS.ProcessEnv {
  const foreign = Object.keys(process.env).filter((name) => /^(ONUS|DATABASE|PONDER)_/.test(name))
  return {
    ...process.env,
    ...Object.fromEntries(foreign.map((name) => [name, undefined])),
    NO_COLOR: "1",
    PONDER_TELEMETRY_DISABLED: "true",
    ONUS_RPC: rpc,
    ONUS_REGISTRY: registry,
    ONUS_START_BLOCK: String(fromBlock),
    ONUS_AUDITS: companions.audits,
    ONUS_CALLBACKS: companions.callbacks,
    ONUS_AGENTS: companions.agents,
    ONUS_INDEX_FOLDER: folder,
    DATABASE_URL: database,
    ...(polling === undefined ? {} : { ONUS_POLLING: String(polling) }),
  }
}

/** Tables are of one registry and of one version of the code that fills them: no other goes on with them. */
function schemaOf({ registry, rpc, companions }: IndexOptions): string {
  const files = globSync(
    ["src/facts/**/*.ts", "src/protocol/reputation.ts", "indexer/*.ts", "indexer/src/**/*.ts"],
    {
      cwd: ROOT,
    },
  )
  const digest = createHash("sha256").update(JSON.stringify([registry.toLowerCase(), rpc, companions]))
  for (const file of files.toSorted()) digest.update(readFileSync(join(ROOT, file)))
  return `onus_${digest.digest("hex").slice(0, 12)}`
}
