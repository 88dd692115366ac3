import { describeCode, elementTypeOf } from "./element-type.ts"
import { malformed, quote, tooLarge, typeUnsupported } from "./errors.ts"
import type { OnnxDim, OnnxInput, OnnxOutput } from "./graph.ts"
import type { OnnxLimits } from "./limits.ts"
import {
  toBigInt,
  type DimensionMessage,
  type TensorTypeMessage,
  type TypeMessage,
  type ValueMessage,
} from "./message.ts"

/** Types of values that are no tensors. */
const FOREIGN_TYPES = {
  sequenceType: "a sequence",
  mapType: "a map",
  opaqueType: "opaque",
  sparseTensorType: "a sparse tensor",
  optionalType: "optional",
} as const

/** Decodes a graph input, which must say what the caller has to pass. */
export function decodeInput(message: ValueMessage, limits: OnnxLimits): OnnxInput {
  const where = `input ${quote(message.name)}`
  if (message.type === null) throw malformed(`The ${where} has no type`)
  const type = tensorType(message.type, where)
  const elementType = decodeElementType(type, where)
  const shape = decodeShape(type, limits, where)
  if (elementType === undefined) throw malformed(`The ${where} has no element type`)
  if (shape === undefined) throw malformed(`The ${where} has no shape`)
  return { name: message.name, elementType, shape }
}

/** Decodes a graph output. What the file leaves open follows from the nodes. */
export function decodeOutput(message: ValueMessage, limits: OnnxLimits): OnnxOutput {
  const where = `output ${quote(message.name)}`
  if (message.type === null) return { name: message.name, elementType: undefined, shape: undefined }
  const type = tensorType(message.type, where)
  return {
    name: message.name,
    elementType: decodeElementType(type, where),
    shape: decodeShape(type, limits, where),
  }
}

function tensorType(type: TypeMessage, where: string): TensorTypeMessage {
  if (type.tensorType !== null) return type.tensorType
  const foreign = Object.entries(FOREIGN_TYPES).find(([field]) => Object.hasOwn(type, field))
  throw typeUnsupported(
    `The ${where} is ${foreign === undefined ? "of no known type" : foreign[1]}, not a tensor`,
  )
}

function decodeElementType(type: TensorTypeMessage, where: string) {
  const elementType = elementTypeOf(type.elemType)
  if (elementType === undefined && type.elemType !== 0) {
    throw typeUnsupported(`The elements of ${where} are ${describeCode(type.elemType)}`)
  }
  return elementType
}

function decodeShape(type: TensorTypeMessage, limits: OnnxLimits, where: string): OnnxDim[] | undefined {
  if (type.shape === null) return undefined
  if (type.shape.dim.length > limits.rank) {
    throw tooLarge(`The rank of ${where} is ${type.shape.dim.length}, more than ${limits.rank}`)
  }
  return type.shape.dim.map((dim) => decodeDim(dim, where))
}

function decodeDim(dim: DimensionMessage, where: string): OnnxDim {
  if (dim.value !== "dimValue") return dim.dimParam === "" ? "?" : dim.dimParam
  const value = toBigInt(dim.dimValue)
  if (value < 0n) throw malformed(`Dimension ${value} of ${where} is negative`)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw tooLarge(`Dimension ${value} of ${where} is too large`)
  return Number(value)
}
