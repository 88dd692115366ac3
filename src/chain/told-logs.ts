import type { Head } from "./heads.ts"
import type { ChainLog, LogFilter } from "./log-filter.ts"
import { LogReader } from "./log-reader.ts"
import type { Chain } from "./provider.ts"

/**
 * All logs of a filter from a block on, in memory: for the few that one contract has about one thing. With each head only what is not
 * final yet is read again.
 */
export class ToldLogs {
  readonly #reader: LogReader
  /** The first block that was not read for good. */
  #next: number
  #logs: readonly ChainLog[] = []

  constructor(chain: Chain, filter: LogFilter, from: number) {
    this.#reader = new LogReader({ chain, filter })
    this.#next = from
  }

  /** Those up to a head. */
  async upTo({ latest, final }: Head): Promise<readonly ChainLog[]> {
    const from = this.#next
    if (from > latest.number) return this.#logs
    const told = await this.#reader.read(from, latest.number, { last: latest.hash })
    if (final < from) return [...this.#logs, ...told.logs]
    const all = await this.#reader.complete(from, final, told, {})
    this.#logs = [...this.#logs, ...all.filter(({ blockNumber }) => blockNumber <= final)]
    this.#next = final + 1
    return [...this.#logs, ...all.filter(({ blockNumber }) => blockNumber > final)]
  }
}
