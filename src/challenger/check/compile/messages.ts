import type { Dimensions, Shapes } from "../../../engine/onnx/dimensions.ts"
import type { OnnxLimits } from "../../../engine/onnx/limits.ts"
import type { Program } from "../../../engine/program/program.ts"

/** What the thread is started with. */
export interface CompileOrder {
  readonly onnx: Uint8Array
  readonly shapes: Shapes
  /** The model that the file is said to be; whatever it is, if this is left out. */
  readonly modelId?: string | undefined
  readonly limits: OnnxLimits
  /** Threads of one run. */
  readonly threads: number
}

/** A tree without its methods: digests as `TensorTree` takes them. */
export interface FlatTree {
  readonly leafCount: number
  readonly digests: Uint8Array
}

/** A program as it goes from thread to thread; constants and digests lie in memory that both have. */
export type FlatProgram = Omit<Program, "programTree" | "weightsTree"> & {
  readonly programTree: FlatTree
  readonly weightsTree: FlatTree
}

/** What a model takes, known before anything of it is run. */
export interface Needs {
  /** Bytes of linear memory of an engine. */
  readonly engineBytes: number
  /** Bytes of a run of which every tensor is kept. */
  readonly keptBytes: number
  /** Bytes of constants, digests and descriptors. */
  readonly programBytes: number
  /** Whether every element of every step could be proven wrong on-chain. */
  readonly isProvable: boolean
}

/** What came out. */
export type CompileReply =
  | {
      readonly kind: "program"
      readonly program: FlatProgram
      readonly needs: Needs
      /** Sizes of the dimensions that the file leaves open, by name. */
      readonly dimensions: Dimensions
    }
  | {
      readonly kind: "failure"
      readonly code: string
      readonly message: string
      readonly hint?: string | undefined
    }
