import protobuf from "protobufjs/light.js"
import { malformed } from "./errors.ts"
import { ModelProto } from "./schema.ts"

/** A 64-bit integer as the decoder delivers it. */
export type Int64 = { readonly low: number; readonly high: number } | number

/*
 * What the decoder returns for each message of `schema.ts`. Absent scalars read as zero or empty, absent
 * messages as null.
 */

export interface ModelMessage {
  readonly graph: GraphMessage | null
  readonly opsetImport: readonly { readonly domain: string; readonly version: Int64 }[]
  readonly functions: readonly Uint8Array[]
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
  readonly externalData: readonly Uint8Array[]
  readonly dataLocation: number
}

export interface ValueMessage {
  readonly name: string
  readonly type: { readonly tensorType: TensorTypeMessage | null } | null
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

/** Decodes the file's messages. Their byte fields are views of `bytes`. */
export function decodeModel(bytes: Uint8Array): ModelMessage {
  const reader = protobuf.Reader.create(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length))
  reader.discardUnknown = true
  try {
    return ModelProto.decode(reader) as unknown as ModelMessage
  } catch (error) {
    throw malformed("The model file is not a valid protobuf message", error)
  }
}

/** The exact value of a signed 64-bit field. */
export function toBigInt(value: Int64): bigint {
  if (typeof value === "number") return BigInt(value)
  return (BigInt(value.high) << 32n) | BigInt(value.low >>> 0)
}
