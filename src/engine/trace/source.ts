import type { Tensor } from "../../protocol/program.ts"
import type { Program } from "../program/program.ts"

/** A run whose tensors can be hashed while it goes on. */
export interface TraceSource {
  readonly program: Program
  /** Tensors lie in it as they are committed. */
  readonly buffer: SharedArrayBuffer
  /**
   * Where in `buffer` a tensor of Input, Trace or Output begins. Nothing else is put there before the run is
   * hashed. Multiples of 8 are copied much faster.
   */
  readonly offsetOf: (tensor: Tensor) => number
  /**
   * One word of shared memory: how many steps are finished, or, as a negative number, how many inputs are not
   * in the buffer yet. Inputs come in the order of the program. It is changed by atomic operations.
   */
  readonly progress: Int32Array
}
