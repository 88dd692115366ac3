import { Worker } from "node:worker_threads"
import type { Program } from "../engine/program/program.ts"
import type { Job, Reply, ThreadStart } from "./messages.ts"
import { threadProgram } from "./thread-program.ts"

/** A run that somebody waits for. */
export interface Pending {
  readonly inputs: Uint8Array
  readonly trace: Job["trace"]
  readonly isBare: boolean
  readonly isUrgent: boolean
  /** Threads that died while they had it. */
  deaths?: number
  /** By `performance.now()`. */
  readonly since: number
  /** Set when a thread has taken it. */
  takenAt?: number
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: unknown) => void
}

/** How a thread ended: what it was at, if that is known, and what it had taken besides. */
export interface Death {
  readonly cause: string
  readonly blamed: Pending | undefined
  readonly rest: readonly Pending[]
}

/** What a thread tells its owner. */
export interface ThreadOwner {
  /** It may be given runs. */
  idle(thread: RunThread): void
  /** It is gone, by whatever way, and only once. */
  ended(thread: RunThread, death: Death): void
}

export interface ThreadOptions {
  /** Threads of its engine. */
  readonly threads: number
  /** Milliseconds without a sign of life after which a thread that works is ended. */
  readonly hangsAfter: number
  /** How often it may have been given runs that it is not done with; once if this is left out. */
  readonly ahead?: number
  /** Milliseconds that it may take to load the model; as long as it likes if it is left out. */
  readonly startsWithin?: number
  /** The module of threads: another one shows in tests what becomes of faults. */
  readonly module?: URL
}

const MODULE = new URL("./worker.ts", import.meta.url)

/** One thread with a model in its memory. */
export class RunThread {
  /** Resolves when the model is loaded; rejects if the thread ends before. */
  readonly ready: Promise<void>
  readonly #worker: Worker
  readonly #owner: ThreadOwner
  readonly #current = new Int32Array(new SharedArrayBuffer(4))
  readonly #taken = new Map<number, Pending>()
  readonly #hangsAfter: number
  readonly #ahead: number
  /** Runs that are left of what it was given, each time. */
  readonly #left: number[] = []
  #watch: NodeJS.Timeout | undefined
  #starting: NodeJS.Timeout | undefined
  readonly #neverReady: (reason: Error) => void
  #nextId = 1
  #isEnded = false

  constructor(
    program: Program,
    { threads, hangsAfter, ahead = 1, startsWithin, module = MODULE }: ThreadOptions,
    owner: ThreadOwner,
  ) {
    const workerData: ThreadStart = { program: threadProgram(program), threads, current: this.#current }
    this.#owner = owner
    this.#hangsAfter = hangsAfter
    this.#ahead = ahead
    this.#worker = new Worker(module, { workerData })
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.ready = promise
    this.#neverReady = reject
    if (startsWithin !== undefined) {
      const late = `it had not loaded the model after ${startsWithin} ms`
      this.#starting = setTimeout(() => void this.close(late), startsWithin)
    }
    this.#worker.once("message", () => {
      clearTimeout(this.#starting)
      this.#worker.on("message", (replies: readonly Reply[]) => this.#receive(replies))
      resolve()
    })
    let cause: Error | undefined
    this.#worker.on(
      "error",
      (error: unknown) => (cause = error instanceof Error ? error : new Error(String(error))),
    )
    this.#worker.on("exit", (code) => {
      this.#end(cause?.message ?? `it ended with ${code}`, cause)
    })
  }

  /** Whether it has runs that it is not done with. */
  get isWorking(): boolean {
    return this.#taken.size > 0
  }

  /** Hands runs over, all in one message. */
  give(runs: readonly Pending[]): void {
    const now = performance.now()
    // A copy: the caller keeps its own, and a run whose thread died through no fault of its own is given again.
    const copies = inOneBuffer(runs.map(({ inputs }) => inputs))
    const jobs = runs.map((run, i): Job => {
      const id = this.#nextId
      this.#nextId = id === 2 ** 31 - 1 ? 1 : id + 1
      run.takenAt = now
      this.#taken.set(id, run)
      return { id, inputs: copies[i], trace: run.trace, isBare: run.isBare }
    })
    this.#left.push(jobs.length)
    this.#worker.postMessage(jobs, [copies[0].buffer as ArrayBuffer])
    this.#await()
    if (this.#left.length < this.#ahead) this.#owner.idle(this)
  }

  /** Ends the thread. What it has taken is its owner's again. */
  async close(cause = "it was closed"): Promise<void> {
    this.#end(cause)
    await this.#worker.terminate()
  }

  #receive(replies: readonly Reply[]): void {
    if (this.#isEnded) return
    const wasFull = this.#left.length === this.#ahead
    for (const reply of replies) {
      const run = this.#taken.get(reply.id)
      this.#taken.delete(reply.id)
      // Answers come in the order of what was given.
      if (run && --this.#left[0] === 0) this.#left.shift()
      run?.resolve(reply)
    }
    if (this.#taken.size > 0) this.#await()
    else {
      clearTimeout(this.#watch)
      this.#watch = undefined
    }
    if (wasFull && this.#left.length < this.#ahead) this.#owner.idle(this)
  }

  /** Waits for the next sign of life. */
  #await(): void {
    this.#watch ??= setTimeout(() => {
      void this.close(`it did not answer for ${this.#hangsAfter} ms`)
    }, this.#hangsAfter)
    this.#watch.refresh()
  }

  #end(cause: string, error?: Error): void {
    if (this.#isEnded) return
    this.#isEnded = true
    clearTimeout(this.#watch)
    clearTimeout(this.#starting)
    this.#neverReady(new Error(cause, { cause: error }))
    const blamed = this.#taken.get(Atomics.load(this.#current, 0))
    const rest = [...this.#taken.values()].filter((run) => run !== blamed)
    this.#taken.clear()
    this.#owner.ended(this, { cause, blamed, rest })
  }
}

/** Elements of every type can be read at such multiples. */
const ALIGNMENT = 8

/** Copies of bytes in one buffer: handing many over costs more than copying them. */
function inOneBuffer(pieces: readonly Uint8Array[]): Uint8Array[] {
  const room = ({ length }: Uint8Array) => Math.ceil(length / ALIGNMENT) * ALIGNMENT
  const all = new Uint8Array(pieces.reduce((bytes, piece) => bytes + room(piece), 0))
  let at = 0
  return pieces.map((piece) => {
    all.set(piece, at)
    const copy = all.subarray(at, at + piece.length)
    at += room(piece)
    return copy
  })
}
