import type { RunSpace } from "../engine/trace/commitment.ts"
import type { ThreadProgram } from "./thread-program.ts"

/** What a thread is started with. */
export interface ThreadStart {
  readonly program: ThreadProgram
  readonly threads: number
  /** One word: the id of the job that the thread is at, 0 if none. Tells what a thread died of. */
  readonly current: Int32Array
}

/** A run that a thread is to do. */
export interface Job {
  /** Above zero, and no other one's of the same thread. */
  readonly id: number
  readonly inputs: Uint8Array
  /** What is hashed: inputs, outputs and trace; inputs and outputs; everything, which is kept; or nothing. */
  readonly trace: "eager" | "lazy" | "kept" | "plain"
  /** Whether the roots are enough. */
  readonly isBare: boolean
}

/** The tree of one space: the leaves below it, and the memory of its builder. */
export interface PackedTree {
  readonly leafCount: number
  readonly memory: Uint8Array
}

/** What a thread has done. */
export type Reply =
  | {
      readonly id: number
      readonly kind: "answer"
      readonly outputs: readonly Uint8Array[]
      readonly inputRoot: string
      readonly outputRoot: string
      readonly traceRoot: string | undefined
      readonly ranMs: number
    }
  | {
      readonly id: number
      readonly kind: "roots"
      /** Of inputs, outputs, and of the trace if it is hashed: 64 digits each, as one string is told faster than three. */
      readonly roots: string
      readonly ranMs: number
    }
  | {
      readonly id: number
      readonly kind: "evidence"
      readonly tensors: Readonly<Record<RunSpace, readonly Uint8Array[]>>
      readonly trees: Readonly<Record<RunSpace, PackedTree>>
    }
  | { readonly id: number; readonly kind: "failure"; readonly code: string; readonly message: string }
