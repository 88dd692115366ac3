/** Seconds until the first repetition; each later one takes twice as long. */
const FIRST = 30
const LONGEST = 1800

/** When what was refused is tried again, by the chain's time. */
export class Retries {
  readonly #next = new Map<string, { readonly at: number; readonly delay: number }>()

  /** Whether it is time to try something again; if so, the next time is later. */
  isDue(name: string, now: number): boolean {
    const { at, delay } = this.#next.get(name) ?? { at: now + FIRST, delay: FIRST }
    const isDue = now >= at
    const doubled = Math.min(2 * delay, LONGEST)
    this.#next.set(name, isDue ? { at: now + doubled, delay: doubled } : { at, delay })
    return isDue
  }

  forget(name: string): void {
    this.#next.delete(name)
  }
}
