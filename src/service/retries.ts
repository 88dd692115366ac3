/** Seconds until the first repetition; each later one takes twice as long. */
const FIRST = 30
const LONGEST = 1800
/** No pause takes more than such a part of the time that is left. */
const PARTS = 8

interface Pause {
  /** Unix seconds of the next attempt. */
  readonly at: number
  readonly delay: number
}

/** When what failed is tried again, by the chain's time: later and later. */
export class Retries {
  readonly #pauses = new Map<string, Pause>()

  /**
   * Whether it is time to try something again; if it is asked for the first time, that is a pause from now.
   *
   * @param left as in `postpone`.
   */
  isDue(name: string, now: number, left?: number): boolean {
    const pause = this.#pauses.get(name)
    if (pause && now >= pause.at) return true
    if (!pause) this.postpone(name, now, left)
    return false
  }

  /** Whether something has its next attempt later. */
  waits(name: string, now: number): boolean {
    const pause = this.#pauses.get(name)
    return pause !== undefined && now < pause.at
  }

  /**
   * Puts the next attempt off.
   *
   * @param left seconds until it is too late: the nearer that is, the shorter are the pauses.
   */
  postpone(name: string, now: number, left = Infinity): void {
    const doubled = Math.min(2 * (this.#pauses.get(name)?.delay ?? FIRST / 2), LONGEST)
    const delay = Math.min(doubled, Math.max(FIRST, left / PARTS))
    this.#pauses.set(name, { at: now + delay, delay })
  }

  /** How many have their next attempt later. */
  waiting(now: number): number {
    return [...this.#pauses.values()].filter(({ at }) => now < at).length
  }

  forget(name: string): void {
    this.#pauses.delete(name)
  }
}
