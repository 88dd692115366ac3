import type { Execution } from "../../../src/engine/executor.ts"
import type { Tensor } from "../../../src/protocol/program.ts"
import { type Random, SPECIAL } from "../../referee/float32-cases.ts"

/** A source of binary32 bit patterns. */
export type Words = () => number

/** An integer from `low` to `high`. */
export function between(random: Random, low: number, high: number): number {
  return low + (random() % (high - low + 1))
}

/** One of the items. */
export function pick<T>(random: Random, items: readonly T[]): T {
  return items[random() % items.length]
}

/** True once in `times`. */
export const onceIn = (random: Random, times: number): boolean => random() % times === 0

const SIGN = 0x80000000

function pack(random: Random, exponent: number, fraction: number): number {
  return ((random() & SIGN) | (exponent << 23) | (fraction & 0x7fffff)) >>> 0
}

/** Infinities and NaN of any payload, quiet or signalling, of either sign. */
function special(random: Random): number {
  return onceIn(random, 2) ? pick(random, SPECIAL) : pack(random, 255, onceIn(random, 4) ? 0 : random())
}

/** Numbers as networks have them, zeros of both signs among them. */
function ordinary(random: Random): number {
  return onceIn(random, 6) ? (random() & SIGN) >>> 0 : pack(random, between(random, 118, 129), random())
}

/** Short significands at few exponents: sums and products often end exactly halfway. */
function tie(random: Random): number {
  const fraction = (1 << between(random, 0, 22)) | (random() & (-1 << between(random, 12, 23)))
  return pack(random, pick(random, [103, 104, 115, 126, 127, 128, 139]), fraction)
}

/** Finite numbers of every size. */
const wide = (random: Random): number => pack(random, between(random, 0, 254), random())

/** Products and sums around the smallest normal number. */
function tiny(random: Random): number {
  if (onceIn(random, 2)) return pack(random, 0, random() >>> between(random, 9, 31))
  return pack(random, onceIn(random, 3) ? between(random, 120, 130) : between(random, 0, 40), random())
}

/** Products and sums around the largest finite number. */
const huge = (random: Random): number =>
  pack(random, onceIn(random, 3) ? between(random, 120, 130) : between(random, 180, 254), random())

/** Arguments for exponentials: from far below the least result to the greatest. */
function exponent(random: Random): number {
  view.setFloat32(0, (random() / 2 ** 32) * pick(random, [1, 10, 110]) * pick(random, [-1, 1]))
  return view.getUint32(0)
}

const view = new DataView(new ArrayBuffer(4))

const PALETTES = [ordinary, tie, wide, tiny, huge, exponent]

/**
 * A source of bit patterns for one graph: one kind of numbers, with infinities and NaNs strewn in, so
 * rarely that most results are numbers.
 */
export function hostileWords(random: Random, palettes = PALETTES): Words {
  const palette = pick(random, palettes)
  const rarity = pick(random, [8, 60, 400, 4000])
  return () => (onceIn(random, rarity) ? special(random) : palette(random))
}

/** A source of well-behaved numbers between -2 and 2. */
export const tameWords = (random: Random): Words => {
  return () => {
    view.setFloat32(0, (random() / 2 ** 31 - 1) * 2)
    return view.getUint32(0)
  }
}

/** The bit patterns of a float32 tensor; changing them changes the run. */
export const bitsOf = (run: Execution, tensor: Tensor): Uint32Array => wordsOf(run.bytes(tensor))

/** Bytes as little-endian words, which are not copied. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
}
