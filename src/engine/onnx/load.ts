import { OnusError } from "../../protocol/errors.ts"
import { takeCensus } from "./census.ts"
import { checkNames } from "./check-names.ts"
import { TensorDecoder } from "./decode-tensor.ts"
import { decodeInput, decodeOutput } from "./decode-value.ts"
import { malformed, quote } from "./errors.ts"
import type { ExternalFiles } from "./external-data.ts"
import { Inliner } from "./functions.ts"
import type { OnnxGraph, OnnxTensor } from "./graph.ts"
import { ONNX_LIMITS, type OnnxLimits } from "./limits.ts"
import { decodeModel, type GraphMessage } from "./message.ts"
import { requireKnownOperators, standardOpset } from "./opsets.ts"
import { ModelProto } from "./schema.ts"

/** What else loading may use. */
export interface LoadOptions {
  readonly limits?: OnnxLimits
  /** Where the tensors are that the model keeps in other files. */
  readonly external?: ExternalFiles
}

/**
 * Reads an ONNX file into plain data. The data of its tensors are views of `bytes` and of the external files,
 * so these must not change afterwards.
 *
 * The file may come from a stranger: its size, counts and shapes are checked before memory is spent on them,
 * and whatever is wrong with it ends in an {@link OnusError} that names the node or tensor concerned.
 *
 * @throws {OnusError} OnnxMalformed, OnnxTooLarge, OnnxVersionUnsupported, OnnxOpsetUnsupported,
 *   OnnxTypeUnsupported, OnnxAttributeUnsupported, OnnxSparseUnsupported, OnnxExternalDataMissing,
 *   OnnxExternalPathInvalid, and what `external` throws.
 *
 * @example
 * const graph = loadOnnx(await readFile("models/digits.onnx"))
 * console.log(graph.inputs, graph.nodes.length)
 */
export function loadOnnx(bytes: Uint8Array, options: LoadOptions = {}): OnnxGraph {
  const { limits = ONNX_LIMITS, external } = options
  takeCensus(bytes, ModelProto, limits)
  const model = decodeModel(bytes)
  if (model.graph === null) throw malformed("The model file has no graph")
  const opset = standardOpset(model)
  if (model.graph.sparseInitializer.length > 0) {
    throw new OnusError("OnnxSparseUnsupported", "The model has sparse initializers", {
      hint: "Store the weights as ordinary tensors",
    })
  }

  const tensors = new TensorDecoder(limits, external)
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
    nodes: new Inliner(model, opset, tensors, limits).decode(model.graph),
  }
  requireNames(graph)
  requireKnownOperators(opset, graph.nodes)
  checkNames(graph)
  return graph
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
