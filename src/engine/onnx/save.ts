import { checkNames } from "./check-names.ts"
import { ATTRIBUTE_TYPES } from "./decode-attribute.ts"
import { codeOf } from "./element-type.ts"
import { encodeExternal, encodeFile, encodeTensor } from "./encode-tensor.ts"
import type { OnnxAttribute, OnnxDim, OnnxGraph, OnnxNode, OnnxOutput, OnnxTensor } from "./graph.ts"
import type { Int64 } from "./message.ts"
import { ModelProto } from "./schema.ts"

/** The file format version that belongs to opset 17; older runtimes read it too. */
const IR_VERSION = 8

/** External data begins at multiples of so many bytes, so that any typed array fits over it. */
const ALIGNMENT = 64

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
  return save(graph, encodeTensor)
}

/**
 * Writes a graph as a standard ONNX file whose initializers have their data in another file, as models beyond
 * 2 GiB need it.
 *
 * @param location where the other file will lie, relative to the model's folder.
 * @throws {OnusError} OnnxMalformed if the graph contradicts itself.
 */
export function saveOnnxApart(
  graph: OnnxGraph,
  location: string,
): { readonly model: Uint8Array<ArrayBuffer>; readonly data: Uint8Array<ArrayBuffer> } {
  const offsets = new Map<string, number>()
  let end = 0
  for (const [name, tensor] of graph.initializers) {
    offsets.set(name, end)
    end += Math.ceil(tensor.data.length / ALIGNMENT) * ALIGNMENT
  }
  const data = new Uint8Array(end)
  for (const [name, tensor] of graph.initializers) data.set(tensor.data, offsets.get(name))
  const model = save(graph, (tensor) => encodeExternal(tensor, location, offsets.get(tensor.name)!))
  return { model, data }
}

function save(graph: OnnxGraph, encodeInitializer: (tensor: OnnxTensor) => object): Uint8Array<ArrayBuffer> {
  checkNames(graph)
  const domains = new Set(graph.nodes.map((node) => node.domain).filter((domain) => domain !== ""))
  const message = {
    irVersion: IR_VERSION,
    producerName: "onus",
    graph: {
      name: graph.name,
      node: graph.nodes.map(encodeNode),
      initializer: [...graph.initializers].map(([name, tensor]) => encodeInitializer({ ...tensor, name })),
      input: graph.inputs.map(encodeValue),
      output: graph.outputs.map(encodeValue),
    },
    opsetImport: [
      { domain: "", version: graph.opset },
      ...[...domains].map((domain) => ({ domain, version: 1 })),
    ],
  }
  return encodeFile(ModelProto, message)
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
