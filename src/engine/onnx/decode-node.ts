import { decodeAttribute } from "./decode-attribute.ts"
import type { TensorDecoder } from "./decode-tensor.ts"
import { malformed, quote } from "./errors.ts"
import type { OnnxAttribute, OnnxNode } from "./graph.ts"
import type { AttributeMessage, NodeMessage } from "./message.ts"

/**
 * Decodes one node.
 *
 * @param index its position in its graph or function.
 * @param owner what errors call that function, for example ` of function "Gelu"`; empty in a graph.
 */
export function decodeNode(
  message: NodeMessage,
  index: number,
  tensors: TensorDecoder,
  owner = "",
  attributes: readonly AttributeMessage[] = message.attribute,
): OnnxNode {
  if (message.opType === "") {
    throw malformed(`Node #${index} ${quote(message.name)}${owner} has no operator type`)
  }
  const name = message.name === "" ? `${message.opType}#${index}` : message.name
  return {
    name,
    opType: message.opType,
    domain: standardDomain(message.domain),
    inputs: [...message.input],
    outputs: [...message.output],
    attributes: decodeAttributes(attributes, tensors, `node ${quote(name)}${owner}`),
  }
}

/** Decodes the attributes of what `where` names. */
export function decodeAttributes(
  messages: readonly AttributeMessage[],
  tensors: TensorDecoder,
  where: string,
): Map<string, OnnxAttribute> {
  const attributes = new Map<string, OnnxAttribute>()
  for (const message of messages) {
    if (message.name === "") throw malformed(`An attribute of ${where} has no name`)
    if (attributes.has(message.name)) {
      throw malformed(`The attribute ${quote(message.name)} of ${where} is given twice`)
    }
    attributes.set(message.name, decodeAttribute(message, tensors, where))
  }
  return attributes
}

/** The standard operators' domain has two spellings. */
export function standardDomain(domain: string): string {
  return domain === "ai.onnx" ? "" : domain
}
