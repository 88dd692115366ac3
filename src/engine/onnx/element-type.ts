/** Element types that a tensor of a loaded model can have. */
export type ElementType =
  | "float32"
  | "float64"
  | "float16"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "bool"

interface ElementTypeEntry {
  /** `TensorProto.DataType` of the ONNX specification. */
  readonly code: number
  /** Bytes per element. */
  readonly width: number
}

const ELEMENT_TYPES: Readonly<Record<ElementType, ElementTypeEntry>> = {
  float32: { code: 1, width: 4 },
  uint8: { code: 2, width: 1 },
  int8: { code: 3, width: 1 },
  uint16: { code: 4, width: 2 },
  int16: { code: 5, width: 2 },
  int32: { code: 6, width: 4 },
  int64: { code: 7, width: 8 },
  bool: { code: 9, width: 1 },
  float16: { code: 10, width: 2 },
  float64: { code: 11, width: 8 },
  uint32: { code: 12, width: 4 },
  uint64: { code: 13, width: 8 },
}

/** Names of the types that ONNX defines and this loader does not read, for its error messages. */
const FOREIGN_TYPES: Readonly<Record<number, string>> = {
  0: "undefined",
  8: "string",
  14: "complex64",
  15: "complex128",
  16: "bfloat16",
  17: "float8e4m3fn",
  18: "float8e4m3fnuz",
  19: "float8e5m2",
  20: "float8e5m2fnuz",
  21: "uint4",
  22: "int4",
  23: "float4e2m1",
  24: "float8e8m0",
  25: "uint2",
  26: "int2",
}

const BY_CODE = new Map(
  Object.entries(ELEMENT_TYPES).map(([name, entry]) => [entry.code, name as ElementType]),
)

/** The element type behind an ONNX data type number, or `undefined` if it is not supported. */
export function elementTypeOf(code: number): ElementType | undefined {
  return BY_CODE.get(code)
}

/** The ONNX data type number of an element type. */
export function codeOf(type: ElementType): number {
  return ELEMENT_TYPES[type].code
}

/** Bytes per element. */
export function widthOf(type: ElementType): number {
  return ELEMENT_TYPES[type].width
}

/** A readable name for any ONNX data type number. */
export function describeCode(code: number): string {
  return BY_CODE.get(code) ?? FOREIGN_TYPES[code] ?? `data type ${code}`
}
