import { type Thread, startThread } from "#thread"
import { OnusError } from "../../protocol/errors.ts"
import type { Task } from "./worker.ts"

/** A thread that does one task after the other. The process ends without waiting for it when it is idle. */
export class HashingThread {
  readonly #thread: Thread
  readonly #waiting: PromiseWithResolvers<void>[] = []
  #failure: OnusError | undefined

  private constructor(thread: Thread) {
    this.#thread = thread
    thread.onMessage(() => this.#next()?.resolve())
    thread.onError((cause) => this.#fail(cause))
  }

  /** @throws OnusError `TraceThreadFailed`. */
  static async start(): Promise<HashingThread> {
    const thread = new HashingThread(startThread(new URL("./worker.ts", import.meta.url)))
    await thread.#answer()
    return thread
  }

  /** Resolves when the task is done. @throws OnusError `TraceThreadFailed`. */
  run(task: Task): Promise<void> {
    this.#thread.post(task)
    return this.#answer()
  }

  /** Ends the thread; what it has not done fails. */
  async close(): Promise<void> {
    this.#fail(new Error("it was closed"))
    await this.#thread.close()
  }

  #answer(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure)
    const answer = Promise.withResolvers<void>()
    this.#waiting.push(answer)
    this.#thread.keep(true)
    return answer.promise
  }

  #next(): PromiseWithResolvers<void> | undefined {
    const first = this.#waiting.shift()
    if (this.#waiting.length === 0) this.#thread.keep(false)
    return first
  }

  #fail(cause: Error): void {
    this.#failure ??= new OnusError("TraceThreadFailed", `A hashing thread failed: ${cause.message}`, {
      cause,
    })
    while (this.#waiting.length > 0) this.#next()!.reject(this.#failure)
  }
}
