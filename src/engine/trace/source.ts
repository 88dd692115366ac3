import type { Tensor } from "../../protocol/program.ts"
import type { Program } from "../program/program.ts"

/** A run whose tensors can be hashed while it goes on. */
export interface TraceSource {
  readonly program: Program
  /** Tensors lie in it as they are committed. Inputs are there from the beginning. */
  readonly buffer: SharedArrayBuffer
  /** Where in `buffer` a tensor of Input, Trace or Output begins. Nothing else is ever put there. */
  readonly offsetOf: (tensor: Tensor) => number
  /**
   * One word of shared memory: how many steps are finished, or -1 if the run was given up.
   *
   * Whoever computes stores it with `Atomics.store` after every step; `Atomics.notify` is needed after the last
   * one only.
   */
  readonly progress: Int32Array
}
