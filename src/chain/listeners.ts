import type { ChainLogger } from "./router.ts"

/** Those who want to be told of something. One that throws harms nobody else. */
export class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>()
  readonly #log: ChainLogger | undefined

  constructor(log?: ChainLogger) {
    this.#log = log
  }

  /** @returns what ends it. */
  add(listener: (value: T) => void): () => void {
    // Wrapped, so that one function can listen twice and end each by itself.
    const entry = (value: T): void => listener(value)
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  tell(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value)
      } catch (error) {
        this.#log?.error({ error }, "A listener failed")
      }
    }
  }
}
