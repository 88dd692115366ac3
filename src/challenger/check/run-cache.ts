import type { Execution } from "../../engine/executor.ts"

interface Entry {
  readonly run: Promise<Execution>
  readonly bytes: number
}

/** Runs with everything kept, by receipt, as many as fit: a game asks for the same one at every block. */
export class RunCache {
  readonly #most: number
  /** The last one used is the last one. */
  readonly #entries = new Map<string, Entry>()
  #bytes = 0

  /** @param most Bytes of all of them; one is kept however large it is. */
  constructor(most: number) {
    this.#most = most
  }

  /** @param bytes What the run takes. */
  get(id: string, bytes: number, run: () => Promise<Execution>): Promise<Execution> {
    const entry = this.#entries.get(id) ?? this.#start(id, bytes, run)
    this.forget(id)
    this.#entries.set(id, entry)
    this.#bytes += entry.bytes
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#most || oldest === id) break
      this.forget(oldest)
    }
    return entry.run
  }

  forget(id: string): void {
    this.#bytes -= this.#entries.get(id)?.bytes ?? 0
    this.#entries.delete(id)
  }

  #start(id: string, bytes: number, run: () => Promise<Execution>): Entry {
    const entry: Entry = { run: run(), bytes }
    // What failed is tried again by whoever comes next.
    entry.run.catch(() => {
      if (this.#entries.get(id) === entry) this.forget(id)
    })
    return entry
  }
}
