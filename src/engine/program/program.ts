import { hexlify } from "ethers"
import { METHOD, SEMANTICS, type ModelHeader, modelId } from "../../protocol/model.ts"
import { Space, type Step, type Tensor, encodeStep, widthOf } from "../../protocol/program.ts"
import { CHUNK_BYTES, PROGRAM_KIND, type TensorTree } from "../../protocol/tensor-tree.ts"
import { TreeBuilder, treeOf } from "../../protocol/tree-builder.ts"
import { treeDepth } from "../../protocol/tree-depth.ts"

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

/** Hashes the parts of a program into its model id. */
export function sealProgram({ steps, inputs, outputs, constants }: ProgramParts): Program {
  const traceTensors = steps.map((step) => step.output).filter((tensor) => tensor.space === Space.Trace)
  const programTree = treeOf(
    steps.map((step, chunk) => ({ kind: PROGRAM_KIND, tensorId: 0, chunk, data: encodeStep(step) })),
  )
  const weights = new TreeBuilder(totalLeaves(constants.map(({ tensor }) => tensor)))
  for (const { tensor, data } of constants) weights.addTensor(tensor, data)
  const weightsTree = weights.finish()
  const header: ModelHeader = {
    semantics: SEMANTICS,
    method: METHOD,
    stepCount: steps.length,
    programRoot: hexlify(programTree.root),
    weightsRoot: hexlify(weightsTree.root),
    inputDepth: treeDepth(totalLeaves(inputs.map((port) => port.tensor))),
    weightsDepth: weightsTree.depth,
    traceDepth: treeDepth(totalLeaves(traceTensors)),
    outputDepth: treeDepth(totalLeaves(outputs.map((port) => port.tensor))),
  }
  return {
    modelId: modelId(header),
    header,
    steps,
    inputs,
    outputs,
    constants,
    traceTensors,
    programTree,
    weightsTree,
  }
}
