import type { Wallet } from "ethers"
import type { Chain } from "../../../src/chain/provider.ts"
import type { TransactionManager } from "../../../src/chain/transactions/manager.ts"
import { openTransactions } from "../../../src/chain/transactions/open.ts"
import type { Intent } from "../../../src/chain/transactions/transactions.ts"
import type { Book } from "../../../src/challenger/book.ts"
import { openBook } from "../../../src/challenger/book/open.ts"
import type { Checker, Opinion } from "../../../src/challenger/check.ts"
import { type Play, openPlay } from "../../../src/challenger/play/open.ts"
import { DEFAULT_SPENDING, type SpendPolicy } from "../../../src/challenger/value/policy.ts"
import type { View } from "../../../src/challenger/view.ts"
import type { Execution } from "../../../src/engine/executor.ts"
import { connect } from "../../../src/sdk/client.ts"
import { createLog, type Log } from "../../../src/service/log.ts"
import { MemoryDatabase } from "../../chain/memory-database.ts"
import { Bell, keyOf } from "../../chain/transactions/stage.ts"
import { account } from "../../cli/chain.ts"
import type { Court } from "../../faults/court.ts"
import { directChain } from "./direct-chain.ts"
import { MemoryBook } from "./memory-book.ts"

/** What a challenger's own machine computes, and what is served to it. */
export interface Machine {
  run: Execution
  opinion: Opinion
}

export interface ArenaOptions {
  readonly policy?: Partial<SpendPolicy>
  readonly isDry?: boolean
  readonly wallet?: Wallet
}

/** A challenger that plays before a court, with a disk, which can be started again at any time. */
export class Arena {
  readonly court: Court
  readonly book = new MemoryBook()
  readonly bell = new Bell()
  readonly machine: Machine
  readonly wallet: Wallet
  readonly lines: string[] = []
  /** How often the answer was run or checked. */
  runs = 0
  /** Ends the program, by an error, before or after something is on the disk. */
  crash: ((when: "before" | "after", intent: Intent) => void) | undefined
  /** Everything that was ever submitted. */
  readonly submitted: Intent[] = []
  readonly chain: Chain
  readonly #options: ArenaOptions
  readonly #database = new MemoryDatabase()
  #transactions: TransactionManager | undefined
  #play: Play | undefined

  constructor(court: Court, machine: Machine, options: ArenaOptions = {}) {
    this.court = court
    this.machine = machine
    this.wallet = options.wallet ?? account(4)
    this.#options = options
    this.chain = directChain(court.connection, court.registry.chainId)
  }

  get me(): string {
    return this.wallet.address.toLowerCase()
  }

  get play(): Play {
    return this.#play!
  }

  get transactions(): TransactionManager {
    return this.#transactions!
  }

  /** Starts the program, or starts it again after it was killed: all that it had in memory is gone. */
  async start(): Promise<this> {
    const database = this.#database
    await openBook(database, this.court.registry)
    const alerts = this.bell
    const log = this.#log()
    const key = keyOf(this.wallet)
    const manager = await openTransactions({ database, chain: this.chain, key, alerts })
    this.#transactions = manager
    const submit = manager.submit.bind(manager)
    manager.submit = async (intent) => {
      if (!this.submitted.some(({ key: known }) => known === intent.key)) this.submitted.push(intent)
      this.crash?.("before", intent)
      await submit(intent)
      this.crash?.("after", intent)
    }
    const checker: Pick<Checker, "check" | "runOf" | "programOf"> = {
      check: () => this.#ran(this.machine.opinion),
      runOf: () => this.#ran(this.machine.run),
      programOf: () => Promise.resolve(this.machine.run.program),
    }
    this.#play = await openPlay({
      database,
      chain: this.chain,
      client: await connect(this.chain, this.court.registry.address),
      book: this.book as unknown as Book,
      checker,
      transactions: manager,
      account: this.wallet.address,
      policy: { ...DEFAULT_SPENDING, ...this.#options.policy },
      fromBlock: 0,
      isDry: this.#options.isDry ?? false,
      log,
      alerts,
    })
    return this
  }

  async view(): Promise<View> {
    const latest = (await this.chain.blockAt("latest"))!
    const block = (await this.chain.getBlock("latest"))!
    const clock = await this.court.onus.clock()
    return {
      head: { latest, final: latest.number - 2 },
      clock,
      baseFee: block.baseFeePerGas ?? 0n,
      balance: undefined,
    }
  }

  /** What happens with one head. Transactions get into blocks at once. */
  async tick(): Promise<void> {
    const view = await this.view()
    await this.play.player.tick(view)
    await this.transactions.tick(view.head)
    await this.mine()
  }

  async ticks(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.tick()
  }

  /** Goes on until something is so. */
  async until(
    isSo: () => boolean | Promise<boolean>,
    most = 40,
    between?: () => Promise<void>,
  ): Promise<void> {
    for (let i = 0; i < most; i++) {
      if (await isSo()) return
      await this.tick()
      await between?.()
    }
    throw new Error(`It does not come to it: ${this.lines.slice(-12).join("\n")}`)
  }

  async mine(blocks = 1): Promise<void> {
    await this.court.connection.networkHelpers.mine(blocks, { interval: 1 })
  }

  /** Lets seconds and 400 blocks go by. */
  async pass(seconds: number): Promise<void> {
    await this.court.connection.networkHelpers.mine(400, { interval: Math.ceil(seconds / 400) })
  }

  /** Kinds of what was submitted, in order. */
  get kinds(): readonly string[] {
    return this.submitted.map(({ kind }) => kind)
  }

  async close(): Promise<void> {
    await this.#database.close()
    this.chain.destroy()
  }

  #ran<T>(result: T): Promise<T> {
    this.runs++
    return Promise.resolve(result)
  }

  #log(): Log {
    const destination = { write: (line: string) => void this.lines.push(line) }
    return createLog({ level: "debug", destination })
  }
}
