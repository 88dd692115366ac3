import { describeCode, elementTypeOf, widthOf, type ElementType } from "./element-type.ts"
import { malformed, tooLarge, typeUnsupported } from "./errors.ts"
import { ExternalData, type ExternalFiles } from "./external-data.ts"
import type { OnnxTensor } from "./graph.ts"
import type { OnnxLimits } from "./limits.ts"
import { toBigInt, type TensorMessage } from "./message.ts"
import { unpackFixed, unpackVarints } from "./unpack.ts"

/** `TensorProto.DataLocation` of the ONNX specification. */
const LOCATIONS = { default: 0, external: 1 } as const

/** The list that the specification names for each type, beside `raw_data` which serves all of them. */
const LISTS = {
  float32: "floatData",
  float64: "doubleData",
  float16: "int32Data",
  int8: "int32Data",
  int16: "int32Data",
  int32: "int32Data",
  int64: "int64Data",
  uint8: "int32Data",
  uint16: "int32Data",
  uint32: "uint64Data",
  uint64: "uint64Data",
  bool: "int32Data",
} as const satisfies Record<ElementType, keyof TensorMessage>

/** Decodes constant tensors while their total size stays within the limits. */
export class TensorDecoder {
  readonly #limits: OnnxLimits
  readonly #external: ExternalData
  #bytesLeft: number

  constructor(limits: OnnxLimits, external?: ExternalFiles) {
    this.#limits = limits
    this.#external = new ExternalData(external)
    this.#bytesLeft = limits.tensorBytes
  }

  /** `where` names the tensor in errors, for example `initializer "w"`. */
  decode(message: TensorMessage, where: string): OnnxTensor {
    const elementType = elementTypeOf(message.dataType)
    if (elementType === undefined) {
      throw typeUnsupported(`The elements of ${where} are ${describeCode(message.dataType)}`)
    }
    const dims = this.#dims(message, where)
    const count = this.#count(dims, widthOf(elementType), where)
    const data = this.#data(message, elementType, count, where)
    if (elementType === "bool") requireBooleans(data, where)
    return { name: message.name, elementType, dims, data }
  }

  #data(message: TensorMessage, type: ElementType, count: number, where: string): Uint8Array {
    if (message.dataLocation === LOCATIONS.external) {
      const given = [...usedLists(message), ...(message.rawData.length > 0 ? ["rawData"] : [])]
      if (given.length > 0)
        throw malformed(`The data of ${where} is given twice, external and as ${given[0]}`)
      return this.#external.find(message, count * widthOf(type), where)
    }
    if (message.dataLocation !== LOCATIONS.default || message.externalData.length > 0) {
      throw malformed(`The data of ${where} contradicts its data location ${message.dataLocation}`)
    }
    return unpack(message, type, count, where)
  }

  #dims(message: TensorMessage, where: string): number[] {
    if (message.dims.length > this.#limits.rank) {
      throw tooLarge(`The rank of ${where} is ${message.dims.length}, more than ${this.#limits.rank}`)
    }
    return message.dims.map((dim) => {
      const value = toBigInt(dim)
      if (value < 0n) throw malformed(`Dimension ${value} of ${where} is negative`)
      // Larger than any limit allows, unless another dimension is zero; too large to be meant either way.
      if (value > BigInt(Number.MAX_SAFE_INTEGER))
        throw tooLarge(`Dimension ${value} of ${where} is too large`)
      return Number(value)
    })
  }

  #count(dims: readonly number[], width: number, where: string): number {
    if (dims.includes(0)) return 0
    let count = 1
    for (const dim of dims) {
      count *= dim
      // Checked at every step: the product is exact only while it is small.
      if (count * width > this.#bytesLeft) {
        throw tooLarge(`The shape [${dims.join(", ")}] of ${where} exceeds what is left of the size limit`)
      }
    }
    this.#bytesLeft -= count * width
    return count
  }
}

function usedLists(message: TensorMessage): (typeof LISTS)[ElementType][] {
  return [...new Set(Object.values(LISTS))].filter((list) => message[list].some((part) => part.length > 0))
}

function unpack(message: TensorMessage, type: ElementType, count: number, where: string): Uint8Array {
  const used = usedLists(message)
  if (message.rawData.length > 0) {
    if (used.length > 0) throw malformed(`The data of ${where} is given twice, raw and as ${used.join(", ")}`)
    return unpackFixed([message.rawData], count * widthOf(type), where)
  }
  const list = LISTS[type]
  const stray = used.find((other) => other !== list)
  if (stray !== undefined) throw malformed(`The data of ${where} is ${type} but given as ${stray}`)
  return type === "float32" || type === "float64"
    ? unpackFixed(message[list], count * widthOf(type), where)
    : unpackVarints(message[list], count, type, where)
}

function requireBooleans(data: Uint8Array, where: string): void {
  const bad = data.find((byte) => byte > 1)
  if (bad !== undefined) throw malformed(`The data of ${where} has the boolean ${bad}`)
}
