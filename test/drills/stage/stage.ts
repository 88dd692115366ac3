import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Wallet, encryptKeystoreJson } from "ethers"
import type { Client } from "../../../src/sdk/client.ts"
import { type Proxy, startProxy } from "../../helpers/rpc-proxy.ts"
import { Books } from "./books.ts"
import { Challenger } from "./challenger.ts"
import { type Tables, configText } from "./config.ts"
import { DrillChain } from "./drill-chain.ts"
import { anchoredBatches } from "./effects.ts"
import { eventually } from "./eventually.ts"
import { type NodeOptions, NodeProcess } from "./node-process.ts"
import * as roles from "./roles.ts"
import { CREDENTIALS, PASSWORD, expectNoSecrets } from "./secrets.ts"
import { freePort } from "../../../src/tour/process.ts"
import { type Webhook, openWebhook } from "./webhook.ts"

const CHAIN_ID = 31337
/** Blocks behind the latest one that count as final on the stage. */
export const FINAL_DEPTH = 4

/** How a node is started on the stage. */
export interface StartOptions extends NodeOptions {
  /** Tables of the configuration that differ. */
  readonly config?: Tables
  /** Another database than that of the stage. */
  readonly journal?: string
}

/** A node whose final block lies some blocks back: the one of the stage calls every block final. */
export function trustworthy(proxy: Proxy): void {
  proxy.answer("eth_getBlockByNumber", async ([block, ...rest], forward) => {
    if (block !== "finalized" && block !== "safe") return forward()
    const latest = (await forward(["latest", false])).result as { number: string }
    const final = Math.max(0, Number(latest.number) - FINAL_DEPTH)
    return forward([`0x${final.toString(16)}`, ...rest])
  })
}

/** One provider with its chain and everybody around it, for one drill. */
export class Stage {
  readonly chain: DrillChain
  readonly folder = mkdtempSync(join(tmpdir(), "onus-drill-"))
  /** What the node sees of the chain. */
  readonly proxy: Proxy
  readonly books = new Books()
  /** Sees the chain as it is. */
  readonly client: Client
  readonly challenger: Challenger
  readonly #webhook: Webhook
  readonly #processes: NodeProcess[] = []
  readonly #proxies: Proxy[] = []

  private constructor(
    chain: DrillChain,
    proxy: Proxy,
    webhook: Webhook,
    client: Client,
    challenger: Challenger,
  ) {
    this.chain = chain
    this.proxy = proxy
    this.client = client
    this.challenger = challenger
    this.#webhook = webhook
  }

  /** Sets everything up but the node. */
  static async open(): Promise<Stage> {
    const chain = await theChain()
    const client = await roles.clientOf(chain, roles.challenger)
    const challenger = await Challenger.of(client)
    const stage = new Stage(chain, await startProxy(chain.url), await openWebhook(), client, challenger)
    trustworthy(stage.proxy)
    stage.#proxies.push(stage.proxy)
    await stage.#writeKeys()
    chain.tick()
    return stage
  }

  get journal(): string {
    return join(this.folder, "journal.db")
  }

  get alerts() {
    return this.#webhook.alerts
  }

  /** Another way to the same chain. */
  async anotherProxy(): Promise<Proxy> {
    const proxy = await startProxy(this.chain.url)
    trustworthy(proxy)
    this.#proxies.push(proxy)
    return proxy
  }

  /** Ends all faults of a proxy. */
  heal(proxy: Proxy = this.proxy): void {
    proxy.heal()
    trustworthy(proxy)
  }

  /** Starts a node, which may well refuse. */
  async launch({ config, journal = this.journal, ...options }: StartOptions = {}): Promise<NodeProcess> {
    const [port, metricsPort] = [await freePort(), await freePort()]
    const file = join(this.folder, `onus-${this.#processes.length}.toml`)
    const place = {
      rpc: [`${this.proxy.url}/${CREDENTIALS}`],
      chainId: CHAIN_ID,
      registry: this.chain.registry,
      provider: roles.owner.address,
      signing: { keystore: "signing.json", password_file: "password.txt" },
      sending: { keystore: "sending.json", password_file: "password.txt" },
      journal,
      port,
      metricsPort,
      webhook: this.#webhook.url,
    }
    writeFileSync(file, configText(place, config))
    const node = new NodeProcess(this.folder, file, `http://127.0.0.1:${port}`, options)
    this.#processes.push(node)
    return node
  }

  /** Starts a node and waits until it takes work. */
  async start(options: StartOptions = {}): Promise<NodeProcess> {
    return (await this.launch(options)).ready()
  }

  /** Waits for an alert. */
  async alerted(code: string): Promise<void> {
    await eventually(`alert ${code}`, () => this.alerts.some((alert) => alert.code === code))
  }

  /** How many receipts are in batches on the chain. */
  async anchoredReceipts(): Promise<number> {
    const batches = await anchoredBatches(this.client)
    return batches.reduce((sum, { count }) => sum + Number(count), 0)
  }

  /** Sees that all accounts balance in the end: see `Books.balance`. Blocks are made meanwhile. */
  async balance(node: NodeProcess, options: { readonly others?: number } = {}): Promise<void> {
    await this.books.balance(node, this.client, { meanwhile: () => this.chain.mine(), ...options })
  }

  /** Ends all processes. */
  async kill(): Promise<void> {
    this.chain.stopTicking()
    await Promise.all(this.#processes.map((node) => node.kill()))
  }

  async close(): Promise<void> {
    await this.kill()
    await Promise.all(this.#proxies.map((proxy) => proxy.close()))
    await this.#webhook.close()
    rmSync(this.folder, { recursive: true, force: true })
    expectNoSecrets([...this.#processes.flatMap(({ lines }) => lines), JSON.stringify(this.alerts)])
  }

  async #writeKeys(): Promise<void> {
    const keys = { "signing.json": roles.signingKey, "sending.json": roles.sendingKey }
    for (const [name, key] of Object.entries(keys))
      writeFileSync(join(this.folder, name), await keystore(key), { mode: 0o600 })
    writeFileSync(join(this.folder, "password.txt"), `${PASSWORD}\n`, { mode: 0o600 })
  }
}

/** A keystore that is quickly opened: nothing is behind it. */
const keystore = ({ address, privateKey }: Wallet): Promise<string> =>
  encryptKeystoreJson({ address, privateKey }, PASSWORD, { scrypt: { N: 2 ** 12 } })

let opened: Promise<DrillChain> | undefined

/** One chain serves all drills, one after the other: each begins where the provider was registered. */
async function theChain(): Promise<DrillChain> {
  const chain = await (opened ??= DrillChain.open(roles.register))
  await chain.reset()
  return chain
}

after(async () => {
  await (await opened)?.close()
  opened = undefined
})
