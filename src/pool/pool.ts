import type { Execution } from "../engine/executor.ts"
import type { Program } from "../engine/program/program.ts"

/** What a run commits to. */
export interface RunRoots {
  readonly inputRoot: string
  readonly outputRoot: string
  /** Undefined if the trace was not asked for. */
  readonly traceRoot: string | undefined
}

/** What a run is asked for and gives. Bytes are those of all tensors of a space, concatenated in order. */
export interface Answered extends RunRoots {
  /** Output tensors in the order of the program's ports. */
  readonly outputs: readonly Uint8Array[]
  /** Milliseconds until a thread took the run. */
  readonly queuedMs?: number
  /** Milliseconds that the thread worked on it. */
  readonly ranMs?: number
}

/** Threads that run models. */
export interface Pool {
  /** The programs it serves, by model id. */
  readonly programs: ReadonlyMap<string, Program>
  /** Says whether a run would be taken now, before anything is done for it. @throws OnusError `PoolBusy`, `PoolClosed`. */
  requireRoom(modelId: string): void
  /**
   * Runs a model.
   *
   * @param inputs as in `Claim`; copied when a thread takes them, so they must not change until then.
   * @throws OnusError `PoolBusy` when too much waits already, `RunFailed`, `PoolClosed`, `ModelUnknown`.
   */
  run(modelId: string, inputs: Uint8Array, trace: "eager" | "lazy"): Promise<Answered>
  /**
   * Runs a model for the roots alone: to hold them against somebody's.
   *
   * @throws OnusError as {@link run}.
   */
  rootsOf(modelId: string, inputs: Uint8Array, trace: "eager" | "lazy"): Promise<RunRoots>
  /**
   * Runs a model again and keeps every tensor and all trees: evidence, bit for bit that of the first run. Done by a thread of
   * its own, so that nobody who wants evidence delays answers.
   *
   * @param urgent goes before all that are not, and is never refused: an answer to a challenge.
   * @throws OnusError `PoolBusy`, `RunFailed`, `PoolClosed`, `ModelUnknown`.
   */
  evidenceOf(modelId: string, inputs: Uint8Array, urgent?: boolean): Promise<Execution>
  /** Ends the threads. What still waits or runs fails with `PoolClosed`. */
  close(): Promise<void>
}
