import { hexlify } from "ethers"
import { METHOD, SEMANTICS, type ModelHeader, modelId } from "../../protocol/model.ts"
import { Space, type Step, type Tensor, encodeStep } from "../../protocol/program.ts"
import { PROGRAM_KIND, TensorTree, chunksOf } from "../../protocol/tensor-tree.ts"
import { treeDepth } from "../../protocol/tree-depth.ts"

/** A named tensor at the edge of a model. */
export interface Port {
  readonly name: string
  readonly shape: readonly number[]
  readonly tensor: Tensor
}

/** A constant of a program with its bytes as committed: little-endian float32. */
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

const leavesOf = (tensors: readonly Tensor[]): number =>
  tensors.reduce((leaves, { firstLeaf, length }) => Math.max(leaves, firstLeaf + Math.ceil(length / 256)), 0)

/** Hashes the parts of a program into its model id. */
export function sealProgram({ steps, inputs, outputs, constants }: ProgramParts): Program {
  const traceTensors = steps.map((step) => step.output).filter((tensor) => tensor.space === Space.Trace)
  const programTree = new TensorTree(
    steps.map((step, chunk) => ({ kind: PROGRAM_KIND, tensorId: 0, chunk, data: encodeStep(step) })),
  )
  const weightsTree = new TensorTree(
    constants.flatMap(({ tensor, data }) => chunksOf(Space.Weights, tensor.id, data)),
  )
  const header: ModelHeader = {
    semantics: SEMANTICS,
    method: METHOD,
    stepCount: steps.length,
    programRoot: hexlify(programTree.root),
    weightsRoot: hexlify(weightsTree.root),
    inputDepth: treeDepth(leavesOf(inputs.map((port) => port.tensor))),
    weightsDepth: weightsTree.depth,
    traceDepth: treeDepth(leavesOf(traceTensors)),
    outputDepth: treeDepth(leavesOf(outputs.map((port) => port.tensor))),
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
