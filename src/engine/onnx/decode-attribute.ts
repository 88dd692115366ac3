import { OnusError } from "../../protocol/errors.ts"
import type { TensorDecoder } from "./decode-tensor.ts"
import { malformed, quote } from "./errors.ts"
import type { OnnxAttribute } from "./graph.ts"
import { toBigInt, type AttributeMessage } from "./message.ts"

/** `AttributeProto.AttributeType` of the ONNX specification. */
export const ATTRIBUTE_TYPES = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  floats: 6,
  ints: 7,
  strings: 8,
} as const satisfies Record<OnnxAttribute["type"], number>

const FOREIGN_TYPES: Readonly<Record<number, string>> = {
  5: "graph",
  9: "list of tensors",
  10: "list of graphs",
  11: "sparse tensor",
  12: "list of sparse tensors",
  13: "type",
  14: "list of types",
}

/** Decodes one attribute that holds its value. `where` names the node, for example `node "Conv#3"`. */
export function decodeAttribute(
  message: AttributeMessage,
  tensors: TensorDecoder,
  where: string,
): OnnxAttribute {
  const place = `attribute ${quote(message.name)} of ${where}`
  if (message.refAttrName !== "") throw malformed(`The ${place} is no part of a function to refer to another`)
  switch (message.type) {
    case ATTRIBUTE_TYPES.float:
      return { type: "float", value: message.f }
    case ATTRIBUTE_TYPES.int:
      return { type: "int", value: toBigInt(message.i) }
    case ATTRIBUTE_TYPES.string:
      return { type: "string", value: decodeText(message.s, place) }
    case ATTRIBUTE_TYPES.tensor:
      if (message.t === null) throw malformed(`The ${place} is declared as a tensor but holds none`)
      return { type: "tensor", value: tensors.decode(message.t, place) }
    case ATTRIBUTE_TYPES.floats:
      return { type: "floats", value: [...message.floats] }
    case ATTRIBUTE_TYPES.ints:
      return { type: "ints", value: message.ints.map(toBigInt) }
    case ATTRIBUTE_TYPES.strings:
      return { type: "strings", value: message.strings.map((bytes) => decodeText(bytes, place)) }
  }
  const foreign = FOREIGN_TYPES[message.type]
  if (foreign === undefined) throw malformed(`The ${place} has no known type (${message.type})`)
  throw new OnusError("OnnxAttributeUnsupported", `The ${place} is a ${foreign}`, {
    hint: "Control flow and sparse tensors are not supported: export the model without them",
  })
}

function decodeText(bytes: Uint8Array, place: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw malformed(`The ${place} is not UTF-8 text`, error)
  }
}
