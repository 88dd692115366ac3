import { widthOf, type ElementType } from "./element-type.ts"
import { malformed } from "./errors.ts"

/** The values that one element may take, as bounds on the integer in the list. */
const RANGES: Partial<Record<ElementType, readonly [bigint, bigint]>> = {
  int8: [-0x80n, 0x7fn],
  int16: [-0x8000n, 0x7fffn],
  int32: [-0x80000000n, 0x7fffffffn],
  uint8: [0n, 0xffn],
  uint16: [0n, 0xffffn],
  uint32: [0n, 0xffffffffn],
  float16: [0n, 0xffffn],
  bool: [0n, 1n],
}

/**
 * Joins the parts of raw data or of a packed list of floats or doubles, which are little-endian already. A
 * single part, as every common writer makes it, is not copied.
 */
export function unpackFixed(parts: readonly Uint8Array[], size: number, where: string): Uint8Array {
  const length = parts.reduce((total, part) => total + part.length, 0)
  if (length !== size) throw malformed(`The data of ${where} has ${length} bytes, its shape needs ${size}`)
  if (parts.length === 1) return parts[0]
  const data = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    data.set(part, at)
    at += part.length
  }
  return data
}

/** Decodes a packed list of varints into little-endian elements. */
export function unpackVarints(
  parts: readonly Uint8Array[],
  count: number,
  type: ElementType,
  where: string,
): Uint8Array {
  // Counted before anything is allocated: the last byte of each varint has its top bit clear.
  const given = parts.reduce(
    (total, part) => total + part.reduce((sum, byte) => sum + (byte < 0x80 ? 1 : 0), 0),
    0,
  )
  if (given !== count) throw malformed(`The data of ${where} has ${given} elements, its shape needs ${count}`)
  const width = widthOf(type)
  const data = new Uint8Array(count * width)
  const view = new DataView(data.buffer)
  let index = 0
  for (const part of parts) {
    for (let at = 0; at < part.length; index++) {
      const end = endOfVarint(part, at, where)
      store(view, index * width, readVarint(part, at, end), type, where)
      at = end
    }
  }
  return data
}

function endOfVarint(bytes: Uint8Array, start: number, where: string): number {
  let end = start
  while (end < bytes.length && bytes[end] >= 0x80) end++
  if (end === bytes.length || end - start > 9) throw malformed(`The data of ${where} has a broken varint`)
  return end + 1
}

function readVarint(bytes: Uint8Array, start: number, end: number): bigint {
  // One to four bytes fit a number, which is the common case and much faster than bigint.
  if (end - start <= 4) {
    let value = 0
    for (let at = end - 1; at >= start; at--) value = (value << 7) | (bytes[at] & 0x7f)
    return BigInt(value)
  }
  let value = 0n
  for (let at = end - 1; at >= start; at--) value = (value << 7n) | BigInt(bytes[at] & 0x7f)
  return BigInt.asUintN(64, value)
}

function store(view: DataView, at: number, raw: bigint, type: ElementType, where: string): void {
  if (type === "int64" || type === "uint64") return view.setBigUint64(at, raw, true)
  const range = RANGES[type]
  // Negative numbers are sign-extended to 64 bits; some writers stop at 32.
  const value = type === "uint32" ? raw : BigInt.asIntN(raw > 0xffffffffn ? 64 : 32, raw)
  if (range === undefined || value < range[0] || value > range[1]) {
    throw malformed(`The data of ${where} has ${value}, which is no ${type}`)
  }
  const width = widthOf(type)
  if (width === 1) view.setUint8(at, Number(BigInt.asUintN(8, value)))
  else if (width === 2) view.setUint16(at, Number(BigInt.asUintN(16, value)), true)
  else view.setUint32(at, Number(BigInt.asUintN(32, value)), true)
}
