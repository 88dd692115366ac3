import type { ElementType } from "./element-type.ts"
import type { OnnxTensor } from "./graph.ts"

/** float16 is read as its bits, bool as bytes of 0 and 1. */
const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const satisfies Record<ElementType, unknown>

/** The typed array over the elements of each type. */
export type ElementsOf<T extends ElementType> = InstanceType<(typeof ARRAYS)[T]>

/** The elements of a tensor: a view of its bytes if they are aligned, otherwise a copy. */
export function elementsOf({ elementType, data }: OnnxTensor): ElementsOf<ElementType> {
  const Elements = ARRAYS[elementType]
  const width = Elements.BYTES_PER_ELEMENT
  const { buffer, byteOffset, length } = data.byteOffset % width === 0 ? data : data.slice()
  return new Elements(buffer as ArrayBuffer, byteOffset, length / width)
}

/** A tensor over the bytes of a typed array, which are not copied. */
export function tensorOf<T extends ElementType>(
  name: string,
  elementType: T,
  dims: readonly number[],
  { buffer, byteOffset, byteLength }: ElementsOf<T>,
): OnnxTensor {
  return { name, elementType, dims, data: new Uint8Array(buffer, byteOffset, byteLength) }
}
