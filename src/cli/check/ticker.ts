const INTERVAL_MS = 2_000

/** Tells on stderr how far something is. */
export class Ticker {
  #said = performance.now()

  say(progress: string): void {
    this.#said = performance.now()
    console.error(progress)
  }

  /** As {@link say}, but every other second only. */
  tick(progress: string): void {
    if (performance.now() - this.#said >= INTERVAL_MS) this.say(progress)
  }
}
