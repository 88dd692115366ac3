import { OnusError } from "../protocol/errors.ts"
import type { Execution } from "../engine/executor.ts"
import type { Program } from "../engine/program/program.ts"
import type { Answered, Pool, RunRoots } from "./pool.ts"
import { EvidenceLane } from "./evidence.ts"
import { Lane } from "./lane.ts"
import type { Reply } from "./messages.ts"
import { withSharedConstants } from "./thread-program.ts"

/** A model that a pool is to run. */
export interface PooledModel {
  readonly program: Program
  /** Runs at the same time. Default 1. */
  readonly workers?: number
  /** Threads that are started at once; the others when runs wait for them. Default: all. */
  readonly first?: number
  /** Threads that compute one run together: for large models. Default 1. */
  readonly threads?: number
  /** Runs that may wait for it. Default: that of the pool. */
  readonly queue?: number
}

export interface PoolOptions {
  /** Runs that may wait for each model. Default 256. */
  readonly queue?: number
  /** Requests for evidence that may wait for each model. Default 8. */
  readonly evidenceQueue?: number
  /** Milliseconds without a sign of life after which a thread is replaced and its run fails. Default 60,000. */
  readonly hangsAfter?: number
  /**
   * How often a thread may have been given runs that it is not done with. Default 1: a run waits for whichever thread is free first.
   * With 2, no thread ever waits for its next run.
   */
  readonly ahead?: number
  /** Milliseconds that a thread may take to load its model. Default: as long as it likes. */
  readonly startsWithin?: number
  /** Hears of every thread that ended and is replaced. */
  readonly onLost?: (modelId: string, cause: string) => void
}

interface Lanes {
  readonly program: Program
  readonly serving: Lane
  readonly evidence: EvidenceLane
}

/**
 * Starts threads for models. A program has fixed shapes and each request a receipt of its own, so requests are not stacked
 * into one run; those that wait for the same thread are handed over in one message if their runs are short.
 *
 * @throws OnusError `PoolFailed`.
 */
export async function openPool(models: readonly PooledModel[], options: PoolOptions = {}): Promise<Pool> {
  const lanes = new Map(models.map((model) => [model.program.modelId, lanesOf(model, options)]))
  const pool = new ThreadPool(lanes)
  const started = await Promise.allSettled([...lanes.values()].map(({ serving }) => serving.start()))
  const failed = started.find((result) => result.status === "rejected")
  if (!failed) return pool
  await pool.close()
  throw failed.reason
}

function lanesOf(model: PooledModel, options: PoolOptions): Lanes {
  const { program, workers = 1, first = workers, threads = 1, queue = options.queue ?? 256 } = model
  const { evidenceQueue = 8, hangsAfter = 60_000, ahead = 1, startsWithin, onLost } = options
  const shared = withSharedConstants(program)
  const common = {
    workers,
    threads,
    hangsAfter,
    ...(startsWithin === undefined ? {} : { startsWithin }),
    ...(onLost ? { onLost } : {}),
  }
  return {
    program: shared,
    serving: new Lane(shared, { ...common, first, ahead, queue }),
    evidence: new EvidenceLane(shared, { ...common, queue: evidenceQueue }),
  }
}

class ThreadPool implements Pool {
  readonly programs: ReadonlyMap<string, Program>
  readonly #lanes: ReadonlyMap<string, Lanes>
  #isClosed = false

  constructor(lanes: ReadonlyMap<string, Lanes>) {
    this.#lanes = lanes
    this.programs = new Map([...lanes].map(([id, { program }]) => [id, program]))
  }

  requireRoom(modelId: string): void {
    this.#lanesOf(modelId).serving.requireRoom()
  }

  async run(modelId: string, inputs: Uint8Array, trace: "eager" | "lazy"): Promise<Answered> {
    const { serving } = this.#laneFor(modelId)
    const [reply, { since, takenAt = since }] = await serving.run(inputs, trace)
    if (reply.kind !== "answer") throw failureOf(reply)
    const { outputs, inputRoot, outputRoot, traceRoot, ranMs } = reply
    serving.measured(ranMs)
    return { outputs, inputRoot, outputRoot, traceRoot, ranMs, queuedMs: takenAt - since }
  }

  async rootsOf(modelId: string, inputs: Uint8Array, trace: "eager" | "lazy"): Promise<RunRoots> {
    const { serving } = this.#laneFor(modelId)
    const [reply] = await serving.run(inputs, trace, { isBare: true })
    if (reply.kind !== "roots") throw failureOf(reply)
    const { roots, ranMs } = reply
    serving.measured(ranMs)
    const [inputRoot, outputRoot, traceRoot] = [0, 1, 2].map((at) => roots.slice(64 * at, 64 * (at + 1)))
    return {
      inputRoot: `0x${inputRoot}`,
      outputRoot: `0x${outputRoot}`,
      traceRoot: traceRoot === "" ? undefined : `0x${traceRoot}`,
    }
  }

  /** Where runs of a model wait, if there is room. */
  #laneFor(modelId: string): Lanes {
    const lanes = this.#lanesOf(modelId)
    lanes.serving.requireRoom()
    return lanes
  }

  async evidenceOf(modelId: string, inputs: Uint8Array, urgent = false): Promise<Execution> {
    return this.#lanesOf(modelId).evidence.run(inputs, urgent)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(
      [...this.#lanes.values()].flatMap(({ serving, evidence }) => [serving.close(), evidence.close()]),
    )
  }

  #lanesOf(modelId: string): Lanes {
    if (this.#isClosed) throw new OnusError("PoolClosed", "The node is stopping: no runs are done any more")
    const lanes = this.#lanes.get(modelId)
    if (lanes) return lanes
    throw new OnusError("ModelUnknown", `Model ${modelId} is not served here`)
  }
}

const failureOf = (reply: Reply): OnusError =>
  new OnusError(
    "RunFailed",
    reply.kind === "failure" ? `${reply.code}: ${reply.message}` : "The thread gave no answer",
  )
