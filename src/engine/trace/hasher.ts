import { TreeBuilder } from "../../protocol/tree-builder.ts"
import type { RunTrees } from "./commitment.ts"
import type { TraceJob } from "./follow.ts"
import { HashingThread } from "./hashing-thread.ts"
import { jobOf } from "./job.ts"
import type { TraceSource } from "./source.ts"

/** A run that is being computed. */
export interface PendingTrace {
  /** To be called after the last step. @throws OnusError `TraceThreadFailed`, `LeafMissing`. */
  finish(): Promise<RunTrees>
  /** To be called if the run fails: it is not hashed further. Resolves when its memory may be used again. */
  abandon(): Promise<void>
}

/** Threads that hash the tensors of runs while they are computed, one run after the other. */
export class TraceHasher {
  readonly #follower: HashingThread
  readonly #helpers: readonly HashingThread[]

  private constructor([follower, ...helpers]: readonly HashingThread[]) {
    this.#follower = follower
    this.#helpers = helpers
  }

  /**
   * Starts one thread that hashes while a run goes on.
   *
   * @param helpers more threads, which help it when the last step is done and processors have become free
   * @returns undefined where there is no shared memory or no thread to be had
   */
  static async start(helpers: number): Promise<TraceHasher | undefined> {
    if (typeof SharedArrayBuffer === "undefined") return undefined
    const starting = Array.from({ length: 1 + helpers }, () => HashingThread.start())
    const started = await Promise.allSettled(starting)
    const threads = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []))
    if (threads.length === starting.length) return new TraceHasher(threads)
    await Promise.all(threads.map((thread) => thread.close()))
    return undefined
  }

  /** Follows a run from its beginning on. */
  follow(source: TraceSource): PendingTrace {
    const job = jobOf(source)
    const following = this.#follower.run({ follow: job })
    // Who abandons a run does not want to hear of it.
    following.catch(() => {})
    const end = (): void => {
      Atomics.store(job.ended, 0, 1)
      Atomics.notify(job.progress, 0)
    }
    return {
      finish: async () => {
        end()
        const helping = this.#helpers.map((helper) => helper.run({ join: job }))
        // All of them: memory may be used again when nobody reads it any more.
        for (const result of await Promise.allSettled([following, ...helping]))
          if (result.status === "rejected") throw result.reason
        return grownTrees(job)
      },
      abandon: async () => {
        end()
        await Promise.allSettled([following])
      },
    }
  }

  /** Ends the threads. Runs that they follow fail. */
  async close(): Promise<void> {
    await Promise.all([this.#follower, ...this.#helpers].map((thread) => thread.close()))
  }
}

function grownTrees({ trees }: TraceJob): RunTrees {
  const grown = trees.map(({ space, leafCount, memory }) => [
    space,
    new TreeBuilder(leafCount, memory).finish(),
  ])
  return Object.fromEntries(grown) as RunTrees
}
