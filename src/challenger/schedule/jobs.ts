export interface JobsOptions {
  /** How many go on at once. */
  readonly limit: number
  /** How many of a provider whose work takes long: it must not keep all the others waiting. */
  readonly limitOfSlow: number
  /** Hears of what the work throws. */
  readonly failed: (error: unknown, name: string) => void
  /** Milliseconds of a clock that only goes on. */
  readonly now?: () => number
}

/** Milliseconds after which work takes long. */
const SLOW = 2_000

interface Job {
  readonly provider: string
  readonly begun: number
  readonly run: Promise<void>
}

/** Work that goes on while others look at the chain: so much at once, each by its name, and not all for one provider. */
export class Jobs {
  readonly #options: JobsOptions
  readonly #now: () => number
  readonly #running = new Map<string, Job>()

  constructor(options: JobsOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  get isFull(): boolean {
    return this.#running.size >= this.#options.limit
  }

  has(name: string): boolean {
    return this.#running.has(name)
  }

  /** Whether work of a provider can begin. */
  hasRoom(provider: string): boolean {
    if (this.isFull) return false
    const own = [...this.#running.values()].filter((job) => job.provider === provider)
    const isSlow = own.some(({ begun }) => this.#now() - begun > SLOW)
    return !isSlow || own.length < this.#options.limitOfSlow
  }

  /** @param then what to do when there is room again. */
  start(name: string, provider: string, work: () => Promise<void>, then: () => void): void {
    const run = work()
      .catch((error: unknown) => this.#options.failed(error, name))
      .finally(() => {
        this.#running.delete(name)
        then()
      })
    this.#running.set(name, { provider, begun: this.#now(), run })
  }

  /** Waits until nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all([...this.#running.values()].map(({ run }) => run))
  }
}
