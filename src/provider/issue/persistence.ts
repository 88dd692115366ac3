import { isOnusError } from "../../protocol/errors.ts"
import type { Readiness } from "../../service/readiness.ts"

/** Milliseconds between attempts: doubled each time, up to the second. */
const DELAY_MS = [500, 30_000] as const

/**
 * Does what is owed until it is done: a receipt that has left the process must get into the journal, and a claim whose
 * signature failed must get one, or nobody would anchor it. As long as something fails, no new work is taken.
 */
export class Persistence {
  readonly #readiness: Pick<Readiness, "report">
  readonly #check: string
  readonly #open = new Set<Promise<void>>()
  readonly #timers = new Map<NodeJS.Timeout, () => void>()
  #failing = 0
  #isClosed = false

  /** @param check name of the readiness check that fails meanwhile. */
  constructor(readiness: Pick<Readiness, "report">, check: string) {
    this.#readiness = readiness
    this.#check = check
  }

  /** Does it now, and again until it succeeds or this is closed. */
  do(act: () => Promise<unknown>): void {
    const work = this.#until(act)
    this.#open.add(work)
    void work.finally(() => this.#open.delete(work))
  }

  /** Resolves when nothing is left to do, or all that is left was given up by `close`. */
  async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open)
  }

  /** Attempts nothing again. What is left is in the journal as a claim, and is done at the next start. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const [timer, wake] of this.#timers) {
      clearTimeout(timer)
      wake()
    }
    await this.settled()
  }

  async #until(act: () => Promise<unknown>): Promise<void> {
    let delay: number = DELAY_MS[0]
    let hasFailed = false
    for (;;) {
      try {
        await act()
        break
      } catch (error) {
        if (!hasFailed) this.#failing++
        hasFailed = true
        this.#readiness.report(this.#check, {
          code: isOnusError(error) ? error.code : "Unexpected",
          message: error instanceof Error ? error.message : String(error),
        })
      }
      await this.#pause(delay)
      if (this.#isClosed) return
      delay = Math.min(2 * delay, DELAY_MS[1])
    }
    if (hasFailed && --this.#failing === 0) this.#readiness.report(this.#check)
  }

  #pause(milliseconds: number): Promise<void> {
    if (this.#isClosed) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = () => {
        this.#timers.delete(timer)
        resolve()
      }
      const timer = setTimeout(wake, milliseconds)
      this.#timers.set(timer, wake)
    })
  }
}
