import { cpSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { AbiCoder, JsonRpcProvider, Transaction, Wallet, keccak256, parseEther, toQuantity } from "ethers"
import { network } from "hardhat"
import type { Head } from "../../../src/chain/heads.ts"
import type { TransactionManager } from "../../../src/chain/transactions/manager.ts"
import { type TransactionsOptions, openTransactions } from "../../../src/chain/transactions/open.ts"
import { DEFAULT_POLICY, type Policy } from "../../../src/chain/transactions/policy.ts"
import { type Intent, Priority } from "../../../src/chain/transactions/transactions.ts"
import type { Alert, Alerts } from "../../../src/service/alerts.ts"
import type { Key } from "../../../src/service/key.ts"
import type { Database } from "../../../src/store/database.ts"
import { type DemoToken, DemoToken__factory } from "../../../types/contracts/index.js"
import { account } from "../../cli/chain.ts"
import { openDatabase } from "../../../src/store/open.ts"

export const GWEI = 10n ** 9n

/** Alerts that stand, by code. */
export class Bell implements Alerts {
  readonly standing = new Map<string, Alert>()

  raise(alert: Alert): void {
    this.standing.set(alert.code, alert)
  }

  resolve(code: string): void {
    this.standing.delete(code)
  }
}

/** A key in memory. */
export function keyOf(wallet: Wallet): Key {
  return {
    address: wallet.address,
    sign: (preimage) => Promise.resolve(wallet.signingKey.sign(keccak256(preimage)).serialized),
  }
}

/** A chain with a token that counts effects: each intent mints another amount. It mines when it is told to. */
export class Stage {
  readonly chain: JsonRpcProvider
  readonly token: DemoToken
  readonly url: string
  readonly #close: () => Promise<void>
  readonly #chains: JsonRpcProvider[] = []
  readonly #folders: string[] = []
  readonly #databases: Database[] = []
  #snapshot = ""

  private constructor(url: string, chain: JsonRpcProvider, token: DemoToken, close: () => Promise<void>) {
    this.url = url
    this.chain = chain
    this.token = token
    this.#close = close
  }

  static async open(): Promise<Stage> {
    const server = await network.createServer("default", "127.0.0.1")
    const { port } = await server.listen()
    const url = `http://127.0.0.1:${port}`
    const chain = new JsonRpcProvider(url, undefined, {
      cacheTimeout: -1,
      staticNetwork: true,
      batchMaxCount: 1,
    })
    const token = await new DemoToken__factory(account(0).connect(chain)).deploy()
    await token.waitForDeployment()
    return new Stage(url, chain, token, () => server.close())
  }

  /** Starts from the same state each time: no automatic blocks, a full account, gas for one gwei. */
  async reset(): Promise<void> {
    if (this.#snapshot) await this.rpc("evm_revert", this.#snapshot)
    this.#snapshot = (await this.rpc("evm_snapshot")) as string
    await this.rpc("evm_setAutomine", false)
    await this.setBalance(parseEther("10"))
    await this.setBaseFee(GWEI)
  }

  rpc(method: string, ...params: unknown[]): Promise<unknown> {
    return this.chain.send(method, params)
  }

  async mine(blocks = 1): Promise<void> {
    for (let i = 0; i < blocks; i++) await this.rpc("evm_mine")
  }

  /** Base fee of the next block. */
  async setBaseFee(wei: bigint): Promise<void> {
    await this.rpc("hardhat_setNextBlockBaseFeePerGas", toQuantity(wei))
  }

  async setBalance(wei: bigint): Promise<void> {
    await this.rpc("hardhat_setBalance", this.key.address, toQuantity(wei))
  }

  /** The account under test. */
  readonly wallet = account(7)
  readonly key = keyOf(this.wallet)
  readonly otherKey = keyOf(account(8))

  async head(depth = 2): Promise<Head> {
    const { number, hash, parentHash, timestamp } = (await this.chain.getBlock("latest"))!
    return { latest: { number, hash: hash!, parentHash, timestamp }, final: number - depth }
  }

  /** What the account's transactions in the pool offer and are. */
  async pool(): Promise<{ hash: string; nonce: number; most: bigint; tip: bigint; to: string }[]> {
    const block = (await this.rpc("eth_getBlockByNumber", "pending", true)) as {
      transactions: Record<string, string>[]
    }
    return block.transactions
      .filter(({ from }) => from.toLowerCase() === this.key.address.toLowerCase())
      .map(({ hash, nonce, maxFeePerGas, maxPriorityFeePerGas, to }) => ({
        hash,
        nonce: Number(nonce),
        most: BigInt(maxFeePerGas),
        tip: BigInt(maxPriorityFeePerGas),
        to,
      }))
  }

  /** An intent whose only effect is that so many units are minted for its own recipient. */
  mint(key: string, amount: bigint, more: Partial<Intent> = {}): Intent {
    const data = this.token.interface.encodeFunctionData("mint", [this.recipient(amount), amount])
    return { key, priority: Priority.Anchor, kind: "mint", to: this.#address, data, value: 0n, ...more }
  }

  /** An intent that the token refuses, as the account owns nothing. */
  overspend(key: string, more: Partial<Intent> = {}): Intent {
    const data = this.token.interface.encodeFunctionData("transfer", [account(1).address, 1n])
    return { key, priority: Priority.Anchor, kind: "spend", to: this.#address, data, value: 0n, ...more }
  }

  /** How often an intent to mint an amount has happened. */
  async effects(amount: bigint): Promise<number> {
    return Number((await this.token.balanceOf(this.recipient(amount))) / amount)
  }

  /** Takes all tokens from an account, as no transaction of its own would. */
  async burnTokens(owner: string): Promise<void> {
    const slot = keccak256(AbiCoder.defaultAbiCoder().encode(["address", "uint256"], [owner, 0]))
    await this.rpc("hardhat_setStorageAt", this.#address, slot, `0x${"00".repeat(32)}`)
  }

  /** The chain behind a node that fails at some methods, after it has done what it was asked if `isDone` says so. */
  failing(faults: ReadonlyMap<string, Error>, isDone: () => boolean = () => false): JsonRpcProvider {
    return this.#intercepted(async (method, forward) => {
      const fault = faults.get(method)
      if (!fault) return forward()
      if (isDone()) await forward().catch(() => undefined)
      throw fault
    })
  }

  /** The chain behind a node that answers some methods with what it is given. */
  answering(answers: Readonly<Record<string, unknown>>): JsonRpcProvider {
    return this.#intercepted((method, forward) =>
      method in answers ? Promise.resolve(answers[method]) : forward(),
    )
  }

  #intercepted(
    answer: (method: string, forward: () => Promise<unknown>) => Promise<unknown>,
  ): JsonRpcProvider {
    const chain = new JsonRpcProvider(this.url, undefined, {
      cacheTimeout: -1,
      staticNetwork: true,
      batchMaxCount: 1,
    })
    const send = chain.send.bind(chain)
    chain.send = (method, params) => answer(method, () => send(method, params as unknown[])) as Promise<never>
    this.#chains.push(chain)
    return chain
  }

  recipient = (amount: bigint): string => `0x${amount.toString(16).padStart(40, "e")}`

  get #address(): string {
    return this.token.target as string
  }

  /** A new database file. */
  newDatabaseUrl(): string {
    const folder = mkdtempSync(join(tmpdir(), "onus-transactions-"))
    this.#folders.push(folder)
    return `sqlite:${join(folder, "test.db")}`
  }

  /** A copy of a database that nobody has open. */
  copyDatabase(url: string): string {
    const copy = this.newDatabaseUrl()
    cpSync(dirname(pathOf(url)), dirname(pathOf(copy)), { recursive: true })
    return copy
  }

  async openOn(url: string) {
    return this.open({ database: await this.openDatabase(url) })
  }

  /** The signed bytes of a transaction in the pool or in a block. */
  async rawOf(hash: string): Promise<string> {
    return Transaction.from((await this.chain.getTransaction(hash))!).serialized
  }

  async openDatabase(url = this.newDatabaseUrl()): Promise<Database> {
    const database = await openDatabase(url)
    this.#databases.push(database)
    return database
  }

  async open(more: Partial<Omit<TransactionsOptions, "policy">> & { policy?: Partial<Policy> } = {}) {
    const bell = new Bell()
    const database = more.database ?? (await this.openDatabase())
    const policy = { ...TEST_POLICY, ...more.policy }
    const options = { chain: this.chain, key: this.key, alerts: bell, ...more, database, policy }
    const transactions = await openTransactions(options)
    return {
      transactions,
      bell,
      database,
      tick: async (depth?: number) => transactions.tick(await this.head(depth)),
    }
  }

  /** Mines and ticks until an intent has its outcome. */
  async finish(transactions: TransactionManager, key: string, blocks = 12) {
    for (let i = 0; i < blocks; i++) {
      await transactions.tick(await this.head())
      const outcome = await transactions.outcomeOf(key)
      if (outcome) return outcome
      await this.mine()
    }
    throw new Error(`${key} has no outcome after ${blocks} blocks: ${describe(transactions)}`)
  }

  async close(): Promise<void> {
    for (const chain of [this.chain, ...this.#chains]) chain.destroy()
    await this.#close()
    for (const database of this.#databases) await database.close().catch(() => undefined)
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true })
  }
}

const TEST_POLICY: Partial<Policy> = {
  caps: { defence: 500n * GWEI, anchor: 50n * GWEI, claim: 5n * GWEI },
  tip: { least: GWEI / 100n, most: 2n * GWEI },
  defenceReserve: DEFAULT_POLICY.defenceReserve,
}

const describe = (transactions: TransactionManager): string =>
  JSON.stringify(transactions.pending(), (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  )

const pathOf = (url: string): string => url.replace("sqlite:", "")

/** Bytes of a signed transaction by somebody who shares the key. */
export async function foreign(stage: Stage, nonce: number): Promise<string> {
  const { chainId } = await stage.chain.getNetwork()
  const fees = { maxFeePerGas: 100n * GWEI, maxPriorityFeePerGas: 3n * GWEI }
  const to = account(2).address
  return stage.wallet.signTransaction({ type: 2, chainId, nonce, to, value: 1n, gasLimit: 21_000n, ...fees })
}
