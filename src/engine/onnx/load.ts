import { OnusError } from "../../protocol/errors.ts"
import { takeCensus } from "./census.ts"
import { checkNames } from "./check-names.ts"
import { decodeNode, standardDomain } from "./decode-node.ts"
import { TensorDecoder } from "./decode-tensor.ts"
import { decodeInput, decodeOutput } from "./decode-value.ts"
import { malformed, quote } from "./errors.ts"
import type { OnnxGraph, OnnxTensor } from "./graph.ts"
import { ONNX_LIMITS, type OnnxLimits } from "./limits.ts"
import { decodeModel, toBigInt, type GraphMessage, type ModelMessage } from "./message.ts"

/** Versions of the standard operator set that are read. */
export const OPSETS = { first: 7, last: 25 } as const

/**
 * Reads an ONNX file into plain data.
 *
 * The file may come from a stranger: its size, counts and shapes are checked before memory is spent on them,
 * and whatever is wrong with it ends in an {@link OnusError} that names the node or tensor concerned.
 *
 * @throws {OnusError} OnnxMalformed, OnnxTooLarge, OnnxOpsetUnsupported, OnnxTypeUnsupported,
 *   OnnxExternalDataUnsupported, OnnxAttributeUnsupported, OnnxFunctionUnsupported, OnnxSparseUnsupported.
 *
 * @example
 * const graph = loadOnnx(await readFile("models/digits.onnx"))
 * console.log(graph.inputs, graph.nodes.length)
 */
export function loadOnnx(bytes: Uint8Array, limits: OnnxLimits = ONNX_LIMITS): OnnxGraph {
  takeCensus(bytes, limits)
  const model = decodeModel(bytes)
  if (model.graph === null) throw malformed("The model file has no graph")
  refuseUnsupported(model, model.graph)

  const opset = standardOpset(model)
  const tensors = new TensorDecoder(limits)
  const initializers = decodeInitializers(model.graph, tensors)
  const graph: OnnxGraph = {
    name: model.graph.name,
    opset,
    // Older files list initializers among the inputs too; they are constants, not something to pass.
    inputs: model.graph.input
      .filter((input) => !initializers.has(input.name))
      .map((input) => decodeInput(input, limits)),
    outputs: model.graph.output.map((output) => decodeOutput(output, limits)),
    initializers,
    nodes: model.graph.node.map((node, index) => decodeNode(node, index, tensors)),
  }
  requireNames(graph)
  checkNames(graph)
  return graph
}

function refuseUnsupported(model: ModelMessage, graph: GraphMessage): void {
  if (model.functions.length > 0) {
    throw new OnusError("OnnxFunctionUnsupported", `The model defines ${model.functions.length} functions`, {
      hint: "Inline them: onnx.inliner.inline_local_functions(model)",
    })
  }
  if (graph.sparseInitializer.length > 0) {
    throw new OnusError("OnnxSparseUnsupported", "The model has sparse initializers", {
      hint: "Store the weights as ordinary tensors",
    })
  }
}

function standardOpset(model: ModelMessage): number {
  const imports = model.opsetImport.filter((entry) => standardDomain(entry.domain) === "")
  if (imports.length !== 1) {
    throw malformed(`The model imports the standard operator set ${imports.length} times instead of once`)
  }
  const version = toBigInt(imports[0].version)
  if (version < OPSETS.first || version > OPSETS.last) {
    throw new OnusError(
      "OnnxOpsetUnsupported",
      `The model uses opset ${version}, supported are ${OPSETS.first} to ${OPSETS.last}`,
      { hint: "Convert it with onnx.version_converter" },
    )
  }
  return Number(version)
}

function decodeInitializers(graph: GraphMessage, tensors: TensorDecoder): Map<string, OnnxTensor> {
  const initializers = new Map<string, OnnxTensor>()
  for (const message of graph.initializer) {
    if (message.name === "") throw malformed(`Initializer #${initializers.size} has no name`)
    const where = `initializer ${quote(message.name)}`
    if (initializers.has(message.name)) throw malformed(`The ${where} is given twice`)
    initializers.set(message.name, tensors.decode(message, where))
  }
  return initializers
}

function requireNames(graph: OnnxGraph): void {
  if (graph.inputs.some((input) => input.name === "")) throw malformed("A graph input has no name")
  if (graph.outputs.some((output) => output.name === "")) throw malformed("A graph output has no name")
  if (graph.outputs.length === 0) throw malformed("The graph has no output")
}
