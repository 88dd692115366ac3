import type { Space, Tensor } from "../protocol/program.ts"
import type { Program } from "./program/program.ts"

/** Every tensor of one run, as bit patterns by space and tensor id. */
export class Execution {
  readonly program: Program
  readonly #tensors: Readonly<Record<Space, readonly Uint32Array[]>>

  constructor(program: Program, tensors: Readonly<Record<Space, readonly Uint32Array[]>>) {
    this.program = program
    this.#tensors = tensors
  }

  /** The bit patterns of a tensor's elements. */
  bits(tensor: Tensor): Uint32Array {
    return this.#tensors[tensor.space][tensor.id]
  }
}

/** Values for the inputs of a model by name, as float32. */
export type Inputs = Readonly<Record<string, Float32Array>>

/**
 * Whatever runs programs. All executors agree on every bit of every tensor: the reference interpreter
 * defines the bits, faster ones are checked against it.
 */
export interface Executor {
  readonly name: string
  /** @throws OnusError `InputMissing`, `InputUnknown`, `InputShapeMismatch`. */
  run(program: Program, inputs: Inputs): Execution
}
