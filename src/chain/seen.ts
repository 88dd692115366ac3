import { type ChainLog, placeOf } from "./log-filter.ts"

/** How many events are remembered as seen. */
const REMEMBERED = 20_000

/**
 * Remembers which events were seen to already. What is not final yet is told again with every head; after a restart everything
 * since the last final block is new once more.
 */
export class Seen {
  readonly #names = new Set<string>()

  /** Whether it is the first time. */
  isNew(log: Pick<ChainLog, "blockHash" | "index">): boolean {
    return !this.#names.has(placeOf(log))
  }

  /** To be called when everything that follows from an event was done. */
  add(log: Pick<ChainLog, "blockHash" | "index">): void {
    this.#names.add(placeOf(log))
    if (this.#names.size <= REMEMBERED) return
    const [oldest] = this.#names
    this.#names.delete(oldest)
  }
}
