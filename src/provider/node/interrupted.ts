import type { Log } from "../../service/log.ts"
import type { Issuer } from "../issue/issuer.ts"
import type { Entry, Journal } from "../journal.ts"

export interface InterruptedOptions {
  readonly journal: Pick<Journal, "interrupted">
  readonly issuer: Pick<Issuer, "isAnswering" | "resume">
  readonly log: Log
}

/**
 * Finishes claims of this process that nobody works on any more while it runs: those that a failing database had taken and did not say
 * so. Their cover would be held for nothing until the next start.
 */
export class Interrupted {
  readonly #options: InterruptedOptions
  #seen: ReadonlySet<string> = new Set()

  constructor(options: InterruptedOptions) {
    this.#options = options
  }

  /** Finishes what was there the last time already, and still has no receipt. */
  async tick(): Promise<void> {
    const entries = await this.#options.journal.interrupted()
    const left = entries.filter(({ request }) => this.#seen.has(request))
    this.#seen = new Set(entries.map(({ request }) => request))
    for (const entry of left) await this.#finish(entry)
  }

  async #finish(entry: Entry): Promise<void> {
    const { issuer, log } = this.#options
    if (issuer.isAnswering(entry)) return
    try {
      await issuer.resume(entry)
      log.info({ request: entry.request }, "An answer that nobody had finished is finished")
    } catch (error) {
      // The next turn tries it again; others must not wait for it.
      log.warn({ request: entry.request, error }, "An interrupted answer could not be finished yet")
    }
  }
}
