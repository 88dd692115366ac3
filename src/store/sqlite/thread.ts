import { Worker } from "node:worker_threads"
import { databaseUnavailable } from "../errors.ts"
import type { Row, Statement } from "../database.ts"
import { explain } from "./explain.ts"
import { type Beginning, CLOSE, type Reply, type Request, type Task } from "./messages.ts"

type Rows = readonly (readonly Row[])[]

interface Waiting {
  readonly resolve: (rows: Rows) => void
  readonly reject: (error: Error) => void
}

/** A thread with the file open, as its starter sees it. */
export class Thread {
  readonly #worker: Worker
  readonly #path: string
  readonly #waiting = new Map<number, Waiting>()
  readonly #exited: Promise<void>
  #lastId = 0
  #isClosing = false
  #ended: Error | undefined

  private constructor(worker: Worker, path: string) {
    this.#worker = worker
    this.#path = path
    worker.on("message", (replies: readonly Reply[]) => this.#settle(replies))
    worker.on("error", (error: Error) => this.#end(error))
    this.#exited = new Promise((resolve) => {
      worker.once("exit", () => {
        this.#end(new Error(this.#isClosing ? "it is closed" : "its thread has ended"))
        resolve()
      })
    })
  }

  /** Starts a thread; resolves when the file is open. */
  static async start(task: Task): Promise<Thread> {
    const url = new URL("./worker.ts", import.meta.url)
    const worker = new Worker(url, { workerData: task, name: `sqlite-${task.role}` })
    const { failure } = await new Promise<Beginning>((resolve, reject) => {
      worker.once("message", resolve)
      worker.once("error", (error: Error) => reject(databaseUnavailable(task.path, error)))
    })
    if (!failure) return new Thread(worker, task.path)
    await worker.terminate()
    throw explain(task.path, failure)
  }

  run(statements: readonly Statement[]): Promise<Rows> {
    if (this.#ended) return Promise.reject(this.#ended)
    if (this.#isClosing) return Promise.reject(databaseUnavailable(this.#path, new Error("it is closed")))
    return new Promise((resolve, reject) => {
      const request: Request = { id: ++this.#lastId, statements }
      this.#worker.postMessage(request)
      this.#waiting.set(request.id, { resolve, reject })
    })
  }

  /** Ends the thread after what was asked for before. */
  close(): Promise<void> {
    if (!this.#isClosing && !this.#ended) this.#worker.postMessage(CLOSE)
    this.#isClosing = true
    return this.#exited
  }

  #settle(replies: readonly Reply[]): void {
    for (const reply of replies) {
      const waiting = this.#waiting.get(reply.id)
      this.#waiting.delete(reply.id)
      if ("rows" in reply) waiting?.resolve(reply.rows)
      else waiting?.reject(explain(this.#path, reply.failure))
    }
  }

  #end(cause: Error): void {
    this.#ended ??= databaseUnavailable(this.#path, cause)
    for (const { reject } of this.#waiting.values()) reject(this.#ended)
    this.#waiting.clear()
  }
}
