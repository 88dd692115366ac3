import { setTimeout as wait } from "node:timers/promises"
import { OnusError } from "../protocol/errors.ts"
import { blockOn, parseBlock, quantity } from "./block.ts"
import type { CallOptions } from "./endpoint.ts"
import { type Finality, type FinalityOptions, chooseFinality, finalAt } from "./finality.ts"
import type { Block, Head } from "./heads.ts"
import { type BlockReader, KnownBlocks } from "./known-blocks.ts"
import { Listeners } from "./listeners.ts"
import type { Chain } from "./provider.ts"
import type { ChainLogger, OneNode } from "./router.ts"

/** Attempts to find a latest block that the final one is not after. */
const BEGINNINGS = 5

export interface HeadOptions extends FinalityOptions {
  /** Milliseconds between two looks at the chain; 1,000 by default. */
  readonly every?: number
  /** The wall clock in milliseconds. */
  readonly clock?: () => number
  readonly log?: ChainLogger
}

/** Blocks that were replaced by others. */
export interface Reorg {
  /** How many blocks are gone. */
  readonly depth: number
  /** The number of the first block that is another one now. */
  readonly from: number
}

/**
 * Follows the head of a chain, and notices when blocks are replaced.
 *
 * The head goes back only to a block that is linked by parent hashes to a known one: a node that lags is not a reorganisation. When a
 * final block is replaced nothing that was concluded holds any more: every further look fails with `ReorgTooDeep`.
 */
export class HeadFollower {
  readonly #chain: Chain
  readonly #options: HeadOptions
  readonly #heads: Listeners<Head>
  readonly #reorgs: Listeners<Reorg>
  readonly #tooDeep: Listeners<OnusError>
  #known: KnownBlocks | undefined
  #current: Head | undefined
  #finality: Finality | undefined
  #seenAt: number
  #skew: number | undefined
  #broken: OnusError | undefined
  #polling: Promise<Head> | undefined
  #stop: AbortController | undefined

  constructor(chain: Chain, options: HeadOptions = {}) {
    this.#chain = chain
    this.#options = options
    this.#heads = new Listeners(options.log)
    this.#reorgs = new Listeners(options.log)
    this.#tooDeep = new Listeners(options.log)
    this.#seenAt = this.#clock()
  }

  /** Where the chain was at the last look; undefined before the first. */
  get current(): Head | undefined {
    return this.#current
  }

  /** How the final block is known; undefined before the first look. */
  get finality(): Finality | undefined {
    return this.#finality
  }

  /** The chain's time in Unix seconds: that of the latest block. */
  get now(): number | undefined {
    return this.#current?.latest.timestamp
  }

  /** Seconds that the wall clock was ahead of the latest block when that was first seen. */
  get skew(): number | undefined {
    return this.#skew
  }

