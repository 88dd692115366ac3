import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { Wallet, ZeroHash, id, toQuantity } from "ethers"
import { stringify } from "smol-toml"
import { seededDraw } from "../../../src/engine/audit/sample.ts"
import { engine } from "../../../src/engine/engine.ts"
import { loadModel } from "../../../src/provider/models/load.ts"
import type { ServedModel } from "../../../src/provider/serve/model.ts"
import type { Serving } from "../../../src/provider/serve/serve.ts"
import { encodeBundle } from "../../../src/sdk/bundle.ts"
import { LocalChain } from "../../../src/tour/chain/local-chain.ts"
import { Chronicle, type Affair } from "../../../src/tour/chronicle.ts"
import { Clock } from "../../../src/tour/clock.ts"
import { isSettled, play } from "../../../src/tour/play.ts"
import { judgedBy } from "../../../src/tour/process.ts"
import { type Lie, omission } from "../../../src/tour/provider/lies.ts"
import { Provider } from "../../../src/tour/provider/provider.ts"
import { serveProvider } from "../../../src/tour/provider/serving.ts"
import { type Proxy, startProxy } from "../../helpers/rpc-proxy.ts"
import { MODEL } from "../../cli/run.ts"
import { picture } from "./client.ts"
import { type Tables, merge } from "./config.ts"
import { type NodeOptions, NodeProcess } from "./node-process.ts"
import { CREDENTIALS } from "./secrets.ts"
import { freePort } from "../../../src/tour/process.ts"
import { trustworthy } from "./stage.ts"
import { type Webhook, openWebhook } from "./webhook.ts"

const TOKEN = 10n ** 18n
const COMMIT = id("commit(bytes32)").slice(0, 10)
const COINS = 10n ** 20n
const DAY = 86_400
/** Seconds on the wall that a dispute may take, restarts and all. */
const LONGEST = 300
/** Seconds after an answer until it is taken for one that nobody anchors. */
const SILENCE = 7.5 * DAY

let chain: Promise<LocalChain> | undefined
let model: Promise<ServedModel> | undefined
let count = 0

after(async () => {
  await (await chain)?.close()
  chain = undefined
})

/** How a challenger is started in a drill. */
export interface StartOptions extends NodeOptions {
  readonly config?: Tables
}

/** One lie, whoever told it, and a challenger that is to find it: the real program in a process of its own. */
export class Dispute {
  readonly chain: LocalChain
  readonly provider: Provider
  readonly wallet: Wallet
  readonly chronicle: Chronicle
  /** What the challenger sees of the chain. */
  readonly proxy: Proxy
  readonly webhook: Webhook
  readonly folder = mkdtempSync(join(tmpdir(), "onus-dispute-"))
  readonly lie: Lie
  #serving: Serving | undefined
  readonly #from: number
  readonly #processes: NodeProcess[] = []
  #inbox = ""

  private constructor(
    parts: Pick<Dispute, "chain" | "provider" | "wallet" | "chronicle" | "proxy" | "webhook" | "lie">,
    serving: Serving,
    from: number,
  ) {
    const { chain, provider, wallet, chronicle, proxy, webhook, lie } = parts
    this.chain = chain
    this.provider = provider
    this.wallet = wallet
    this.chronicle = chronicle
    this.proxy = proxy
    this.webhook = webhook
    this.lie = lie
    this.#serving = serving
    this.#from = from
  }

  /** Has a provider register that lies in one way. Each dispute has accounts of its own, and all have one chain. */
  static async open(lie: Lie): Promise<Dispute> {
    const local = await (chain ??= LocalChain.open())
    const served = await (model ??= loadModel({
      name: "digits",
      path: MODEL,
      trace: "eager",
      isPublic: true,
    }))
    const name = `dispute ${++count}`
    const from = (await local.now()).block
    const owner = new Wallet(id(`${name}: provider`))
    const provider = new Provider({
      client: await local.admit(owner, 10_000n * TOKEN),
      address: owner.address,
      key: new Wallet(id(`${name}: key`)),
      models: [served],
      executor: engine(),
      draw: seededDraw(count),
      lieAbout: () => lie,
    })
    const serving = await serveProvider(provider, { isListed: true })
    const url = `http://127.0.0.1:${serving.port}`
    await provider.register(url, 1_000n * TOKEN)
    await provider.registerModels(() => `${url}/v1/models/digits/versions/1/file`)
    const wallet = new Wallet(id(`${name}: challenger`))
    const client = await local.admit(wallet, 0n)
    const chronicle = await Chronicle.open(client, wallet.address)
    const [proxy, webhook] = [await startProxy(local.url), await openWebhook()]
    trustworthy(proxy)
    // Also who lags has seen that everybody is there.
    await local.mine(5)
    return new Dispute({ chain: local, provider, wallet, chronicle, proxy, webhook, lie }, serving, from)
  }

