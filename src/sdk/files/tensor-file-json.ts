import { OnusError } from "../../protocol/errors.ts"
import type { ElementType } from "../../engine/onnx/element-type.ts"
import { tensorOf } from "../../engine/onnx/elements.ts"
import type { OnnxTensor } from "../../engine/onnx/graph.ts"
import { ONNX_LIMITS } from "../../engine/onnx/limits.ts"

/** Makes a tensor of the values of all elements, each as `parseElement` returned it. */
const MAKERS: Partial<Record<ElementType, (dims: number[], values: never[]) => OnnxTensor>> = {
  float32: (dims, values) => tensorOf("", "float32", dims, Float32Array.from(values)),
  int8: (dims, values) => tensorOf("", "int8", dims, Int8Array.from(values)),
  uint8: (dims, values) => tensorOf("", "uint8", dims, Uint8Array.from(values)),
  int32: (dims, values) => tensorOf("", "int32", dims, Int32Array.from(values)),
  int64: (dims, values) => tensorOf("", "int64", dims, BigInt64Array.from(values)),
  bool: (dims, values) => tensorOf("", "bool", dims, Uint8Array.from(values)),
}

const BOUNDS: Partial<Record<ElementType, readonly [number, number]>> = {
  int8: [-0x80, 0x7f],
  uint8: [0, 0xff],
  int32: [-0x80000000, 0x7fffffff],
}

/** Numbers that JSON has no other way to write. */
const WORDS = ["NaN", "Infinity", "-Infinity"]

/**
 * Reads a tensor as JSON: arrays nested as deep as it has axes, or a value alone for a scalar.
 *
 * Elements are numbers, or booleans for a tensor of these; `"NaN"`, `"Infinity"` and `"-Infinity"` are float32,
 * and strings of digits are int64, which JSON numbers cannot hold beyond 2^53.
 *
 * @throws OnusError `InputFileMalformed`, `InputFileUnsupported`.
 */
export function readJsonTensor(text: string, elementType: ElementType): OnnxTensor {
  const make = MAKERS[elementType]
  if (make === undefined) {
    throw new OnusError("InputFileUnsupported", `Tensors of ${elementType} are not read from JSON`)
  }
  const json = parse(text)
  const dims: number[] = []
  for (let at = json; Array.isArray(at); at = at[0]) {
    dims.push(at.length)
    if (dims.length > ONNX_LIMITS.rank) throw malformed(`it is nested more than ${ONNX_LIMITS.rank} deep`)
  }
  const values: unknown[] = []
  const collect = (value: unknown, depth: number): void => {
    if (depth === dims.length) {
      values.push(parseElement(value, elementType))
    } else if (Array.isArray(value) && value.length === dims[depth]) {
      for (const entry of value) collect(entry, depth + 1)
    } else throw malformed("its rows differ in length")
  }
  collect(json, 0)
  return make(dims, values as never[])
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw malformed("it is not JSON", cause)
  }
}

function parseElement(value: unknown, type: ElementType): number | bigint {
  if (type === "float32") {
    if (typeof value === "number" && Number.isFinite(Math.fround(value))) return value
    if (WORDS.includes(value as string)) return Number(value)
  } else if (type === "bool") {
    if (typeof value === "boolean") return Number(value)
  } else if (type === "int64") {
    const exact = Number.isSafeInteger(value) || (typeof value === "string" && /^-?\d{1,19}$/.test(value))
    const integer = exact ? BigInt(value as number | string) : undefined
    if (integer !== undefined && BigInt.asIntN(64, integer) === integer) return integer
  } else {
    const [lowest, highest] = BOUNDS[type]!
    if (Number.isInteger(value) && Number(value) >= lowest && Number(value) <= highest) return value as number
  }
  throw malformed(`${JSON.stringify(value)} is no ${type}`)
}

function malformed(why: string, cause?: unknown): OnusError {
  return new OnusError("InputFileMalformed", `This is no tensor as JSON: ${why}`, {
    hint: "Write a JSON array of values, nested like the input's shape or flat; int64 beyond 2^53 as strings",
    cause,
  })
}
