/** Times the parts of a command, in milliseconds. */
export class Stopwatch {
  readonly laps: Record<string, number> = {}
  #since = performance.now()

  /** Ends the part that runs now. */
  lap(name: string): void {
    const now = performance.now()
    this.laps[name] = Math.round((now - this.#since) * 1000) / 1000
    this.#since = now
  }
}
