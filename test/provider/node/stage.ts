import { type ChildProcess, spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { JsonRpcProvider, NonceManager, Wallet, parseEther } from "ethers"
import { stringify } from "smol-toml"
import type { Program } from "../../../src/engine/program/program.ts"
import { Role } from "../../../src/protocol/role.ts"
import { type Client, connect, send } from "../../../src/sdk/client.ts"
import { addKey } from "../../../src/sdk/keys.ts"
import { registerModel } from "../../../src/sdk/register-model.ts"
import { registerProvider } from "../../../src/sdk/register-provider.ts"
import { deposit } from "../../../src/sdk/stake.ts"
import { loadModel } from "../../../src/provider/models/load.ts"
import { freePort } from "../../../src/tour/process.ts"
import { type Chain, account, startChain } from "../../cli/chain.ts"

export const TOKEN = 10n ** 18n
const MODEL = "models/digits.onnx"
const CLI = "src/cli/onus.mjs"

/** A chain with a provider on it, and a folder for its node. */
export class Stage {
  readonly chain: Chain
  readonly rpc: JsonRpcProvider
  readonly program: Program
  readonly folder: string
  readonly provider = account(1)
  readonly consumer = account(2)
  readonly challenger = account(3)
  readonly signing = Wallet.createRandom()
  readonly sending = Wallet.createRandom()

  private constructor(chain: Chain, program: Program) {
    this.chain = chain
    this.program = program
    this.rpc = new JsonRpcProvider(chain.url, undefined, { cacheTimeout: -1, pollingInterval: 50 })
    this.folder = mkdtempSync(join(tmpdir(), "onus-node-"))
  }

  static async open(): Promise<Stage> {
    const { program } = await loadModel({ name: "digits", path: MODEL, trace: "eager" })
    const stage = new Stage(await startChain(), program)
    try {
      await stage.#register()
      return stage
    } catch (error) {
      await stage.close()
      throw error
    }
  }

  /** The registry as an account sees it. */
  client(wallet: Wallet): Promise<Client> {
    return connect(new NonceManager(wallet.connect(this.rpc)), this.chain.registry)
  }

  async #register(): Promise<void> {
    const client = await this.client(this.provider)
    await registerProvider(client, "https://provider.example")
    await deposit(client, this.provider.address, 5_000n * TOKEN)
    const { timestamp } = (await this.rpc.getBlock("latest"))!
    const until = BigInt(timestamp) + 365n * 86_400n
    await addKey(client, this.signing.address, until, Role.Sign)
    await addKey(client, this.sending.address, until, Role.Anchor)
    await registerModel(client, this.program, "https://provider.example/digits.onnx")
    const funding = { to: this.sending.address, value: parseEther("10") }
    await send(new NonceManager(account(0).connect(this.rpc)).sendTransaction(funding))
  }

  /** Makes blocks, a second apart. */
  async mine(blocks = 1): Promise<void> {
    await this.rpc.send("hardhat_mine", [`0x${blocks.toString(16)}`])
  }

  async close(): Promise<void> {
    this.rpc.destroy()
    await this.chain.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What a node's configuration says besides the stage's own. */
export type Tables = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** A node in a process of its own. */
export class NodeProcess {
  readonly url: string
  readonly operations: string
  readonly #child: ChildProcess
  readonly #exited: Promise<number>
  #output = ""

  private constructor(child: ChildProcess, port: number, metricsPort: number) {
    this.#child = child
    this.url = `http://127.0.0.1:${port}`
    this.operations = `http://127.0.0.1:${metricsPort}`
    for (const stream of [child.stdout!, child.stderr!])
      stream.on("data", (data: Buffer) => (this.#output += data.toString()))
    this.#exited = new Promise((resolve) =>
      child.once("exit", (code, signal) => resolve(code ?? (signal ? 128 : 1))),
    )
  }

  /** Starts a node with its configuration; does not wait until it is ready. */
  static async start(
    stage: Stage,
    changes: Tables = {},
    options: readonly string[] = [],
  ): Promise<NodeProcess> {
    const [port, metricsPort] = [await freePort(), await freePort()]
    mkdirSync(stage.folder, { recursive: true })
    const file = join(stage.folder, "onus.toml")
    writeFileSync(file, configText(stage, port, metricsPort, changes))
    const keys = { SIGNING_KEY: stage.signing.privateKey, SENDING_KEY: stage.sending.privateKey }
    const child = spawn(process.execPath, [CLI, "node", "--config", file, ...options], {
      env: { ...process.env, ...keys },
      stdio: ["ignore", "pipe", "pipe"],
    })
    return new NodeProcess(child, port, metricsPort)
  }

  /** What it wrote. */
  get output(): string {
    return this.#output
  }

  /** The code that it ended with. */
  get exited(): Promise<number> {
    return this.#exited
  }

  async ready(): Promise<void> {
    await eventually("the node is ready", async () => {
      if (this.#child.exitCode !== null) throw new Error(`The node ended:\n${this.#output}`)
      const response = await fetch(`${this.operations}/readyz`).catch(() => undefined)
      return response?.ok
    })
  }

  end(signal: NodeJS.Signals = "SIGTERM"): Promise<number> {
    this.#child.kill(signal)
    return this.#exited
  }
}

/** Waits until something holds; what it makes of the world meanwhile can be said. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
): Promise<T> {
  for (let i = 0; i < 400; i++) {
    const seen = await look()
    if (seen) return seen
    await meanwhile()
    await pause(100)
  }
  throw new Error(`It never came about that ${what}`)
}

function configText(stage: Stage, port: number, metricsPort: number, changes: Tables): string {
  const base: Tables = {
    chain: {
      rpc: [stage.chain.url],
      chain_id: 31337,
      registry: stage.chain.registry,
      confirmations: 3,
      poll: "100ms",
      stalled_after: "1h",
    },
    provider: { address: stage.provider.address },
    keys: {
      signing: { raw_env: "SIGNING_KEY", allow_raw_key: true },
      sending: { raw_env: "SENDING_KEY", allow_raw_key: true },
    },
    journal: { url: `sqlite:${join(stage.folder, "node.db")}` },
    http: { port, metrics_port: metricsPort },
    answers: { window: "10m", anchor_within: "30m", min_anchor_within: "10m" },
    anchoring: { max_age: "2s", margin: "5m" },
    checks: { max_clock_skew: "1h", warn_clock_skew: "1h", min_disk: "1KiB" },
    release: { interval: "1s", min_value: "1" },
    log: { level: "debug" },
  }
  const tables = Object.fromEntries(
    Object.entries({ ...base, ...changes }).map(([name, table]) => [name, { ...base[name], ...table }]),
  )
  return stringify({
    ...tables,
    models: [{ name: "digits", file: join(process.cwd(), MODEL), trace: "lazy", price: "nothing" }],
  })
}
