import type { Tensor } from "../../protocol/program.ts"
import type { Buffer } from "./buffer.ts"
import type { Writing } from "./source.ts"

/** Constants in the form that a kernel wants it in, made once when a program is loaded. */
export interface Prepared {
  /** Equal keys stand for equal bytes. */
  readonly key: string
  /** The constants that it is made of. */
  readonly tensors: readonly Tensor[]
  readonly size: number
  /** Writes the form to memory that is zero, from the bytes of those constants. */
  readonly fill: (data: readonly Uint8Array[], target: Uint8Array) => void
}

/** A part of a step that all threads finish before the next one starts. */
export interface Stage {
  /** Tensors that it reads as they are. */
  readonly reads: readonly Tensor[]
  /** Constants that it reads in another form. */
  readonly prepared?: readonly Prepared[]
  /** The tensor that it writes; none if its result is only for the next stages of the step. */
  readonly output?: Tensor
  /** Room for what one stage of a step leaves to the next. */
  readonly temporaries: readonly Buffer[]
  /** Writes the plan once everything has its place; returns the address. */
  readonly write: (writing: Writing) => number
}
