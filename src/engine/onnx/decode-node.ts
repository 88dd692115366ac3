import { decodeAttribute } from "./decode-attribute.ts"
import type { TensorDecoder } from "./decode-tensor.ts"
import { malformed, quote } from "./errors.ts"
import type { OnnxAttribute, OnnxNode } from "./graph.ts"
import type { NodeMessage } from "./message.ts"

/** Decodes one node. `index` is its position in the file. */
export function decodeNode(message: NodeMessage, index: number, tensors: TensorDecoder): OnnxNode {
  if (message.opType === "") throw malformed(`Node #${index} ${quote(message.name)} has no operator type`)
  const name = message.name === "" ? `${message.opType}#${index}` : message.name
  const where = `node ${quote(name)}`
  const attributes = new Map<string, OnnxAttribute>()
  for (const attribute of message.attribute) {
    if (attribute.name === "") throw malformed(`An attribute of ${where} has no name`)
    if (attributes.has(attribute.name)) {
      throw malformed(`The attribute ${quote(attribute.name)} of ${where} is given twice`)
    }
    attributes.set(attribute.name, decodeAttribute(attribute, tensors, where))
  }
  return {
    name,
    opType: message.opType,
    domain: standardDomain(message.domain),
    inputs: [...message.input],
    outputs: [...message.output],
    attributes,
  }
}

/** The standard operators' domain has two spellings. */
export function standardDomain(domain: string): string {
  return domain === "ai.onnx" ? "" : domain
}
