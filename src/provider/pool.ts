import type { Program } from "../engine/program/program.ts"

/** What a run is asked for and gives. Bytes are those of all tensors of a space, concatenated in order. */
export interface Answered {
  /** Output tensors in the order of the program's ports. */
  readonly outputs: readonly Uint8Array[]
  readonly inputRoot: string
  readonly outputRoot: string
  /** Undefined if the trace was not asked for. */
  readonly traceRoot: string | undefined
}

/** Threads that run models. */
export interface Pool {
  /** The programs it serves, by model id. */
  readonly programs: ReadonlyMap<string, Program>
  /**
   * Runs a model.
   *
   * @param inputs as in `Claim`.
   * @throws OnusError `PoolBusy` when too much waits already, `RunFailed`, `PoolClosed`.
   */
  run(modelId: string, inputs: Uint8Array, trace: "eager" | "lazy"): Promise<Answered>
  close(): Promise<void>
}
