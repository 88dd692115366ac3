import { hexlify } from "ethers"
import { OnusError } from "../../protocol/errors.ts"
import { Space, type Tensor } from "../../protocol/program.ts"
import { TensorTree, chunksOf } from "../../protocol/tensor-tree.ts"
import { type Execution, type Inputs, bindInputs } from "../executor.ts"
import type { Program } from "../program/program.ts"

/** A chunk of a tensor with the path to its root, ready for the referee. */
export interface Opening {
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
  /** Opens one chunk of any tensor, constants included. */
  open(tensor: Tensor, chunk: number): Opening
}

/** Commits to every tensor of a run. */
export function commit(execution: Execution): Commitment {
  const { program } = execution
  const bytes = (tensor: Tensor) => littleEndian(execution.bits(tensor))
  const plant = (space: Space, tensors: readonly Tensor[]) =>
    new TensorTree(tensors.flatMap((tensor) => chunksOf(space, tensor.id, bytes(tensor))))
  const trees: Record<Space, TensorTree> = {
    [Space.Input]: plant(Space.Input, tensorsOf(program, Space.Input)),
    [Space.Weights]: program.weightsTree,
    [Space.Trace]: plant(Space.Trace, tensorsOf(program, Space.Trace)),
    [Space.Output]: plant(Space.Output, tensorsOf(program, Space.Output)),
  }
  return {
    inputRoot: hexlify(trees[Space.Input].root),
    traceRoot: hexlify(trees[Space.Trace].root),
    outputRoot: hexlify(trees[Space.Output].root),
    open(tensor, chunk) {
      const leaf = chunksOf(tensor.space, tensor.id, bytes(tensor))[chunk]
      if (!leaf) throw new OnusError("LeafOutOfRange", `Tensor ${tensor.id} has no chunk ${chunk}`)
      return { chunk, data: leaf.data, path: trees[tensor.space].path(tensor.firstLeaf + chunk) }
    },
  }
}

/** The root of the input tree: what a consumer computes before it asks. */
export function inputCommitment(program: Program, inputs: Inputs): string {
  const bits = bindInputs(program, inputs)
  const leaves = program.inputs.flatMap(({ tensor }, at) =>
    chunksOf(Space.Input, tensor.id, littleEndian(bits[at])),
  )
  return hexlify(new TensorTree(leaves).root)
}

/** The tensors of a space in the order of their leaves. */
export function tensorsOf(program: Program, space: Space): Tensor[] {
  if (space === Space.Input) return program.inputs.map((port) => port.tensor)
  if (space === Space.Weights) return program.constants.map((constant) => constant.tensor)
  return program.steps.map((step) => step.output).filter((tensor) => tensor.space === space)
}

/** The bytes of a tensor as committed. */
export function littleEndian(bits: Uint32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(bits.length * 4))
  bits.forEach((word, i) => view.setUint32(i * 4, word, true))
  return new Uint8Array(view.buffer)
}
