import { failed } from "./errors.ts"

interface Queue {
  inside: number
  readonly waiting: (() => void)[]
}

/** Lets only so many through at the same time, for each name. */
export class Gate {
  readonly #atOnce: number
  readonly #mostWaiting: number
  readonly #queues = new Map<string, Queue>()

  constructor(atOnce: number, mostWaiting: number) {
    this.#atOnce = atOnce
    this.#mostWaiting = mostWaiting
  }

  /**
   * Waits until there is room.
   *
   * @returns what makes room again; to be called once.
   * @throws OnusError `FetchFailed` when too many wait already; the signal's reason when it is aborted first.
   */
  async enter(name: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    const queue = this.#queues.get(name) ?? { inside: 0, waiting: [] }
    this.#queues.set(name, queue)
    if (queue.inside < this.#atOnce) queue.inside++
    else if (queue.waiting.length >= this.#mostWaiting) throw failed(`Too many requests wait for ${name}`)
    else await this.#turn(queue, signal)
    return () => this.#leave(name, queue)
  }

  #turn({ waiting }: Queue, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener("abort", stop)
        resolve()
      }
      const stop = (): void => {
        waiting.splice(waiting.indexOf(go), 1)
        reject(signal.reason as Error)
      }
      waiting.push(go)
      signal.addEventListener("abort", stop, { once: true })
    })
  }

  /** Whoever waits longest takes the place. */
  #leave(name: string, queue: Queue): void {
    const next = queue.waiting.shift()
    if (next) return next()
    queue.inside--
    if (queue.inside === 0) this.#queues.delete(name)
  }
}
