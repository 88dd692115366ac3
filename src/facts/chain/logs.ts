import { isError, toQuantity } from "ethers"
import { isOnusError } from "../../protocol/errors.ts"
import { type Block, type Node, malformed, quantityOf } from "./blocks.ts"
import type { TimedLog } from "./decode.ts"

/** Blocks that are asked for at once: at first, and at most. */
const FIRST_SPAN = 10_000
const LONGEST_SPAN = 200_000
/** By how much more is asked for after each answer: what was refused once is so again, in few of many questions. */
const GROWTH = 1.25

type PlainLog = Omit<TimedLog, "time"> & { readonly hash: string; readonly time: number | undefined }

/** Reads all logs of some contracts, as many blocks at once as the node allows. */
export class LogReader {
  readonly #node: Node
  readonly #addresses: readonly string[]
  #span = FIRST_SPAN

  constructor(node: Node, addresses: readonly string[]) {
    this.#node = node
    this.#addresses = addresses
  }

  /**
   * Logs of the blocks from one to another, in order.
   *
   * @param progress is told the last block that was read.
   * @throws OnusError `RpcUnreachable`, `RpcInvalid`; what the node says if it refuses even one block.
   */
  async read(
    from: number,
    to: number,
    progress: (block: number) => void,
  ): Promise<readonly (TimedLog & { readonly hash: string })[]> {
    const logs: PlainLog[] = []
    for (let first = from; first <= to;) {
      const last = Math.min(first + this.#span - 1, to)
      const part = await this.#ask(first, last)
      if (!part) continue
      for (const log of part) logs.push(log)
      progress(last)
      first = last + 1
      this.#span = Math.min(Math.ceil(this.#span * GROWTH), LONGEST_SPAN)
    }
    return this.#timed(logs)
  }

  /** @returns undefined if the node refuses so many blocks. */
  async #ask(first: number, last: number): Promise<PlainLog[] | undefined> {
    const filter = { address: this.#addresses, fromBlock: toQuantity(first), toBlock: toQuantity(last) }
    try {
      return this.#parse(await this.#node.ask("eth_getLogs", [filter]), first, last)
    } catch (error) {
      const isSlow = isError((error as Error).cause, "TIMEOUT")
      if (first === last || (isOnusError(error) && !isSlow)) throw error
      this.#span = Math.max(Math.floor((last - first + 1) / 2), 1)
      return undefined
    }
  }

  #parse(value: unknown, first: number, last: number): PlainLog[] {
    if (!Array.isArray(value)) throw malformed(this.#node.url, "logs that are no list")
    const logs = (value as Record<string, unknown>[]).map((log) => ({
      address: String(log.address).toLowerCase(),
      topics: log.topics as readonly string[],
      data: String(log.data),
      block: quantityOf(log.blockNumber),
      hash: String(log.blockHash),
      time: log.blockTimestamp === undefined ? undefined : quantityOf(log.blockTimestamp),
      transaction: String(log.transactionHash).toLowerCase(),
      logIndex: quantityOf(log.logIndex),
    }))
    for (const { address, block, topics } of logs)
      if (!this.#addresses.includes(address) || block < first || block > last || !Array.isArray(topics))
        throw malformed(this.#node.url, `a log of ${address} in block ${block}`)
    return logs.sort((a, b) => a.block - b.block || a.logIndex - b.logIndex)
  }

  /** Most nodes do not say with a log when its block was made. */
  async #timed(logs: readonly PlainLog[]): Promise<readonly (TimedLog & { readonly hash: string })[]> {
    const numbers = [...new Set(logs.filter(({ time }) => time === undefined).map(({ block }) => block))]
    const times = new Map<number, Block>()
    for (let i = 0; i < numbers.length; i += 100) {
      const blocks = await Promise.all(numbers.slice(i, i + 100).map((number) => this.#node.block(number)))
      for (const block of blocks) if (block) times.set(block.number, block)
    }
    return logs.map((log) => {
      const time = log.time ?? times.get(log.block)?.time
      if (time === undefined) throw malformed(this.#node.url, `no block ${log.block}, which has a log`)
      return { ...log, time }
    })
  }
}
