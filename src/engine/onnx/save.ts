import { checkNames } from "./check-names.ts"
import { ATTRIBUTE_TYPES } from "./decode-attribute.ts"
import { codeOf, widthOf } from "./element-type.ts"
import { malformed, quote } from "./errors.ts"
import type { OnnxAttribute, OnnxDim, OnnxGraph, OnnxNode, OnnxOutput, OnnxTensor } from "./graph.ts"
import type { Int64 } from "./message.ts"
import { ModelProto } from "./schema.ts"

/** The file format version that belongs to opset 17; older runtimes read it too. */
const IR_VERSION = 8

/**
 * Writes a graph as a standard ONNX file, with every tensor as raw data.
 *
 * The same graph gives the same bytes every time, so a saved model can be identified by its hash.
 *
 * @throws {OnusError} OnnxMalformed if the graph contradicts itself.
 *
 * @example
 * await writeFile("models/digits.onnx", saveOnnx(graph))
 */
export function saveOnnx(graph: OnnxGraph): Uint8Array<ArrayBuffer> {
  checkNames(graph)
  const domains = new Set(graph.nodes.map((node) => node.domain).filter((domain) => domain !== ""))
  const message = {
    irVersion: IR_VERSION,
    producerName: "onus",
    graph: {
      name: graph.name,
      node: graph.nodes.map(encodeNode),
      initializer: [...graph.initializers].map(([name, tensor]) => encodeTensor({ ...tensor, name })),
      input: graph.inputs.map(encodeValue),
      output: graph.outputs.map(encodeValue),
    },
    opsetImport: [
      { domain: "", version: graph.opset },
      ...[...domains].map((domain) => ({ domain, version: 1 })),
    ],
  }
  return new Uint8Array(ModelProto.encode(message).finish())
}

function encodeNode(node: OnnxNode) {
  return {
    name: node.name,
    opType: node.opType,
    domain: node.domain,
    input: node.inputs,
    output: node.outputs,
    attribute: [...node.attributes].map(([name, attribute]) => encodeAttribute(name, attribute)),
  }
}

function encodeAttribute(name: string, attribute: OnnxAttribute) {
  const head = { name, type: ATTRIBUTE_TYPES[attribute.type] }
  switch (attribute.type) {
    case "float":
      return { ...head, f: attribute.value }
    case "int":
      return { ...head, i: toInt64(attribute.value) }
    case "string":
      return { ...head, s: new TextEncoder().encode(attribute.value) }
    case "tensor":
      return { ...head, t: encodeTensor(attribute.value) }
    case "floats":
      return { ...head, floats: attribute.value }
    case "ints":
      return { ...head, ints: attribute.value.map(toInt64) }
    case "strings":
      return { ...head, strings: attribute.value.map((text) => new TextEncoder().encode(text)) }
  }
}

function encodeTensor(tensor: OnnxTensor) {
  const needed = tensor.dims.reduce((count, dim) => count * dim, widthOf(tensor.elementType))
  if (tensor.data.length !== needed) {
    throw malformed(`Tensor ${quote(tensor.name)} has ${tensor.data.length} bytes, its shape needs ${needed}`)
  }
  return {
    name: tensor.name,
    dims: tensor.dims,
    dataType: codeOf(tensor.elementType),
    rawData: tensor.data,
  }
}

function encodeValue(value: OnnxOutput) {
  if (value.elementType === undefined) return { name: value.name }
  const elemType = codeOf(value.elementType)
  const shape = value.shape === undefined ? {} : { shape: { dim: value.shape.map(encodeDim) } }
  return { name: value.name, type: { tensorType: { elemType, ...shape } } }
}

function encodeDim(dim: OnnxDim) {
  if (typeof dim === "number") return { dimValue: dim }
  return dim === "?" ? {} : { dimParam: dim }
}

function toInt64(value: bigint): Int64 {
  return { low: Number(BigInt.asIntN(32, value)), high: Number(BigInt.asIntN(32, value >> 32n)) }
}