  /** Has the lie told, and anchored if it is one that is. */
  async tell(): Promise<void> {
    const [{ program }] = this.provider.models
    const inputs = Buffer.from(Float32Array.from(picture(count)).buffer)
    const wishes = {
      consumer: new Wallet(id("a consumer")).address,
      requestId: id(`request ${count} ${this.provider.told.length}`),
      isIdChosen: true,
      coverage: TOKEN,
      challengeWindow: BigInt(10 * DAY),
      anchorWithin: 3_600n,
      termsHash: ZeroHash,
      trace: "eager" as const,
    }
    const request = { modelId: program.modelId, inputs, wishes }
    await this.provider.answer(request)
    if (this.lie.again) await this.provider.answer(request)
    await this.provider.anchor()
  }

  /** Starts the challenger, which may well refuse. */
  async launch({ config = {}, ...options }: StartOptions = {}): Promise<NodeProcess> {
    const [inbox, metrics] = [await freePort(), await freePort()]
    const file = join(this.folder, `challenger-${this.#processes.length}.toml`)
    this.#inbox = `http://127.0.0.1:${inbox}/v1/receipts`
    writeFileSync(file, stringify(merge(this.#config(inbox, metrics), config)))
    const env = { SENDING_KEY: this.wallet.privateKey, ...options.env }
    const url = `http://127.0.0.1:${metrics}`
    const started = new NodeProcess(this.folder, file, url, { program: "challenger", ...options, env })
    this.#processes.push(started)
    return started
  }

  async start(options: StartOptions = {}): Promise<NodeProcess> {
    return (await this.launch(options)).ready()
  }

  /** Hands in what no list shows: two answers to one request, or one that is anchored nowhere. */
  async handIn(): Promise<void> {
    for (const { entry } of this.provider.told) {
      const nothing = new Uint8Array()
      const tensors = { input: entry.inputs, trace: nothing, output: nothing }
      const body = encodeBundle({ signed: entry.signed, tensors })
      const response = await fetch(this.#inbox, { method: "POST", body })
      expect(response.status, await response.text()).to.be.oneOf([200, 201])
    }
  }

  /** Lets the chain go on until the dispute is won and paid, or something else has happened. */
  async play(challenger: NodeProcess, happened: () => boolean = () => false): Promise<void> {
    const { chronicle, chain: local, provider } = this
    const isCaught = () => this.affair?.conviction !== undefined
    let judged = 0
    await play({
      chronicle,
      clock: new Clock({
        chain: local,
        chronicle,
        others: () => this.#silences(),
        maturityOf: async (payout) => Number((await provider.client.onus.payout(payout)).maturesAt),
      }),
      providers: [provider],
      longest: LONGEST,
      progress: async () => (judged = await judgedBy(`${challenger.url}/metrics`).catch(() => judged)),
      isCaught,
      isOver: () => challenger.exit !== undefined || happened() || (isCaught() && isSettled(chronicle)),
      heard: () => Promise.resolve(),
    })
  }

  /** Ends the challenger as an operator does, while the chain goes on. */
  async stop(challenger: NodeProcess): Promise<void> {
    const ticking = setInterval(() => void this.chain.mine().catch(() => undefined), 250)
    try {
      await challenger.stop()
    } finally {
      clearInterval(ticking)
    }
  }

  /** What became of the lie. */
  get affair(): Affair | undefined {
    return [...this.chronicle.affairs.values()].find(({ receiptId }) => this.provider.find(receiptId))
  }

  /** The challenger has won, has everything, and has done nothing twice or in vain. */
  async expectWon(): Promise<void> {
    const { affair, chronicle, wallet } = this
    expect(affair?.conviction?.challenger, "who convicted").to.equal(wallet.address)
    expect(isSettled(chronicle), "everything is paid").to.equal(true)
    const sent = await this.transactions()
    const failed = sent.filter(({ status }) => status !== 1)
    expect(failed, "transactions that failed").to.deep.equal([])
    // A commitment that ran out before it was needed is made anew.
    const effects = sent.filter(({ to, data }) => to !== wallet.address && !data.startsWith(COMMIT))
    const calls = effects.map(({ to, data }) => `${to} ${data}`)
    const repeated = calls.filter((call, i) => calls.indexOf(call) !== i).map((call) => call.slice(0, 60))
    expect(repeated, "transactions that were sent twice").to.deep.equal([])
    const asked = affair!.events.filter(({ name, from }) => name === "Demanded" && from === wallet.address)
    expect(new Set(asked.map(({ args }) => args.questionId)).size, "questions asked once").to.equal(
      asked.length,
    )
  }

  /** All transactions of the challenger since the dispute began. */
  async transactions() {
    const { rpc } = this.chain
    const found: { to: string; data: string; status: number | null }[] = []
    for (let number = this.#from; number <= (await rpc.getBlockNumber()); number++) {
      const block = await rpc.getBlock(number, true)
      for (const { from, to, data, hash } of block?.prefetchedTransactions ?? []) {
        if (from !== this.wallet.address) continue
        found.push({ to: to ?? "", data, status: (await rpc.getTransactionReceipt(hash))!.status })
      }
    }
    return found
  }

  /** Ends all faults of the proxy. */
  heal(): void {
    this.proxy.heal()
    trustworthy(this.proxy)
  }

  /** Has the provider serve nothing any more, no model, no question and no trace: on-chain it goes on. */
  async hush(): Promise<void> {
    await this.#serving?.close()
    this.#serving = undefined
  }

  async balance(wei: bigint): Promise<void> {
    await this.chain.rpc.send("hardhat_setBalance", [this.wallet.address, toQuantity(wei)])
  }

  /** Ends all processes. */
  async kill(): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.kill()))
  }

  /** Ends all processes and whoever served them. Nobody's key was printed. */
  async close(): Promise<void> {
    await this.balance(COINS)
    await this.kill()
    await Promise.all([this.proxy.close(), this.webhook.close(), this.hush()])
    rmSync(this.folder, { recursive: true, force: true })
    const lines = [...this.#processes.flatMap(({ lines }) => lines), JSON.stringify(this.webhook.alerts)]
    for (const secret of [this.wallet.privateKey.slice(2), CREDENTIALS])
      expect(lines.filter((line) => line.includes(secret))).to.deep.equal([])
  }

  #config(inbox: number, metrics: number): Tables {
    return {
      chain: {
        rpc: [`${this.proxy.url}/${CREDENTIALS}`],
        chain_id: 31337,
        registry: this.chain.registry,
        from_block: this.#from,
        poll: "100ms",
        timeout: "2s",
        stalled_after: "1h",
      },
      keys: { sending: { raw_env: "SENDING_KEY", allow_raw_key: true } },
      book: { url: "sqlite:./challenger.db" },
      fetch: { allow_private: true },
      choose: { providers: [this.provider.address], omissions: "unanswered" },
      gas: { reserve: "0.01", warn_below: "0.02" },
      inbox: { port: inbox },
      metrics: { port: metrics },
      checks: { min_disk: "1KiB", warn_clock_skew: "1h" },
      alerts: { webhook: this.webhook.url },
      log: { level: "debug" },
    }
  }

  #silences() {
    if (this.lie !== omission) return []
    return this.provider.told.flatMap(({ entry: { terms } }) => {
      const moments = [Number(terms.anchorBy), Number(terms.issuedAt) + SILENCE]
      return moments.map((time) => ({ what: "an answer was to be anchored", time, block: 0 }))
    })
  }
}
