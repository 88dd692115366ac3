import { OnusError } from "../../protocol/errors.ts"
import { MemoryStore } from "../memory/store.ts"
import { begin, project } from "../project/project.ts"
import type { Finality } from "../source.ts"
import { type Block, type Node, malformed } from "./blocks.ts"
import type { Deployment } from "./contracts.ts"
import { decodeLog } from "./decode.ts"
import { LogReader } from "./logs.ts"

/** Blocks before the last one that are remembered for the case that the chain changes. */
const DEPTH = 4096
/** How often is read again what changes while it is read. */
const ATTEMPTS = 8

/** How far the rows are, and how far the chain is. */
export interface Height {
  readonly last: Block
  readonly head: Block
}

export interface FollowerOptions {
  readonly node: Node
  readonly deployment: Deployment
  readonly fromBlock: number
  readonly finality: Finality
  /** Is told how many blocks were read of how many. */
  readonly onProgress?: (read: number, all: number) => void
}

/** Keeps rows in memory as the chain has them. */
export class Follower {
  readonly #options: FollowerOptions
  readonly #logs: LogReader
  #store!: MemoryStore
  /** Blocks whose hashes are known, oldest first; the last one is that up to which everything was projected. */
  #known!: Block[]

  private constructor(options: FollowerOptions) {
    this.#options = options
    this.#logs = new LogReader(options.node, [...options.deployment.contracts.keys()])
  }

  static async open(options: FollowerOptions): Promise<Follower> {
    const follower = new Follower(options)
    await follower.#startAgain()
    return follower
  }

  get store(): MemoryStore {
    return this.#store
  }

  /**
   * Reads what is new, and undoes what is not in the chain any more.
   *
   * @throws OnusError `RpcUnreachable`, `RpcInvalid`, `ChainUnstable`.
   */
  async refresh(): Promise<Height> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const height = await this.#follow()
      if (height) return height
    }
    throw new OnusError("ChainUnstable", `The chain changed ${ATTEMPTS} times while it was read`, {
      hint: "Try again, or ask a single node instead of several behind one URL",
    })
  }

  /** @returns undefined if the chain changed meanwhile. */
  async #follow(): Promise<Height | undefined> {
    const { node, finality, fromBlock, onProgress } = this.#options
    const head = await node.block("latest")
    const last = finality === "latest" ? head : await node.block(finality)
    if (!head || !last) throw malformed(node.url, `no ${finality} block`)
    await this.#undo()
    const from = (this.#known.at(-1)?.number ?? fromBlock - 1) + 1
    if (last.number < from) return { last: this.#known.at(-1) ?? last, head }
    const logs = await this.#logs.read(from, last.number, (read) =>
      onProgress?.(read - from + 1, last.number - from + 1),
    )
    if ((await node.block(last.number))?.hash !== last.hash) return undefined
    try {
      await this.#apply(logs)
    } catch (error) {
      // Half of the logs were projected.
      await this.#startAgain()
      throw error
    }
    this.#know(last)
    return { last, head }
  }

  async #startAgain(): Promise<void> {
    this.#store = new MemoryStore()
    this.#known = []
    await begin(this.#store, this.#options.deployment)
  }

  async #apply(logs: Awaited<ReturnType<LogReader["read"]>>): Promise<void> {
    for (const { hash, ...log } of logs) {
      if (this.#known.at(-1)?.number !== log.block) {
        this.#know({ number: log.block, hash, time: log.time })
        this.#store.mark(log.block)
      }
      const event = decodeLog(this.#options.deployment.contracts.get(log.address)!, log)
      if (event) await project(this.#store, event)
    }
  }

  /** Remembers a block, and forgets those before which nothing can be undone any more. */
  #know(block: Block): void {
    if (this.#known.at(-1)?.number !== block.number) this.#known.push(block)
    const oldest = block.number - DEPTH
    this.#store.keep(oldest)
    while (this.#known[0].number < oldest) this.#known.shift()
  }

  /** Goes back to the last block that is still in the chain; to the beginning if none is known. */
  async #undo(): Promise<void> {
    const { node } = this.#options
    let isForked = false
    for (let last = this.#known.at(-1); last; last = this.#known.at(-1)) {
      if ((await node.block(last.number))?.hash === last.hash) break
      isForked = true
      this.#known.pop()
    }
    if (!isForked) return
    const fork = this.#known.at(-1)
    if (fork) this.#store.undoAfter(fork.number)
    else await this.#startAgain()
  }
}
