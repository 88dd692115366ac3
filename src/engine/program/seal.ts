import { encodeStep } from "../../protocol/encode-step.ts"
import { hex } from "../../protocol/hex.ts"
import { METHOD, SEMANTICS, type ModelHeader, modelId } from "../../protocol/model.ts"
import { Space } from "../../protocol/program.ts"
import { PROGRAM_KIND } from "../../protocol/tensor-tree.ts"
import { TreeBuilder, treeOf } from "../../protocol/tree-builder.ts"
import { treeDepth } from "../../protocol/tree-depth.ts"
import { type Program, type ProgramParts, totalLeaves } from "./program.ts"

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
    programRoot: hex(programTree.root),
    weightsRoot: hex(weightsTree.root),
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
