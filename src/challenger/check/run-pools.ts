import { OnusError } from "../../protocol/errors.ts"
import type { Program } from "../../engine/program/program.ts"
import { openPool } from "../../pool/open.ts"
import type { Pool } from "../../pool/pool.ts"
import type { Caps } from "./caps.ts"
import type { CompiledModel } from "./compile.ts"

/** Runs that may wait for one model: whoever asks bounds how many ask at once. */
const QUEUE = 100_000

export type PoolCaps = Pick<
  Caps,
  "models" | "workers" | "threads" | "engineBytes" | "idleMs" | "loadMs" | "runMs"
>

export interface RunPoolsOptions {
  readonly caps: PoolCaps
  /** Hears of every thread that ended and is replaced. */
  readonly onLost?: (modelId: string, cause: string) => void
  readonly open?: typeof openPool
}

interface Entry {
  readonly pool: Promise<Pool>
  /** Bytes of linear memory of all its threads. */
  readonly bytes: number
  users: number
  idle?: NodeJS.Timeout
}

interface Waiting extends PromiseWithResolvers<Entry> {
  readonly model: CompiledModel
}

/** Threads for the models that are asked for: opened when the first run comes, ended when none has come for a while. */
export class RunPools {
  readonly #options: RunPoolsOptions
  /** The last one used is the last one. */
  readonly #entries = new Map<string, Entry>()
  /** Those that wait for room, in their order: nobody overtakes, or a model that is always in use would keep all others out. */
  readonly #waiting: Waiting[] = []
  readonly #closing = new Set<Promise<unknown>>()
  #isClosed = false

  constructor(options: RunPoolsOptions) {
    this.#options = options
  }

  /** Models that have threads now. */
  get size(): number {
    return this.#entries.size
  }

  /**
   * Does something with the threads of a model.
   *
   * @throws OnusError `PoolFailed`, `PoolClosed`, and what `act` throws.
   */
  async use<T>(model: CompiledModel, act: (pool: Pool) => Promise<T>): Promise<T> {
    const entry = await this.#enter(model)
    try {
      return await act(await entry.pool)
    } finally {
      this.#leave(model.program.modelId, entry)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#serve()
    for (const [modelId, entry] of this.#entries) this.#end(modelId, entry)
    await Promise.all(this.#closing)
  }

  #enter(model: CompiledModel): Promise<Entry> {
    const waiting: Waiting = { model, ...Promise.withResolvers<Entry>() }
    this.#waiting.push(waiting)
    this.#serve()
    return waiting.promise
  }

  /** Lets in those that wait, as far as there is room for the first of them. */
  #serve(): void {
    for (;;) {
      const [first] = this.#waiting
      if (!first) return
      const entry = this.#isClosed ? undefined : this.#find(first.model)
      if (!entry && !this.#isClosed) return
      this.#waiting.shift()
      if (!entry) {
        first.reject(new OnusError("PoolClosed", "The checker is stopping: no runs are done any more"))
        continue
      }
      entry.users++
      clearTimeout(entry.idle)
      first.resolve(entry)
    }
  }

  /** The threads of a model; new ones if there is room, or can be made; undefined if not. */
  #find({ program, needs }: CompiledModel): Entry | undefined {
    const { modelId } = program
    const known = this.#entries.get(modelId)
    if (known) {
      this.#entries.delete(modelId)
      this.#entries.set(modelId, known)
      return known
    }
    const { caps } = this.#options
    const workers = Math.max(1, Math.min(caps.workers, Math.floor(caps.engineBytes / needs.engineBytes)))
    const bytes = workers * needs.engineBytes
    if (!this.#makeRoom(bytes)) return undefined
    // When others have given their memory back.
    const pool = Promise.all(this.#closing).then(() => this.#open(program, workers))
    const entry: Entry = { pool, bytes, users: 0 }
    // Threads that do not start are nobody's: whoever comes next tries again.
    entry.pool.catch(() => this.#end(modelId, entry))
    this.#entries.set(modelId, entry)
    return entry
  }

  #open(program: Program, workers: number): Promise<Pool> {
    const { caps, onLost, open = openPool } = this.#options
    return open([{ program, workers, first: 1, threads: caps.threads }], {
      queue: QUEUE,
      ahead: 2,
      hangsAfter: caps.runMs,
      startsWithin: caps.loadMs,
      ...(onLost ? { onLost } : {}),
    })
  }

  /** Ends threads that nobody uses, the longest unused first, until there is room. */
  #makeRoom(bytes: number): boolean {
    const { models, engineBytes } = this.#options.caps
    const used = () => [...this.#entries.values()].reduce((sum, entry) => sum + entry.bytes, 0)
    const fits = () => this.#entries.size < models && used() + bytes <= engineBytes
    for (const [modelId, entry] of this.#entries) {
      if (fits()) break
      if (entry.users === 0) this.#end(modelId, entry)
    }
    return fits()
  }

  #leave(modelId: string, entry: Entry): void {
    entry.users--
    this.#serve()
    if (entry.users > 0 || this.#entries.get(modelId) !== entry) return
    entry.idle = setTimeout(() => this.#end(modelId, entry), this.#options.caps.idleMs).unref()
  }

  #end(modelId: string, entry: Entry): void {
    clearTimeout(entry.idle)
    if (this.#entries.get(modelId) === entry) this.#entries.delete(modelId)
    const closing = entry.pool.then(
      (pool) => pool.close(),
      () => undefined,
    )
    this.#closing.add(closing)
    void closing.finally(() => this.#closing.delete(closing))
    // Not at once: whoever makes room is about to take it.
    queueMicrotask(() => this.#serve())
  }
}
