import { type Thread, startThread } from "#thread"
import { OnusError } from "../../protocol/errors.ts"
import type { EngineMemory } from "./engine-memory.ts"
import { type Kernels, instantiate } from "./kernels.ts"
import { DONE, LEFT, PLANS, RUN, SHARED_WORDS, breakOff } from "./shared-words.ts"
import type { ThreadStart } from "./worker.ts"

/** The value of RUN that ends all threads. */
const END = -1

/** What a run is, apart from the inputs. */
export interface RunPlan {
  readonly list: number
  readonly plans: readonly number[]
  readonly scratch: number
  readonly scratchBytes: number
}

/** This thread and the others that compute with it. */
export class Threads {
  readonly #kernels: Kernels
  readonly #memory: EngineMemory
  readonly #shared: number
  readonly #others: readonly Thread[]
  #runs = 0

  private constructor(kernels: Kernels, memory: EngineMemory, shared: number, others: readonly Thread[]) {
    this.#kernels = kernels
    this.#memory = memory
    this.#shared = shared
    this.#others = others
  }

  /**
   * Starts `count` - 1 threads beside this one.
   *
   * @param shared address of 64 zero bytes
   * @throws OnusError `EngineFailed`.
   */
  static async start(
    module: WebAssembly.Module,
    memory: EngineMemory,
    shared: number,
    count: number,
  ): Promise<Threads> {
    const kernels = instantiate(module, memory.memory)
    const starting = Array.from({ length: count - 1 }, async (_, i) => {
      const thread = startThread(new URL("./worker.ts", import.meta.url))
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      thread.onMessage(resolve)
      thread.onError(reject)
      const start: ThreadStart = { module, memory: memory.memory, shared, thread: i + 1, threads: count }
      thread.post(start)
      await promise
      thread.keep(false)
      return thread
    })
    const started = await Promise.allSettled(starting)
    const others = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []))
    const threads = new Threads(kernels, memory, shared, others)
    const failed = started.find((result) => result.status === "rejected")
    if (!failed) return threads
    await threads.close()
    throw new OnusError("EngineFailed", "A thread of the engine has not started", { cause: failed.reason })
  }

  /** One word: how many steps of the program are finished. */
  get progress(): Int32Array {
    return this.#memory.words(this.#shared + 4 * DONE, 1)
  }

  /** Makes a run ready, with no step finished. */
  prepare({ list, plans, scratch, scratchBytes }: RunPlan, nextWord: number): void {
    const words = this.#memory.words(this.#shared, SHARED_WORDS)
    words.set([list, plans.length, scratch, scratchBytes, 0, 0], PLANS)
    words[LEFT] = 0
    const all = this.#memory.words(0, this.#memory.memory.buffer.byteLength / 4)
    for (const plan of plans) all[plan / 4 + nextWord] = 0
  }

  /**
   * Runs what was made ready. Returns false if an access has left its tensor.
   *
   * @throws OnusError `EngineFailed` if a thread breaks off; nothing can be run any more.
   */
  run(): boolean {
    const words = this.#memory.words(this.#shared, SHARED_WORDS)
    try {
      Atomics.store(words, RUN, ++this.#runs)
      Atomics.notify(words, RUN)
      this.#kernels.run(this.#shared, 0, 1 + this.#others.length)
    } catch (cause) {
      breakOff(words)
      throw new OnusError("EngineFailed", "A thread of the engine has broken off", { cause })
    }
    return Atomics.load(words, LEFT) === 0
  }

  /** Ends the other threads. */
  async close(): Promise<void> {
    const words = this.#memory.words(this.#shared, SHARED_WORDS)
    Atomics.store(words, RUN, END)
    Atomics.notify(words, RUN)
    await Promise.all(this.#others.map((thread) => thread.close()))
  }
}
