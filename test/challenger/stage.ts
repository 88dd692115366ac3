import { JsonRpcProvider, NonceManager, type Wallet, ZeroHash } from "ethers"
import { HeadFollower } from "../../src/chain/heads.ts"
import type { Head } from "../../src/chain/heads.ts"
import { CURSOR_TABLES } from "../../src/chain/logs.ts"
import { type Chain, openChain } from "../../src/chain/provider.ts"
import type { Book } from "../../src/challenger/book.ts"
import { openBook } from "../../src/challenger/book/open.ts"
import { RegistryDesk } from "../../src/challenger/registry.ts"
import type { View } from "../../src/challenger/view.ts"
import { Watch, type WatchOptions } from "../../src/challenger/watch/watch.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { commit } from "../../src/engine/trace/commitment.ts"
import type { Inclusion } from "../../src/protocol/batch.ts"
import { type Receipt, type SignedReceipt, receiptId, signReceipt } from "../../src/protocol/receipt.ts"
import { Role } from "../../src/protocol/role.ts"
import { anchor, prepareBatch } from "../../src/sdk/anchor.ts"
import { type Client, connect } from "../../src/sdk/client.ts"
import { addKey } from "../../src/sdk/keys.ts"
import { registerModel } from "../../src/sdk/register-model.ts"
import { registerProvider } from "../../src/sdk/register-provider.ts"
import { deposit } from "../../src/sdk/stake.ts"
import { silentLog } from "../../src/service/log.ts"
import type { Database } from "../../src/store/database.ts"
import { migrate } from "../../src/store/migrate.ts"
import { openDatabase } from "../../src/store/open.ts"
import { type Chain as LocalChain, account, startChain } from "../cli/chain.ts"
import { PROGRAM, receiptWith } from "../sdk/samples.ts"

export const TOKEN = 10n ** 18n
export const RUN = interpret(PROGRAM, { x: Float32Array.of(-1, 2) })
const { inputRoot, outputRoot } = commit(RUN)

/** A local chain with two providers, one of which has stake and signs with its own key, and what a challenger sees of it. */
export class Stage {
  readonly local: LocalChain
  readonly rpc: JsonRpcProvider
  readonly provider = account(1)
  readonly consumer = account(2)
  readonly challenger = account(3)
  readonly stranger = account(4)
  readonly #clients = new Map<Wallet, Client>()
  #requests = 0

  private constructor(local: LocalChain) {
    this.local = local
    this.rpc = new JsonRpcProvider(local.url, undefined, { cacheTimeout: -1, pollingInterval: 20 })
  }

  static async open(): Promise<Stage> {
    const stage = new Stage(await startChain())
    const client = await stage.client(stage.provider)
    await registerProvider(client, "https://first.example")
    await deposit(client, stage.provider.address, 5_000n * TOKEN)
    await addKey(
      client,
      stage.provider.address,
      BigInt((await stage.time()) + 365 * 86_400),
      Role.Sign | Role.Anchor,
    )
    await registerModel(client, PROGRAM, "https://first.example/relu.onnx")
    await stage.mine()
    return stage
  }

  /** The registry as an account sees it. */
  async client(wallet: Wallet): Promise<Client> {
    const known = this.#clients.get(wallet)
    if (known) return known
    const client = await connect(new NonceManager(wallet.connect(this.rpc)), this.local.registry)
    this.#clients.set(wallet, client)
    return client
  }

  /** Unix seconds of the latest block. */
  async time(): Promise<number> {
    return (await this.rpc.getBlock("latest"))!.timestamp
  }

  async mine(blocks = 1): Promise<void> {
    // One by one: `hardhat_mine` does not link many blocks to their parents.
    for (let i = 0; i < blocks; i++) await this.rpc.send("evm_mine", [])
  }

  async pass(seconds: number): Promise<void> {
    await this.rpc.send("evm_increaseTime", [seconds])
    await this.mine()
  }

  /** Goes back to how the chain is now, when it is called. */
  async snapshot(): Promise<() => Promise<void>> {
    const id = (await this.rpc.send("evm_snapshot", [])) as string
    return async () => {
      await this.rpc.send("evm_revert", [id])
      // Nonces are those of before again.
      this.#clients.clear()
    }
  }

  /** A receipt of an answer that is right, issued now. */
  async receipt(fields: Partial<Receipt> = {}): Promise<Receipt> {
    const issuedAt = BigInt(await this.time())
    return receiptWith({
      provider: this.provider.address,
      consumer: this.consumer.address,
      requestId: `0x${(++this.#requests).toString(16).padStart(64, "0")}`,
      inputCommitment: inputRoot,
      outputCommitment: outputRoot,
      traceCommitment: ZeroHash,
      coverage: TOKEN,
      issuedAt,
      anchorBy: issuedAt + 3600n,
      challengeWindow: 3600n,
      ...fields,
    })
  }

  async sign(receipt: Receipt, by = this.provider): Promise<SignedReceipt> {
    return signReceipt((await this.client(by)).registry, receipt, by)
  }

  async idOf(receipt: Receipt): Promise<string> {
    return receiptId((await this.client(this.provider)).registry, receipt)
  }

  /** Anchors receipts in one batch. */
  async anchor(
    receipts: readonly Receipt[],
  ): Promise<{ readonly batchId: string; readonly inclusions: readonly Inclusion[] }> {
    const client = await this.client(this.provider)
    const prepared = prepareBatch(client, receipts)
    await anchor(client, prepared)
    return prepared
  }

  async close(): Promise<void> {
    this.rpc.destroy()
    await this.local.close()
  }
}

/** What a challenger knows of a stage. */
export class Post {
  readonly stage: Stage
  readonly chain: Chain
  readonly heads: HeadFollower
  readonly database: Database
  readonly book: Book
  readonly desk: RegistryDesk
  readonly watch: Watch

  private constructor(
    parts: Pick<Post, "stage" | "chain" | "heads" | "database" | "book" | "desk" | "watch">,
  ) {
    this.stage = parts.stage
    this.chain = parts.chain
    this.heads = parts.heads
    this.database = parts.database
    this.book = parts.book
    this.desk = parts.desk
    this.watch = parts.watch
  }

  /** @param file where its database is. */
  static async open(stage: Stage, file: string, options: Partial<WatchOptions> = {}): Promise<Post> {
    const chain = await openChain({ urls: [stage.local.url], chainId: 31337 })
    const heads = new HeadFollower(chain, { depth: 3, forceDepth: true })
    const database = await openDatabase(`sqlite:${file}`)
    await migrate(database, CURSOR_TABLES.name, CURSOR_TABLES.steps)
    const client = await connect(chain, stage.local.registry)
    const book = await openBook(database, client.registry)
    const hashOf = (number: number) => heads.hashOf(number)
    const parts = { chain, database, book, client, from: 1, hashOf, log: silentLog, ...options }
    const desk = new RegistryDesk(chain, client)
    return new Post({ stage, chain, heads, database, book, desk, watch: await Watch.open(parts) })
  }

  /** Looks at the chain. */
  async poll(): Promise<Head> {
    const head = await this.heads.poll()
    await this.watch.poll(head)
    return head
  }

  /** Looks at the chain, and takes its time for the registry's: nobody has stopped it. */
  async view(): Promise<View> {
    const head = await this.poll()
    return { head, clock: BigInt(head.latest.timestamp), baseFee: 1n, balance: undefined }
  }

  async close(): Promise<void> {
    this.chain.destroy()
    await this.database.close()
  }
}
