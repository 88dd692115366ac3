import { OnusError } from "../../protocol/errors.ts"
import { hex } from "../../protocol/hex.ts"
import { Space, type Tensor } from "../../protocol/program.ts"
import { CHUNK_BYTES, type TensorTree } from "../../protocol/tensor-tree.ts"
import { TreeBuilder } from "../../protocol/tree-builder.ts"
import { type Execution, type Inputs, inputBytes } from "../executor.ts"
import { type Program, totalLeaves } from "../program/program.ts"

/** Successive chunks of a tensor with the siblings that lead to its root, ready for the referee. */
export interface Opening {
  /** The first one. */
  readonly chunk: number
  readonly data: Uint8Array
  readonly path: readonly Uint8Array[]
}

/** The trees of one run. Roots are 0x-prefixed hex. */
export interface Commitment {
  readonly inputRoot: string
  /** Before it is bound to a request: see `traceCommitment`. */
  readonly traceRoot: string
  readonly outputRoot: string
  /**
   * Opens a chunk of any tensor, constants included, or several from it on.
   *
   * @throws OnusError `LeafOutOfRange`, `TensorNotKept`.
   */
  open(tensor: Tensor, chunk: number, count?: number): Opening
}

/** The spaces that are filled by a run. */
export type RunSpace = Exclude<Space, typeof Space.Weights>

/** The trees of what a run has filled. */
export type RunTrees = Readonly<Record<RunSpace, TensorTree>>

/**
 * Commits to every tensor of a run, by the trees that were grown while it was computed. If there are none, each
 * tree is hashed when something of it is first asked for; the result is the same.
 */
export function commit(execution: Execution): Commitment {
  const { program, trees = lazyTrees(execution) } = execution
  return {
    get inputRoot() {
      return hex(trees[Space.Input].root)
    },
    get traceRoot() {
      return hex(trees[Space.Trace].root)
    },
    get outputRoot() {
      return hex(trees[Space.Output].root)
    },
    open(tensor, chunk, count = 1) {
      const bytes = execution.bytes(tensor)
      const chunks = Math.ceil(bytes.length / CHUNK_BYTES)
      const isRange = Number.isInteger(chunk) && Number.isInteger(count) && chunk >= 0 && count > 0
      if (!isRange || chunk + count > chunks) {
        const which = count === 1 ? `chunk ${chunk}` : `${count} chunks from ${chunk} on`
        throw new OnusError("LeafOutOfRange", `Tensor ${tensor.id} has no ${which}`)
      }
      const data = bytes.slice(chunk * CHUNK_BYTES, (chunk + count) * CHUNK_BYTES)
      const tree = tensor.space === Space.Weights ? program.weightsTree : trees[tensor.space]
      return { chunk, data, path: tree.path(tensor.firstLeaf + chunk, count) }
    },
  }
}

/** The trees of what a run has filled. @param bytes those of each tensor. */
export function treesOf(program: Program, bytes: (tensor: Tensor) => Uint8Array): RunTrees {
  const tree = (space: RunSpace): TensorTree => grow(tensorsOf(program, space), bytes)
  return {
    [Space.Input]: tree(Space.Input),
    [Space.Trace]: tree(Space.Trace),
    [Space.Output]: tree(Space.Output),
  }
}

function lazyTrees(execution: Execution): RunTrees {
  const trees: Partial<Record<RunSpace, TensorTree>> = {}
  const tree = (space: RunSpace): TensorTree =>
    (trees[space] ??= grow(tensorsOf(execution.program, space), (tensor) => execution.bytes(tensor)))
  return {
    get [Space.Input]() {
      return tree(Space.Input)
    },
    get [Space.Trace]() {
      return tree(Space.Trace)
    },
    get [Space.Output]() {
      return tree(Space.Output)
    },
  }
}

function grow(tensors: readonly Tensor[], bytes: (tensor: Tensor) => Uint8Array): TensorTree {
  const builder = new TreeBuilder(totalLeaves(tensors))
  for (const tensor of tensors) builder.addTensor(tensor, bytes(tensor))
  return builder.finish()
}

/** The root of the input tree: what a consumer computes before it asks. */
export function inputCommitment(program: Program, inputs: Inputs): string {
  const bytes = inputBytes(program, inputs)
  const tensors = tensorsOf(program, Space.Input)
  return hex(grow(tensors, (tensor) => bytes[tensors.indexOf(tensor)]).root)
}

/** The tensors of a space in the order of their leaves. */
export function tensorsOf(program: Program, space: Space): Tensor[] {
  if (space === Space.Input) return program.inputs.map((port) => port.tensor)
  if (space === Space.Weights) return program.constants.map((constant) => constant.tensor)
  if (space === Space.Output) return program.outputs.map((port) => port.tensor).sort((a, b) => a.id - b.id)
  return [...program.traceTensors]
}
