import { ElementType, widthOf } from "../../src/protocol/program.ts"
import type { Random } from "../referee/float32-cases.ts"
import { type Words, between, hostileWords, onceIn, pick } from "./program/words.ts"

/** All six, in the order of their numbers. */
export const TYPES: readonly ElementType[] = Object.values(ElementType)
export const INTEGERS = [ElementType.Int8, ElementType.Uint8, ElementType.Int32, ElementType.Int64] as const

/** A source of elements: the bytes of one as an integer, least significant byte first. */
export type ElementBits = () => bigint

const wide = (random: Random): bigint => (BigInt(random()) << 32n) | BigInt(random())

/** Next to the ends of the type and to powers of two. */
function edge(random: Random, bits: number): bigint {
  const near = BigInt(between(random, -2, 2))
  return (
    (onceIn(random, 2) ? near : (1n << BigInt(between(random, 0, bits - 1))) + near) * pick(random, [1n, -1n])
  )
}

/** Integers of one kind: small ones, all of them, or the extremes. */
function integers(random: Random, bits: number): ElementBits {
  const limit = pick(random, [1, 3, 20])
  const small = () => BigInt(between(random, -limit, limit))
  const source = pick(random, [small, () => wide(random), () => edge(random, bits)])
  return () => BigInt.asUintN(bits, onceIn(random, 20) ? edge(random, bits) : source())
}

/** A source of hostile elements of one type; mostly numbers if they are Float32. */
export function hostileElements(random: Random, type: ElementType): ElementBits {
  if (type === ElementType.Float32) {
    const words: Words = hostileWords(random)
    return () => BigInt(words())
  }
  if (type !== ElementType.Bool) return integers(random, 8 * widthOf(type))
  return () => BigInt(onceIn(random, 4) ? random() & 0xff : random() & 1)
}

/** Few different elements, so that many are equal. */
export function repeatedElements(random: Random, type: ElementType): ElementBits {
  const source = hostileElements(random, type)
  const pool = Array.from({ length: between(random, 1, 6) }, source)
  if (type === ElementType.Float32) pool.push(0n, 0x80000000n, 0x7fc00000n, 0xffc00001n)
  return () => pick(random, pool)
}

/** Coordinates: most of them from 0 to below `size`. */
export function coordinates(random: Random, type: ElementType, size: number): ElementBits {
  const bits = 8 * widthOf(type)
  const near = () => BigInt(between(random, -1, size))
  const outside = () => (onceIn(random, 2) ? near() : wide(random))
  return () => BigInt.asUintN(bits, onceIn(random, 8) ? outside() : BigInt(between(random, 0, size - 1)))
}

/** The bytes of a tensor. */
export function elementBytes(type: ElementType, length: number, source: ElementBits): Uint8Array {
  const width = widthOf(type)
  const bytes = new Uint8Array(length * width)
  for (let i = 0; i < length; i++) {
    let rest = source()
    for (let k = 0; k < width; k++, rest >>= 8n) bytes[i * width + k] = Number(rest & 0xffn)
  }
  return bytes
}
