import type { Issuer } from "../issue/issuer.ts"
import type { Journal } from "../journal.ts"
import { type Finishing, finishAll } from "./resume.ts"

export interface InterruptedOptions extends Finishing {
  readonly journal: Pick<Journal, "interrupted">
  readonly issuer: Pick<Issuer, "isAnswering" | "resume">
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
    const { journal, issuer } = this.#options
    const entries = await journal.interrupted()
    const left = entries.filter((entry) => this.#seen.has(entry.request) && !issuer.isAnswering(entry))
    this.#seen = new Set(entries.map(({ request }) => request))
    await finishAll(left, this.#options)
  }
}
