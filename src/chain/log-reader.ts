import { OnusError, isOnusError } from "../protocol/errors.ts"
import { blockOn, quantity } from "./block.ts"
import type { CallOptions } from "./endpoint.ts"
import type { Block } from "./heads.ts"
import { type ChainLog, type LogFilter, inOrder, parseLogs, placeOf } from "./log-filter.ts"
import { type Chain, resultOf } from "./provider.ts"
import type { ChainLogger, OneNode } from "./router.ts"

export interface LogReaderOptions {
  readonly chain: Chain
  readonly filter: LogFilter
  /** The most blocks that are asked for at once; 2,000 by default. */
  readonly span?: number | undefined
  /** The hash of a block where it is known. */
  readonly hashOf?: ((number: number) => string | undefined) | undefined
  readonly log?: ChainLogger | undefined
}

/** Logs of some blocks, as one node told them. */
interface Told {
  readonly logs: readonly ChainLog[]
  readonly last: Block
  readonly host: string
}

/** How much a range grows after one that went well. */
const GROWTH = 1.125

/** Reads logs in ranges as large as the nodes allow. */
export class LogReader {
  readonly #options: LogReaderOptions
  readonly #most: number
  #span: number

  constructor(options: LogReaderOptions) {
    this.#options = options
    this.#most = this.#span = Math.max(1, Math.floor(options.span ?? 2_000))
  }

  /** How many blocks are asked for at once now. */
  get span(): number {
    return Math.floor(this.#span)
  }

  /**
   * Reads all logs of some blocks, both ends included. Nothing is given unless all of it was read.
   *
   * @param last hash that the last block must have, if known.
   * @throws OnusError `BlockUnknown` when no node has the last block; what nodes refuse even for a single block; what a node's failure
   * throws. After a rate limit the range stays as it is: smaller ones would be more requests.
   */
  async read(
    from: number,
    to: number,
    { last, ...options }: CallOptions & { readonly last?: string | undefined } = {},
  ): Promise<Told> {
    const logs: ChainLog[] = []
    for (let next = from; ;) {
      const end = Math.min(to, next + this.span - 1)
      const told = await this.#attempt(next, end, end === to ? last : undefined, options)
      // Too much for the nodes: again with a smaller range, from where it failed.
      if (!told) continue
      logs.push(...told.logs)
      if (end === to) return { ...told, logs }
      next = end + 1
    }
  }

  /**
   * Adds what the nodes of other hosts tell of the same blocks: before blocks are never looked at again, no node alone is believed that
   * nothing was there.
   */
  async complete(
    from: number,
    to: number,
    { logs, host }: Told,
    options: CallOptions,
  ): Promise<readonly ChainLog[]> {
    const { chain, filter, log } = this.#options
    const known = new Set(logs.map(placeOf))
    const missed: ChainLog[] = []
    for (let next = from; next <= to; next += this.span) {
      const end = Math.min(to, next + this.span - 1)
      const range = [this.#question(next, end)]
      const said = await chain.everyNode("eth_getLogs", range, { ...options, except: host })
      for (const { host: other, result } of said) {
        const more = (parseLogs(result, filter, next, end) ?? []).filter((one) => !known.has(placeOf(one)))
        if (more.length === 0) continue
        log?.warn(
          { from: next, to: end, logs: more.length, host, other },
          "A node kept logs back that another one has",
        )
        for (const one of more) known.add(placeOf(one))
        missed.push(...more)
      }
    }
    return missed.length === 0 ? logs : inOrder([...logs, ...missed])
  }

  /** One question; undefined if it was too much and a smaller one makes sense. */
  async #attempt(
    from: number,
    to: number,
    last: string | undefined,
    options: CallOptions,
  ): Promise<Told | undefined> {
    const { chain } = this.#options
    try {
      const told = await chain.sameNode((node) => this.#ask(node, from, to, last), options)
      if (to - from + 1 >= this.span)
        this.#span = Math.min(this.#most, Math.max(this.#span * GROWTH, this.span + 1))
      return told
    } catch (error) {
      options.signal?.throwIfAborted()
      if (isOnusError(error, "RpcLimited") || isOnusError(error, "BlockUnknown")) throw error
      // Whatever went wrong, less may work better: now if it can be the range, with the next look if not.
      this.#span = Math.max(1, (to - from + 1) / 2)
      const isRange = isOnusError(error, "RpcRefused") || isOnusError(error, "RpcTimeout")
      if (isRange && to > from) return undefined
      throw error
    }
  }

  async #ask(node: OneNode, from: number, to: number, lastHash: string | undefined): Promise<Told> {
    // A node that has not got so far says that there is nothing, and is right as far as it knows.
    const last = await blockOn(node, to)
    if (!last) throw node.unfit("behind", `has no block ${to}`)
    if (lastHash !== undefined && last.hash !== lastHash)
      throw node.unfit("behind", `has another block ${to}`)
    const answer = await node.ask("eth_getLogs", [this.#question(from, to)])
    const logs = parseLogs(resultOf("eth_getLogs", answer), this.#options.filter, from, to)
    if (!logs) throw node.unfit("malformed", `tells logs that blocks ${from} to ${to} cannot have`)
    for (const { blockNumber, blockHash } of logs) {
      const known = blockNumber === to ? last.hash : this.#options.hashOf?.(blockNumber)
      if (known !== undefined && known !== blockHash)
        throw node.unfit("behind", `tells logs of another block ${blockNumber}`)
    }
    return { logs, last, host: node.host }
  }

  #question(from: number, to: number): object {
    const { addresses, topics } = this.#options.filter
    return { address: addresses, topics, fromBlock: quantity(from), toBlock: quantity(to) }
  }
}

/** The error for a cursor that is after the head. */
export function cursorAhead(name: string, cursor: number, latest: number): OnusError {
  return new OnusError(
    "CursorAhead",
    `The logs of ${name} were read up to block ${cursor}, the node is at ${latest}`,
    {
      hint: "The node is behind, or of another chain: look at it; nothing is concluded until it is there",
    },
  )
}
