import type { Log } from "../../service/log.ts"
import type { Issuer } from "../issue/issuer.ts"
import type { Entry, Journal } from "../journal.ts"

export interface InterruptedOptions {
  readonly journal: Pick<Journal, "interrupted">
  readonly issuer: Pick<Issuer, "isAnswering" | "resume">
  readonly log: Log
  /** Names of the other replicas that live, for the one process that also finishes what others have left behind. */
  readonly living: () => Promise<readonly string[] | undefined>
}

/**
 * Finishes claims that nobody works on any more while the node runs: those that a failing database had taken and did not say so, and
 * those of a replica that has ended for good. An answer of one of these may have left that process: if it got no receipt in the
 * journal, nobody would anchor it. Whoever finishes a claim makes the same receipt.
 */
export class Interrupted {
  readonly #options: InterruptedOptions
  #seen: ReadonlySet<string> = new Set()

  constructor(options: InterruptedOptions) {
    this.#options = options
  }

  /** Finishes what was there the last time already, and still has no receipt. */
  async tick(): Promise<void> {
    const { journal, living } = this.#options
    const entries = await journal.interrupted(await living())
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
