import { OnusError } from "../../protocol/errors.ts"

/** Lets a few do something costly at the same time; some more may wait. */
export class Turns {
  readonly #atOnce: number
  readonly #mostWaiting: number
  readonly #what: string
  readonly #waiting: (() => void)[] = []
  #busy = 0

  /** @param what everybody waits for, for the error. */
  constructor(atOnce: number, mostWaiting: number, what: string) {
    this.#atOnce = atOnce
    this.#mostWaiting = mostWaiting
    this.#what = what
  }

  /**
   * Waits for a turn.
   *
   * @returns what ends the turn; calling it again does nothing.
   * @throws OnusError `PoolBusy`.
   */
  async take(): Promise<() => void> {
    if (this.#busy >= this.#atOnce) {
      if (this.#waiting.length >= this.#mostWaiting)
        throw new OnusError("PoolBusy", `Too many wait for ${this.#what} already`, {
          hint: "Ask again a little later",
        })
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#busy++
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      const next = this.#waiting.shift()
      if (next) next()
      else this.#busy--
    }
  }
}
