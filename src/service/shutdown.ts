import type { Log } from "./log.ts"

/**
 * The order of an end: `start` waits until what is just being started has been, `stop` takes no new work, `drain` finishes what was begun, `end` stops what others needed until then:
 * the sender of transactions, the journal.
 */
export type Phase = "start" | "stop" | "drain" | "end"
const PHASES: readonly Phase[] = ["start", "stop", "drain", "end"]

export interface ShutdownOptions {
  /** Seconds for all phases together. */
  readonly timeout: number
  readonly log: Log
  /** Ends the process: for tests. */
  readonly exit?: (code: number) => void
}

/** The time limit was over, or a phase failed: whoever supervises the process should start it again. */
const TEMPORARY = 75
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const

interface Task {
  readonly phase: Phase
  readonly name: string
  readonly run: () => unknown
}

/** Ends a program in order, once, whatever asks for it. */
export class Shutdown {
  readonly #options: ShutdownOptions
  readonly #tasks: Task[] = []
  readonly #finished = Promise.withResolvers<number>()
  #isBegun = false

  constructor(options: ShutdownOptions) {
    this.#options = options
  }

  /** The exit code, when everything has ended. */
  get finished(): Promise<number> {
    return this.#finished.promise
  }

  get isBegun(): boolean {
    return this.#isBegun
  }

  /** Adds what is to be done. Tasks of `end` go one by one, the last added first; those of other phases at the same time. */
  add(phase: Phase, name: string, run: () => unknown): void {
    this.#tasks.push({ phase, name, run })
  }

  /**
   * Begins the end on SIGINT and SIGTERM: exit code 0 when everything was finished. The second signal ends the process at
   * once, with 130 or 143: what is owed is on the disk.
   *
   * @returns ends that.
   */
  listen(): () => void {
    const listeners = (["SIGINT", "SIGTERM"] as const).map((signal) => {
      const listener = () => {
        if (this.#isBegun) this.#exit(SIGNALS[signal])
        else this.begin(signal)
      }
      process.on(signal, listener)
      return () => process.off(signal, listener)
    })
    return () => listeners.forEach((end) => end())
  }

  /** Begins the end; does nothing if it has begun. */
  begin(reason: string, code = 0): void {
    if (this.#isBegun) return
    this.#isBegun = true
    const { log, timeout } = this.#options
    log.info({ reason, timeout }, "The program ends")
    const deadline = setTimeout(() => {
      log.error({ timeout }, "The end took too long")
      this.#exit(TEMPORARY)
    }, timeout * 1000)
    void this.#run().then((isClean) => {
      clearTimeout(deadline)
      log.info({ isClean }, "The program has ended")
      this.#finished.resolve(code === 0 && !isClean ? TEMPORARY : code)
    })
  }

  #exit(code: number): void {
    const exit = this.#options.exit ?? ((status: number) => process.exit(status))
    exit(code)
  }

  /** @returns whether nothing failed. */
  async #run(): Promise<boolean> {
    let isClean = true
    for (const phase of PHASES) {
      const tasks = this.#tasks.filter((task) => task.phase === phase)
      if (phase === "end") {
        for (const task of tasks.toReversed()) isClean = (await this.#do(task)) && isClean
      } else {
        const done = await Promise.all(tasks.map((task) => this.#do(task)))
        isClean = done.every(Boolean) && isClean
      }
    }
    return isClean
  }

  async #do({ phase, name, run }: Task): Promise<boolean> {
    try {
      await run()
      return true
    } catch (error) {
      this.#options.log.error({ phase, task: name, error }, "A part of the end failed")
      return false
    }
  }
}
