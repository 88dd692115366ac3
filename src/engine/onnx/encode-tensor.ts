import type protobuf from "protobufjs/light.js"
import { codeOf, widthOf } from "./element-type.ts"
import { malformed, quote } from "./errors.ts"
import type { OnnxTensor } from "./graph.ts"

/**
 * The message of a tensor with its elements as raw data.
 *
 * @throws {OnusError} OnnxMalformed if shape and data contradict each other.
 */
export function encodeTensor(tensor: OnnxTensor) {
  return { ...encodeHead(tensor), rawData: tensor.data }
}

/** The message of a tensor whose elements are in the file at `location`, from byte `offset` on. */
export function encodeExternal(tensor: OnnxTensor, location: string, offset: number) {
  const entries = { location, offset: `${offset}`, length: `${tensor.data.length}` }
  const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }))
  return { ...encodeHead(tensor), externalData, dataLocation: 1 }
}

function encodeHead({ name, elementType, dims, data }: OnnxTensor) {
  const needed = dims.reduce((count, dim) => count * dim, widthOf(elementType))
  if (data.length !== needed) {
    throw malformed(`Tensor ${quote(name)} has ${data.length} bytes, its shape needs ${needed}`)
  }
  return { name, dims, dataType: codeOf(elementType) }
}

/** The bytes of a message in a buffer of their own. */
export function encodeFile(type: protobuf.Type, message: object): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = type.encode(message).finish() as Uint8Array<ArrayBuffer>
  const bytes = new Uint8Array(buffer, byteOffset, length)
  // Small ones lie in a pool.
  return length === buffer.byteLength ? bytes : bytes.slice()
}