  /** Seconds of the wall clock since a new block was seen. */
  get age(): number {
    return (this.#clock() - this.#seenAt) / 1000
  }

  /** The hash of a block as far as it is known. */
  hashOf(number: number): string | undefined {
    return this.#known?.at(number)?.hash
  }

  /** Tells every new head. @returns what ends that. */
  onHead(listener: (head: Head) => void): () => void {
    return this.#heads.add(listener)
  }

  /** Tells, before the new head, that blocks were replaced. @returns what ends that. */
  onReorg(listener: (reorg: Reorg) => void): () => void {
    return this.#reorgs.add(listener)
  }

  /** Tells that a final block was replaced: the program has to stop. @returns what ends that. */
  onReorgTooDeep(listener: (error: OnusError) => void): () => void {
    return this.#tooDeep.add(listener)
  }

  /** Waits for the next new head. @throws the signal's reason, or `ReorgTooDeep`. */
  next({ signal }: CallOptions = {}): Promise<Head> {
    return new Promise((resolve, reject) => {
      if (this.#broken) return reject(this.#broken)
      if (signal?.aborted) return reject(signal.reason as Error)
      const ends = [
        this.onHead((head) => settle(() => resolve(head))),
        this.onReorgTooDeep((error) => settle(() => reject(error))),
      ]
      const onAbort = (): void => settle(() => reject(signal?.reason as Error))
      const settle = (done: () => void): void => {
        for (const end of ends) end()
        signal?.removeEventListener("abort", onAbort)
        done()
      }
      signal?.addEventListener("abort", onAbort)
    })
  }

  /**
   * Looks once, and goes on looking.
   *
   * @throws OnusError `FinalityUnknown` when nothing says which block is final; what a node's failure throws.
   */
  async start(options: CallOptions = {}): Promise<Head> {
    const head = await this.poll(options)
    if (!this.#stop) {
      this.#stop = new AbortController()
      void this.#run(this.#stop.signal)
    }
    return head
  }

  /** Looks no more. */
  stop(): void {
    this.#stop?.abort()
    this.#stop = undefined
  }

  /**
   * Looks once; who asks while somebody looks gets the same.
   *
   * @throws OnusError `ReorgTooDeep` when a final block was replaced, now or earlier; what a node's failure throws.
   */
  poll(options: CallOptions = {}): Promise<Head> {
    this.#polling ??= this.#look(options).finally(() => (this.#polling = undefined))
    return this.#polling
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { every = 1_000, log } = this.#options
    while (!signal.aborted && !this.#broken) {
      await wait(every, undefined, { signal, ref: false }).catch(() => undefined)
      if (signal.aborted) return
      await this.poll({ signal }).catch((error: unknown) => {
        if (!signal.aborted) log?.warn({ error }, "The head of the chain could not be read")
      })
    }
  }

  async #look(options: CallOptions): Promise<Head> {
    if (this.#broken) throw this.#broken
    const latest = await this.#chain.latest(options)
    if (!this.#known) return this.#beginAt(latest, options)
    if (!this.#known.has(latest)) await this.#advance(this.#known, latest, options)
    return this.#update(this.#known, options)
  }

  /** Where blocks are final at once, the final one may be newer than the latest was when it was asked for: then both are again. */
  async #beginAt(latest: Block, options: CallOptions): Promise<Head> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#begin(latest, options)
      } catch (error) {
        const newer = tries < BEGINNINGS && !this.#known ? await this.#chain.latest(options) : latest
        if (newer.hash === latest.hash) throw error
        latest = newer
      }
    }
  }

  async #begin(latest: Block, options: CallOptions): Promise<Head> {
    this.#finality = await chooseFinality(this.#chain, latest, this.#options, options)
    const final = await finalAt(this.#chain, latest, this.#finality, this.#options, options)
    if (!final)
      throw new OnusError("BlockUnknown", `No node has a block that is final at block ${latest.number}`)
    this.#known = new KnownBlocks(latest, final)
    this.#saw(latest)
    this.#options.log?.info(
      { finality: this.#finality, latest: latest.number, final: final.number },
      "Following the chain",
    )
    return this.#publish(this.#known)
  }

  /** Takes a block that is not known as the latest, unless it is only what a node believes that is behind or astray. */
  async #advance(known: KnownBlocks, block: Block, options: CallOptions): Promise<void> {
    const { latest, final } = known
    // Too old to be compared, or where nobody looked: a node that lags, or that is still syncing.
    const isShorter = block.number <= latest.number
    if (block.number <= final.number || (isShorter && !known.at(block.number))) return
    const { fork, path } = await known.pathTo(block, readerOf(this.#chain, options))
    if (fork === undefined) {
      if (await this.#isReplaced(final, options)) return this.#break(final, block)
      return this.#warn(block, "a node is on another chain")
    }
    // A longer chain wins; one that is not longer only when nobody has the old one any more.
    if (isShorter && (await this.#hashesAt(latest.number, options)).includes(latest.hash))
      return this.#warn(block, "a node is behind and on a branch of its own")
    known.follow(fork, path)
    this.#saw(block)
    if (fork < latest.number) this.#reorgs.tell({ depth: latest.number - fork, from: fork + 1 })
  }

  /** Moves the final block on, and tells of what is new. */
  async #update(known: KnownBlocks, options: CallOptions): Promise<Head> {
    const { latest } = known
    const { latest: before, final: finalBefore } = this.#current ?? {}
    if (this.#finality === "tag" || latest.hash !== before?.hash) {
      const byDepth = this.#finality === "depth" ? known.at(latest.number - this.#options.depth!) : undefined
      const final = byDepth ?? (await finalAt(this.#chain, latest, this.#finality!, this.#options, options))
      if (final) known.finalise(final)
    }
    if (latest.hash === before?.hash && known.final.number === finalBefore) return this.#current!
    return this.#publish(known)
  }

  #publish({ latest, final }: KnownBlocks): Head {
    this.#current = { latest, final: final.number }
    this.#heads.tell(this.#current)
    return this.#current
  }

  /**
   * Whether a final block was replaced.
   *
   * @throws OnusError `RpcUnavailable` as long as a node that could know better has not been heard.
   */
  async #isReplaced({ number, hash }: Block, options: CallOptions): Promise<boolean> {
    const hashes = await this.#hashesAt(number, options)
    if (hashes.includes(hash)) return false
    const nodes = this.#chain.health.filter(({ excluded }) => !excluded)
    if (hashes.length === nodes.length && !hashes.includes(undefined)) return true
    throw new OnusError("RpcUnavailable", `A node says that block ${number}, which was final, was replaced`, {
      hint: "Other nodes that could know better do not answer: nothing is concluded before they do",
    })
  }

  /** What each node that answers has at a height, undefined where it has nothing. */
  async #hashesAt(number: number, options: CallOptions): Promise<readonly (string | undefined)[]> {
    const said = await this.#chain.everyNode("eth_getBlockByNumber", [quantity(number), false], options)
    return said.map(({ result }) => parseBlock(result)?.hash)
  }

  #break(final: Block, block: Block): never {
    this.#broken = new OnusError(
      "ReorgTooDeep",
      `Block ${final.number} (${final.hash}) was final and is not in the chain of block ${block.number} (${block.hash})`,
      {
        hint: "Find out which chain is right before this program runs again: it may have concluded what does not hold",
      },
    )
    this.#tooDeep.tell(this.#broken)
    throw this.#broken
  }

  #warn({ number, hash }: Block, what: string): void {
    this.#options.log?.warn({ number, hash }, `A head was ignored: ${what}`)
  }

  #saw({ timestamp }: Block): void {
    this.#seenAt = this.#clock()
    this.#skew = this.#seenAt / 1000 - timestamp
  }

  #clock(): number {
    return this.#options.clock?.() ?? Date.now()
  }
}

function readerOf(chain: Chain, options: CallOptions): BlockReader {
  return {
    block: (hash) => chain.blockAt(hash, options),
    ancestor: (block, number) => chain.sameNode((node) => ancestorOn(node, block, number), options),
  }
}

async function ancestorOn(node: OneNode, block: Block, number: number): Promise<Block | undefined> {
  const [there, ancestor] = [await blockOn(node, block.number), await blockOn(node, number)]
  if (there?.hash !== block.hash) throw node.unfit("behind", `has not block ${block.number} (${block.hash})`)
  return ancestor
}
