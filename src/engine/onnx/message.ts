import protobuf from "protobufjs/light.js"
import { malformed } from "./errors.ts"
import { ModelProto, TensorProto } from "./schema.ts"

/** A 64-bit integer as the decoder delivers it. */
export type Int64 = { readonly low: number; readonly high: number } | number

/*
 * What the decoder returns for each message of `schema.ts`. Absent scalars read as zero or empty, absent
 * messages as null.
 */

export interface ModelMessage {
  readonly irVersion: Int64
  readonly graph: GraphMessage | null
  readonly opsetImport: readonly OpsetMessage[]
  readonly functions: readonly FunctionMessage[]
}

export interface OpsetMessage {
  readonly domain: string
  readonly version: Int64
}

export interface FunctionMessage {
  readonly domain: string
  readonly name: string
  readonly overload: string
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly node: readonly NodeMessage[]
  /** Attributes with a default value; what has none is only referred to. */
  readonly attributeProto: readonly AttributeMessage[]
  readonly opsetImport: readonly OpsetMessage[]
}

export interface GraphMessage {
  readonly name: string
  readonly node: readonly NodeMessage[]
  readonly initializer: readonly TensorMessage[]
  readonly input: readonly ValueMessage[]
  readonly output: readonly ValueMessage[]
  readonly sparseInitializer: readonly Uint8Array[]
}

export interface NodeMessage {
  readonly name: string
  readonly opType: string
  readonly domain: string
  readonly overload: string
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly attribute: readonly AttributeMessage[]
}

export interface AttributeMessage {
  readonly name: string
  readonly type: number
  readonly refAttrName: string
  readonly f: number
  readonly i: Int64
  readonly s: Uint8Array
  readonly t: TensorMessage | null
  readonly floats: readonly number[]
  readonly ints: readonly Int64[]
  readonly strings: readonly Uint8Array[]
}

export interface TensorMessage {
  readonly name: string
  readonly dims: readonly Int64[]
  readonly dataType: number
  readonly floatData: readonly Uint8Array[]
  readonly int32Data: readonly Uint8Array[]
  readonly int64Data: readonly Uint8Array[]
  readonly doubleData: readonly Uint8Array[]
  readonly uint64Data: readonly Uint8Array[]
  readonly rawData: Uint8Array
  readonly externalData: readonly { readonly key: string; readonly value: string }[]
  readonly dataLocation: number
}

export interface ValueMessage {
  readonly name: string
  readonly type: TypeMessage | null
}

export interface TypeMessage {
  readonly tensorType: TensorTypeMessage | null
  readonly sequenceType: Uint8Array
  readonly mapType: Uint8Array
  readonly opaqueType: Uint8Array
  readonly sparseTensorType: Uint8Array
  readonly optionalType: Uint8Array
}

export interface TensorTypeMessage {
  readonly elemType: number
  readonly shape: { readonly dim: readonly DimensionMessage[] } | null
}

export interface DimensionMessage {
  readonly value?: "dimValue" | "dimParam"
  readonly dimValue: Int64
  readonly dimParam: string
}

/** Decodes a model file. The byte fields of its messages are views of `bytes`. */
export function decodeModel(bytes: Uint8Array): ModelMessage {
  return decode(ModelProto, bytes) as ModelMessage
}

/** Decodes a tensor file. The byte fields of the message are views of `bytes`. */
export function decodeTensor(bytes: Uint8Array): TensorMessage {
  return decode(TensorProto, bytes) as TensorMessage
}

function decode(type: protobuf.Type, bytes: Uint8Array): unknown {
  // A plain view, so that a Buffer does not select a reader with other habits.
  const reader = protobuf.Reader.create(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length))
  reader.discardUnknown = true
  try {
    return type.decode(reader)
  } catch (error) {
    throw malformed("The file is not a valid protobuf message", error)
  }
}

/** The exact value of a signed 64-bit field. */
export function toBigInt(value: Int64): bigint {
  if (typeof value === "number") return BigInt(value)
  return (BigInt(value.high) << 32n) | BigInt(value.low >>> 0)
}
