import type { Log } from "./log.ts"
import type { Metrics } from "./metrics/metrics.ts"

export interface LoopOptions {
  /** Seconds from the end of one run to the start of the next. */
  readonly every: number
  /** Seconds after which a run is aborted. */
  readonly timeout: number
  readonly log: Log
  readonly metrics: Metrics
  /** Told when run after run hangs although it was aborted: only a new process helps then. */
  readonly onStuck?: (name: string) => void
  /** Seconds that an aborted run has to end; then it is left behind and the next one begins. */
  readonly grace?: number
  /** Seconds between runs that fail, at the most. */
  readonly longestPause?: number
}

/** Work that is done again and again until it is stopped. */
export interface Loop {
  readonly name: string
  /** Whether runs end: well or not. What hangs is not alive. */
  readonly isAlive: boolean
  /** Unix seconds of the last run that did its work; undefined before the first. */
  readonly lastSuccess: number | undefined
  /** Runs as soon as possible; during a run, once more after it. After a failure the pause is kept. */
  poke(): void
  /** Starts no run any more and waits for the one that goes on, which may end its work. */
  stop(): Promise<void>
}

const STUCK = 3
const FIRST_PAUSE = 1

/**
 * Starts a loop. A run that fails is repeated after a pause that grows; one that takes too long is aborted.
 *
 * @param work must look at the signal before each effect: a run that does not end in time is left behind, and another one begins.
 */
export function loop(
  name: string,
  options: LoopOptions,
  work: (signal: AbortSignal) => Promise<unknown>,
): Loop {
  return new Supervised(name, options, work)
}

type Outcome = "ok" | "failed" | "abandoned"

class Supervised implements Loop {
  readonly name: string
  readonly #options: LoopOptions
  readonly #work: (signal: AbortSignal) => Promise<unknown>
  readonly #ended: Promise<void>
  #isStopping = false
  #isPoked = false
  #wake: (() => void) | undefined
  #failures = 0
  #hangs = 0
  #lastEnd = performance.now()
  #pause = 0
  #lastSuccess: number | undefined

  constructor(name: string, options: LoopOptions, work: (signal: AbortSignal) => Promise<unknown>) {
    this.name = name
    this.#options = options
    this.#work = work
    const { metrics, every, timeout } = options
    metrics.loopLastSuccess.set({ loop: name }, Date.now() / 1000)
    metrics.loopExpected.set({ loop: name }, 2 * (every + timeout) + 60)
    this.#ended = this.#run()
  }

  get lastSuccess(): number | undefined {
    return this.#lastSuccess
  }

  get isAlive(): boolean {
    const { timeout } = this.#options
    const silence = (performance.now() - this.#lastEnd) / 1000
    // Twice of all that a run may take: a busy machine is no dead one.
    return silence <= 2 * (this.#pause + timeout + this.#grace) + 5
  }

  get #grace(): number {
    return this.#options.grace ?? 5
  }

  poke(): void {
    this.#isPoked = true
    if (this.#failures === 0) this.#wake?.()
  }

  stop(): Promise<void> {
    this.#isStopping = true
    this.#wake?.()
    return this.#ended
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      this.#isPoked = false
      this.#note(await this.#once())
      this.#pause = this.#nextPause()
      if (!this.#isStopping && !(this.#isPoked && this.#failures === 0)) await this.#sleep(this.#pause)
    }
  }

  /** One run. Never throws. */
  async #once(): Promise<Outcome> {
    const { timeout, log } = this.#options
    const limit = new AbortController()
    const hang = Promise.withResolvers<Outcome>()
    let grace: NodeJS.Timeout | undefined
    const timer = setTimeout(() => {
      limit.abort(new DOMException(`${this.name} took longer than ${timeout} s`, "TimeoutError"))
      grace = setTimeout(() => hang.resolve("abandoned"), this.#grace * 1000)
    }, timeout * 1000)
    const run = (async (): Promise<Outcome> => {
      try {
        await this.#work(limit.signal)
        return "ok"
      } catch (error) {
        log.warn({ loop: this.name, error }, "A loop's run failed")
        return "failed"
      }
    })()
    const outcome = await Promise.race([run, hang.promise])
    clearTimeout(timer)
    clearTimeout(grace)
    return outcome
  }

  #note(outcome: Outcome): void {
    const { metrics, log, onStuck } = this.#options
    this.#lastEnd = performance.now()
    metrics.loopRuns.inc({ loop: this.name, outcome })
    this.#failures = outcome === "ok" ? 0 : this.#failures + 1
    this.#hangs = outcome === "abandoned" ? this.#hangs + 1 : 0
    if (outcome === "ok") {
      this.#lastSuccess = Date.now() / 1000
      metrics.loopLastSuccess.set({ loop: this.name }, this.#lastSuccess)
    }
    if (outcome !== "abandoned") return
    log.error({ loop: this.name, hangs: this.#hangs }, "A loop's run hangs: it is left behind")
    if (this.#hangs === STUCK) onStuck?.(this.name)
  }

  #nextPause(): number {
    const { every, longestPause = 60 } = this.#options
    if (this.#failures === 0) return every
    const doubled = FIRST_PAUSE * 2 ** Math.min(this.#failures - 1, 20)
    // Many nodes behind one RPC must not all come back in the same moment.
    return Math.min(doubled, longestPause) * (0.5 + Math.random() / 2)
  }

  async #sleep(seconds: number): Promise<void> {
    const awake = Promise.withResolvers<void>()
    const timer = setTimeout(awake.resolve, seconds * 1000)
    this.#wake = () => awake.resolve()
    await awake.promise
    clearTimeout(timer)
    this.#wake = undefined
  }
}
