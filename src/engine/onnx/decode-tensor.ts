import { OnusError } from "../../protocol/errors.ts"
import { describeCode, elementTypeOf, widthOf, type ElementType } from "./element-type.ts"
import { malformed, tooLarge, typeUnsupported } from "./errors.ts"
import type { OnnxTensor } from "./graph.ts"
import type { OnnxLimits } from "./limits.ts"
import { toBigInt, type TensorMessage } from "./message.ts"
import { unpackFixed, unpackVarints } from "./unpack.ts"

const EXTERNAL = 1

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
  #bytesLeft: number

  constructor(limits: OnnxLimits) {
    this.#limits = limits
    this.#bytesLeft = limits.tensorBytes
  }

  /** `where` names the tensor in errors, for example `initializer "w"`. */
  decode(message: TensorMessage, where: string): OnnxTensor {
    if (message.dataLocation === EXTERNAL || message.externalData.length > 0) {
      throw new OnusError("OnnxExternalDataUnsupported", `The data of ${where} is in another file`, {
        hint: "Save the model with its weights inside: onnx.save(model, path, save_as_external_data=False)",
      })
    }
    const elementType = elementTypeOf(message.dataType)
    if (elementType === undefined) {
      throw typeUnsupported(`The elements of ${where} are ${describeCode(message.dataType)}`)
    }
    const dims = this.#dims(message, where)
    const count = this.#count(dims, widthOf(elementType), where)
    const data = unpack(message, elementType, count, where)
    if (elementType === "bool") requireBooleans(data, where)
    return { name: message.name, elementType, dims, data }
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

function unpack(
  message: TensorMessage,
  type: ElementType,
  count: number,
  where: string,
): Uint8Array<ArrayBuffer> {
  const width = widthOf(type)
  const used = [...new Set(Object.values(LISTS))].filter((list) => message[list].some((part) => part.length))
  if (message.rawData.length > 0) {
    if (used.length > 0) throw malformed(`The data of ${where} is given twice, raw and as ${used.join(", ")}`)
    if (message.rawData.length !== count * width) {
      throw malformed(
        `The data of ${where} has ${message.rawData.length} bytes, its shape needs ${count * width}`,
      )
    }
    return new Uint8Array(message.rawData)
  }
  const list = LISTS[type]
  const stray = used.find((other) => other !== list)
  if (stray !== undefined) throw malformed(`The data of ${where} is ${type} but given as ${stray}`)
  return type === "float32" || type === "float64"
    ? unpackFixed(message[list], count, width, where)
    : unpackVarints(message[list], count, type, where)
}

function requireBooleans(data: Uint8Array, where: string): void {
  const bad = data.find((byte) => byte > 1)
  if (bad !== undefined) throw malformed(`The data of ${where} has the boolean ${bad}`)
}
