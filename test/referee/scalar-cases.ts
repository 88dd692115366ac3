import { conversion } from "../../src/engine/reference/conversions.ts"
import { bitsOf, scalarOf } from "../../src/engine/reference/elements.ts"
import { operation } from "../../src/engine/reference/operations.ts"
import { ElementType, Op, widthOf } from "../../src/protocol/program.ts"
import { elementBytes } from "../engine/random-elements.ts"
import { type Random, pairs, singles } from "./float32-cases.ts"

/** Elements travel as bits: their bytes as an integer, the first one lowest. */
export type OnBits = (a: bigint, b?: bigint) => bigint

const { Float32, Int32, Int64, Bool } = ElementType

/** The operations on two registers that a type has. */
export function binaryOperations(type: ElementType): Op[] {
  const ordered = [Op.Min, Op.Max, Op.Eq, Op.Lt]
  if (type === Bool) return [Op.And, Op.Xor, ...ordered]
  const numeric = [Op.Add, Op.Sub, Op.Mul, Op.Div, Op.Rem, ...ordered]
  if (type === Float32) return numeric
  return [...numeric, Op.And, Op.Xor, ...(type === Int32 || type === Int64 ? [Op.Shr] : [])]
}

/** The type of what an operation on `type` gives. */
export const resultType = (op: Op, type: ElementType): ElementType =>
  op === Op.Eq || op === Op.Lt ? Bool : type

/** The reference's operation on bits. */
export function binaryReference(op: Op, type: ElementType): OnBits {
  const apply = operation(op, type)
  return (a, b) => bitsOf(resultType(op, type), apply(scalarOf(type, a), scalarOf(type, b!)))
}

/** The reference's conversion on bits. */
export function castReference(from: ElementType, to: ElementType): OnBits {
  const convert = conversion(from, to)
  return (a) => bitsOf(to, convert(scalarOf(from, a)))
}

const wide = (random: Random): bigint => (BigInt(random()) << 32n) | BigInt(random())

/** An integer of at most 65 bits, with many at the ends of all widths and next to powers of two. */
function integer(random: Random, bits: number): bigint {
  const sign = random() & 1 ? 1n : -1n
  const near = BigInt((random() % 5) - 2)
  switch (random() % 5) {
    case 0:
      return near
    case 1:
      return sign * (1n << BigInt(random() % (bits + 1))) + near
    case 2:
      return sign * (wide(random) >> BigInt(random() % 64))
    case 3:
      // Halfway between two binary32 numbers, or next to that.
      return sign * ((((wide(random) & 0xffffffn) << 1n) | 1n) << BigInt(random() % 40)) + near
    default:
      return wide(random)
  }
}

/** `count` hostile elements of a type. */
export function elements(type: ElementType, count: number, random: Random): bigint[] {
  if (type === Float32) return [...singles(count, random)].map(BigInt)
  const bits = 8 * widthOf(type)
  const draw = () => BigInt.asUintN(bits, integer(random, bits))
  // Every second byte of a Bool is 0 or 1.
  return Array.from({ length: count }, (_, i) => (type === Bool && i % 2 === 0 ? draw() & 1n : draw()))
}

/** `count` pairs of hostile elements, flattened: equal ones, small amounts and zeros among them. */
export function elementPairs(type: ElementType, count: number, random: Random): bigint[] {
  if (type === Float32) return [...pairs(count, random)].map(BigInt)
  const list = elements(type, 2 * count, random)
  const bits = 8 * widthOf(type)
  for (let i = 0; i < count; i++) {
    if (i % 9 === 0) list[2 * i + 1] = list[2 * i]
    if (i % 9 === 1) list[2 * i + 1] = BigInt.asUintN(bits, BigInt((random() % 90) - 10))
    if (i % 9 === 2) list[2 * i + 1] = 0n
    if (i % 9 === 3) [list[2 * i], list[2 * i + 1]] = [1n << BigInt(bits - 1), BigInt.asUintN(bits, -1n)]
  }
  return list
}

/** Packed elements. */
export function pack(type: ElementType, bits: readonly bigint[]): Uint8Array {
  let next = 0
  return elementBytes(type, bits.length, () => bits[next++])
}

export function unpack(type: ElementType, bytes: Uint8Array): bigint[] {
  const width = widthOf(type)
  return Array.from({ length: bytes.length / width }, (_, i) =>
    bytes.slice(i * width, (i + 1) * width).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n),
  )
}
