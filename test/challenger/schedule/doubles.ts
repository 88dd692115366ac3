import type { Known, KnownBatch } from "../../../src/challenger/book.ts"
import type { Opinion } from "../../../src/challenger/check.ts"
import type { Sighting } from "../../../src/challenger/sighting.ts"
import type { Sources } from "../../../src/challenger/sources.ts"
import type { View } from "../../../src/challenger/view.ts"
import { OnusError } from "../../../src/protocol/errors.ts"

/** Providers as a test has them answer. */
export class TestSources implements Pick<Sources, "list" | "receipt"> {
  /** What is listed for a batch. */
  readonly lists = new Map<string, readonly Sighting[]>()
  /** What is shown of a receipt. */
  readonly receipts = new Map<string, Sighting>()
  /** The code that everything else fails with. */
  failure = "FetchMissing"
  readonly asked: string[] = []

  list({ id }: KnownBatch): Promise<readonly Sighting[]> {
    return this.#answer(id, this.lists.get(id))
  }

  receipt(_provider: string, id: string): Promise<Sighting> {
    return this.#answer(id, this.receipts.get(id))
  }

  #answer<T>(id: string, answer: T | undefined): Promise<T> {
    this.asked.push(id)
    return answer ? Promise.resolve(answer) : Promise.reject(new OnusError(this.failure, `Not for ${id}`))
  }
}

/** A checker that holds each receipt until a test says what is found. */
export class TestChecker {
  /** Receipts in the order in which they were begun. */
  readonly begun: string[] = []
  readonly #waiting = new Map<string, (opinion: Opinion) => void>()
  /** What is found of receipts that are not waited for. */
  opinion: Opinion | undefined

  get running(): readonly string[] {
    return [...this.#waiting.keys()]
  }

  check({ id }: Known): Promise<Opinion> {
    this.begun.push(id)
    if (this.opinion) return Promise.resolve(this.opinion)
    return new Promise((resolve) => this.#waiting.set(id, resolve))
  }

  find(id: string, opinion: Opinion): void {
    const resolve = this.#waiting.get(id)!
    this.#waiting.delete(id)
    resolve(opinion)
  }
}

/** A head at a time; the registry's clock has not been stopped. */
export function viewAt(time: number, block = time): View {
  const latest = { number: block, hash: `0x${block}`, parentHash: "0x", timestamp: time }
  return { head: { latest, final: block }, clock: BigInt(time), baseFee: 1n, balance: undefined }
}
