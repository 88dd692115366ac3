import { OnusError } from "../../protocol/errors.ts"
import type { OnnxGraph, OnnxInput, OnnxNode } from "../onnx/graph.ts"
import { Builder, unsupported } from "./builder.ts"
import { lowerConv } from "./operators/conv.ts"
import { lowerFlatten } from "./operators/flatten.ts"
import { lowerGemm } from "./operators/gemm.ts"
import { lowerMaxPool } from "./operators/max-pool.ts"
import { lowerRelu } from "./operators/relu.ts"
import { lowerSoftmax } from "./operators/softmax.ts"
import { type Program, sealProgram } from "./program.ts"

const LOWERINGS: Readonly<Record<string, (builder: Builder, node: OnnxNode) => void>> = {
  Conv: lowerConv,
  Flatten: lowerFlatten,
  Gemm: lowerGemm,
  MaxPool: lowerMaxPool,
  Relu: lowerRelu,
  Softmax: lowerSoftmax,
}

/**
 * Turns an ONNX graph into the few primitives that semantics, executor and referee know.
 *
 * @throws OnusError `OperatorUnsupported` (node, operator and reason), `InputUnsupported`,
 * `TensorSizeUnsupported`, `ProgramInvalid`.
 */
export function lower(graph: OnnxGraph): Program {
  const builder = new Builder(graph)
  for (const input of graph.inputs) builder.addInput(input.name, staticShape(input))
  for (const node of graph.nodes) {
    // A fused activation is done together with the node before it.
    if (node.outputs.some((name) => builder.isBound(name))) continue
    const lowering =
      node.domain === "" && Object.hasOwn(LOWERINGS, node.opType) ? LOWERINGS[node.opType] : undefined
    if (!lowering) throw unsupported(node, "the operator is not supported")
    lowering(builder, node)
  }
  return sealProgram(builder.finish())
}

function staticShape({ name, elementType, shape }: OnnxInput): number[] {
  const fail = (why: string): never => {
    throw new OnusError("InputUnsupported", `Input "${name}" ${why}`, {
      hint: "Export the model with float32 inputs of fixed shape",
    })
  }
  if (elementType !== "float32") fail(`is ${elementType}, not float32`)
  return shape.map((size) => (typeof size === "number" ? size : fail(`has the open dimension "${size}"`)))
}
