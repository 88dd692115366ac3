import { type Thread, startThread } from "#thread"
import { OnusError } from "../../protocol/errors.ts"
import type { Question } from "./worker.ts"

/** A thread that answers what it is sent, in order. The process ends without waiting for it when it is idle. */
export class HashingThread {
  readonly #thread: Thread
  readonly #waiting: PromiseWithResolvers<boolean>[] = []
  #failure: OnusError | undefined

  private constructor(thread: Thread) {
    this.#thread = thread
    thread.onMessage((isFinished) => this.#next()?.resolve(isFinished as boolean))
    thread.onError((cause) => this.#fail(cause))
  }

  static async start(): Promise<HashingThread> {
    const thread = new HashingThread(startThread(new URL("./worker.ts", import.meta.url)))
    await thread.#answer()
    return thread
  }

  /** Whether the run was finished. @throws OnusError `TraceThreadFailed`. */
  ask(question: Question): Promise<boolean> {
    this.#thread.post(question)
    return this.#answer()
  }

  /** Ends the thread; what it has not answered fails. */
  async close(): Promise<void> {
    this.#fail(new Error("it was closed"))
    await this.#thread.close()
  }

  #answer(): Promise<boolean> {
    if (this.#failure) return Promise.reject(this.#failure)
    const answer = Promise.withResolvers<boolean>()
    this.#waiting.push(answer)
    this.#thread.keep(true)
    return answer.promise
  }

  #next(): PromiseWithResolvers<boolean> | undefined {
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
