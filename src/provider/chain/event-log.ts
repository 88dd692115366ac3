/** An event as a node tells it. */
export interface EventLog {
  readonly address: string
  readonly topics: readonly string[]
  readonly data: string
  readonly blockNumber: number
  readonly blockHash: string
  readonly transactionHash: string
  readonly index: number
}

/** How many events are remembered as seen. */
const REMEMBERED = 20_000

/**
 * Remembers which events were seen to already. What is not final yet is told again with every head; after a restart everything
 * since the last final block is new once more.
 */
export class Seen {
  readonly #names = new Set<string>()

  /** Whether it is the first time. */
  isNew({ blockHash, index }: Pick<EventLog, "blockHash" | "index">): boolean {
    return !this.#names.has(`${blockHash}/${index}`)
  }

  /** To be called when everything that follows from an event was done. */
  add({ blockHash, index }: Pick<EventLog, "blockHash" | "index">): void {
    this.#names.add(`${blockHash}/${index}`)
    if (this.#names.size <= REMEMBERED) return
    const [oldest] = this.#names
    this.#names.delete(oldest)
  }
}
