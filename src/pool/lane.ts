import { OnusError } from "../protocol/errors.ts"
import type { Program } from "../engine/program/program.ts"
import type { Job, Reply } from "./messages.ts"
import { type Death, type Pending, RunThread, type ThreadOptions } from "./run-thread.ts"

export interface LaneOptions extends ThreadOptions {
  readonly workers: number
  /** Threads that are started at once; the others when runs wait for them. All if it is left out. */
  readonly first?: number
  /** Runs that may wait. */
  readonly queue: number
  /** Hears that a thread ended, and why, before it is replaced. */
  readonly onLost?: (modelId: string, cause: string) => void
}

/** Runs of so many milliseconds together are handed over in one message: less is spent on telling than on computing. */
const TOGETHER_MS = 2
const MOST_TOGETHER = 32
const HELD_UP = 3
/** Milliseconds before a thread that did not start is started again: doubled each time, up to the second. */
const RETRY_MS = [100, 10_000] as const
/** A run that so many threads died beside is not given to another. */
const MOST_DEATHS = 3

/** The threads of one model and what waits for them. */
export class Lane {
  readonly #program: Program
  readonly #options: LaneOptions
  readonly #waiting: Pending[] = []
  readonly #threads = new Set<RunThread>()
  readonly #idle: RunThread[] = []
  /** Milliseconds that a run takes, of late. */
  #average = TOGETHER_MS
  #retry: number = RETRY_MS[0]
  #timers = new Set<NodeJS.Timeout>()
  #isClosed = false

  constructor(program: Program, options: LaneOptions) {
    this.#program = program
    this.#options = options
  }

  /** Starts the first threads. @throws OnusError `PoolFailed` if one does not. */
  async start(): Promise<void> {
    const { workers, first = workers } = this.#options
    try {
      await Promise.all(Array.from({ length: first }, () => this.#startThread()))
    } catch (cause) {
      await this.close()
      const message = `A thread for model ${this.#program.modelId} has not started: ${(cause as Error).message}`
      throw new OnusError("PoolFailed", message, {
        hint: "Give it less workers, or the machine more memory",
        cause,
      })
    }
  }

  /** @throws OnusError `PoolBusy`, `PoolClosed`. */
  requireRoom(): void {
    if (this.#isClosed) throw closed()
    if (this.#idle.length > 0 || this.#waiting.length < this.#options.queue) return
    throw new OnusError("PoolBusy", `${this.#waiting.length} requests wait for this model already`, {
      hint: "Ask again a little later",
    })
  }

  /** Resolves with the reply, rejects with `RunFailed` or `PoolClosed`. Urgent ones go first; bare ones give roots alone. */
  run(
    inputs: Uint8Array,
    trace: Job["trace"],
    { isUrgent = false, isBare = false }: { readonly isUrgent?: boolean; readonly isBare?: boolean } = {},
  ): Promise<[Reply, Pending]> {
    if (this.#isClosed) return Promise.reject(closed())
    const { promise, resolve, reject } = Promise.withResolvers<[Reply, Pending]>()
    const pending: Pending = {
      inputs,
      trace,
      isBare,
      isUrgent,
      since: performance.now(),
      resolve: (reply) => resolve([reply, pending]),
      reject,
    }
    const after = isUrgent ? this.#waiting.findIndex((run) => !run.isUrgent) : -1
    if (after < 0) this.#waiting.push(pending)
    else this.#waiting.splice(after, 0, pending)
    this.#dispatch()
    return promise
  }

  /** Threads that are there, or are starting. */
  get size(): number {
    return this.#threads.size
  }

  get isBusy(): boolean {
    return this.#waiting.length > 0 || this.#idle.length < this.#threads.size
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const timer of this.#timers) clearTimeout(timer)
    for (const run of this.#waiting.splice(0)) run.reject(closed())
    await Promise.all([...this.#threads].map((thread) => thread.close()))
  }

  #dispatch(): void {
    let isLate = false
    while (this.#waiting.length > 0 && this.#idle.length > 0) {
      const share = Math.ceil(this.#waiting.length / this.#idle.length)
      const short = Math.floor(TOGETHER_MS / this.#average)
      const runs = this.#waiting.splice(0, Math.max(1, Math.min(share, short, MOST_TOGETHER)))
      const thread = this.#idle.shift()!
      isLate ||= thread.isWorking
      thread.give(runs)
    }
    if (isLate || this.#waiting.length > 0) this.#grow()
  }

  /** Starts one more thread, unless one did not start of late. */
  #grow(): void {
    if (this.#threads.size >= this.#options.workers || this.#timers.size > 0 || this.#isClosed) return
    // Its end is heard of by `ended`.
    this.#startThread().catch(() => {})
  }

  async #startThread(): Promise<void> {
    const thread = new RunThread(this.#program, this.#options, {
      idle: (one) => this.#free(one),
      ended: (one, death) => this.#bury(one, death),
    })
    this.#threads.add(thread)
    await thread.ready
    this.#retry = RETRY_MS[0]
    this.#free(thread)
  }

  #free(thread: RunThread): void {
    if (this.#isClosed) return
    this.#idle.push(thread)
    this.#dispatch()
  }

  /** Takes the time that runs have taken, for how many are handed over together. */
  measured(milliseconds: number): void {
    // A run that was held up by something else says little about the next ones.
    const likely = Math.min(milliseconds, HELD_UP * this.#average)
    this.#average += (Math.max(likely, TOGETHER_MS / MOST_TOGETHER) - this.#average) / 16
  }

  #bury(thread: RunThread, { cause, blamed, rest }: Death): void {
    this.#threads.delete(thread)
    const at = this.#idle.indexOf(thread)
    if (at >= 0) this.#idle.splice(at, 1)
    if (this.#isClosed) {
      for (const run of [blamed, ...rest]) run?.reject(closed())
      return
    }
    this.#options.onLost?.(this.#program.modelId, cause)
    blamed?.reject(gone(cause))
    // What it had not begun is as good as before, unless threads keep dying of something that none of them can name.
    for (const run of rest) run.deaths = (run.deaths ?? 0) + 1
    const [again, doomed] = [rest.filter(isInnocent), rest.filter((run) => !isInnocent(run))]
    for (const run of doomed) run.reject(gone(cause))
    this.#waiting.unshift(...again)
    if (this.#threads.size === 0 && this.#retry === RETRY_MS[1]) this.#giveUp(cause)
    this.#replace()
  }

  /** No thread starts any more: who waits hears of it now, and the next attempt is for who comes later. */
  #giveUp(cause: string): void {
    for (const run of this.#waiting.splice(0)) run.reject(gone(cause))
  }

  #replace(): void {
    // Those that nobody waited for are not missed.
    if (this.#threads.size >= (this.#options.first ?? this.#options.workers) && this.#waiting.length === 0)
      return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      // Its end is heard of by `ended`, which comes back here.
      this.#startThread().catch(() => {})
    }, this.#retry)
    this.#timers.add(timer)
    this.#retry = Math.min(2 * this.#retry, RETRY_MS[1])
  }
}

const isInnocent = ({ deaths = 0 }: Pending) => deaths < MOST_DEATHS

const gone = (cause: string) =>
  new OnusError("RunFailed", `The thread that computed the answer is gone: ${cause}`)

const closed = () => new OnusError("PoolClosed", "The node is stopping: no runs are done any more")
