import type { ModelHeader } from "../../protocol/model.ts"
import { type Step, type Tensor, widthOf } from "../../protocol/program.ts"
import { CHUNK_BYTES, type TensorTree } from "../../protocol/tensor-tree.ts"

/** A named tensor at the edge of a model; the elements lie in row-major order of the shape. */
export interface Port {
  readonly name: string
  readonly shape: readonly number[]
  readonly tensor: Tensor
}

/** A constant of a program with its bytes as committed. */
export interface Constant {
  readonly tensor: Tensor
  readonly data: Uint8Array
}

/** A lowered model: what runs, what the model id commits to, and what the referee reads. */
export interface Program {
  readonly modelId: string
  readonly header: ModelHeader
  readonly steps: readonly Step[]
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  readonly constants: readonly Constant[]
  /** The tensors that steps write into the trace, in the order of the steps. */
  readonly traceTensors: readonly Tensor[]
  readonly programTree: TensorTree
  readonly weightsTree: TensorTree
}

/** What lowering produces, before it is hashed. */
export type ProgramParts = Pick<Program, "steps" | "inputs" | "outputs" | "constants">

/** How many chunks a tensor has. */
export const leavesOf = ({ type, length }: Tensor): number =>
  Math.ceil((length * widthOf(type)) / CHUNK_BYTES)

/** How many chunks the tensors of one space have. */
export const totalLeaves = (tensors: readonly Tensor[]): number =>
  tensors.reduce((leaves, tensor) => Math.max(leaves, tensor.firstLeaf + leavesOf(tensor)), 0)
