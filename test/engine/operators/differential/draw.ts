import type { OnnxAttribute, OnnxTensor } from "../../../../src/engine/onnx/graph.ts"
import { product } from "../../../../src/engine/program/view.ts"
import type { Random } from "../../../referee/float32-cases.ts"
import { between, onceIn, pick } from "../../program/words.ts"
import { type TypeName, float, int, string, tensor as plainTensor } from "../elementwise-run.ts"

export { between, float, int, onceIn, pick, string }
export type { Random, TypeName }

export const INTEGERS = ["int8", "uint8", "int32", "int64"] as const
export const NUMBERS = ["float32", ...INTEGERS] as const
export const TYPES = [...NUMBERS, "bool"] as const

/** The numbers that ONNX has for types. */
export const CODES = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9 } as const

/** A tensor of a test; integers keep the low bits that its type has. */
export function tensor(
  type: TypeName,
  dims: readonly number[],
  elements: Iterable<number | bigint>,
): OnnxTensor {
  const low = (one: number | bigint) =>
    typeof one === "bigint" && type !== "int64" ? BigInt.asIntN(32, one) : one
  return plainTensor(type, dims, Array.from(elements, low))
}

export const ints = (values: readonly number[]): OnnxAttribute => ({
  type: "ints",
  value: values.map(BigInt),
})
export const floats = (values: readonly number[]): OnnxAttribute => ({
  type: "floats",
  value: values.map(Math.fround),
})
export const strings = (value: readonly string[]): OnnxAttribute => ({ type: "strings", value })

export const listOf = <T>(length: number, item: (i: number) => T): T[] =>
  Array.from({ length }, (_, i) => item(i))

/** A number from `low` to `high`; 0 and whole numbers are frequent. */
export function real(random: Random, low = -4, high = 4): number {
  const kind = random() % 8
  if (kind === 0) return Math.min(high, Math.max(low, 0))
  const value = low + ((high - low) * random()) / 2 ** 32
  return kind === 1 ? Math.min(high, Math.max(low, Math.round(value))) : Math.fround(value)
}

/** The range of each type. */
const LIMITS = {
  int8: [-128n, 127n],
  uint8: [0n, 255n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
} as const

/** An integer of any size, often small, now and then at the end of the range. */
export function anyInteger(random: Random, type: keyof typeof LIMITS): bigint {
  const [low, high] = LIMITS[type]
  const word = (BigInt(random()) << 32n) | BigInt(random())
  const wanted = [
    () => BigInt(between(random, -9, 9)),
    () => BigInt(between(random, -200, 200)),
    () => BigInt.asIntN(32, word),
    () => BigInt.asIntN(64, word),
    () => (onceIn(random, 2) ? low : high) + BigInt(between(random, -1, 1)),
  ][random() % 5]()
  return wanted < low ? low : wanted > high ? high : wanted
}

/** Elements of a type: floats from -4 to 4, integers and booleans of every size. */
export function anyTensor(random: Random, type: TypeName, dims: readonly number[]): OnnxTensor {
  const element = () => {
    if (type === "float32") return real(random)
    return type === "bool" ? random() % 2 : anyInteger(random, type)
  }
  return tensor(type, dims, listOf(product(dims), element))
}

/** Floats from `low` to `high`. */
export const floatsIn = (random: Random, dims: readonly number[], low = -4, high = 4): OnnxTensor =>
  tensor(
    "float32",
    dims,
    listOf(product(dims), () => real(random, low, high)),
  )

/** Numbers of a type from `low` to `high`: whole ones, or for float32 in steps of 1/4. */
export const within = (
  random: Random,
  type: TypeName,
  dims: readonly number[],
  low: number,
  high: number,
): OnnxTensor =>
  tensor(
    type,
    dims,
    listOf(product(dims), () =>
      type === "float32" ? between(random, low * 4, high * 4) / 4 : between(random, low, high),
    ),
  )

/** Integers that are given as they are. */
export const list = (values: readonly number[], type: TypeName = "int64"): OnnxTensor =>
  tensor(type, [values.length], values)

/** The size of an axis: 1 is frequent, 0 rare. */
export function size(random: Random, most = 5): number {
  if (onceIn(random, 40)) return 0
  return onceIn(random, 5) ? 1 : between(random, 1, most)
}

/** A shape of `least` to `most` axes. */
export const shape = (random: Random, least = 0, most = 4, longest = 5): number[] =>
  listOf(between(random, least, most), () => size(random, longest))

/** A shape without empty axes. */
export const solid = (random: Random, least = 1, most = 4, longest = 5): number[] =>
  listOf(between(random, least, most), () => between(random, 1, longest))

/** A shape that broadcasts to `whole`: axes of size 1, and axes left out in front. */
export function partOf(random: Random, whole: readonly number[]): number[] {
  const kept = onceIn(random, 3) ? whole.slice(between(random, 0, whole.length)) : [...whole]
  return kept.map((one) => (onceIn(random, 4) ? 1 : one))
}

/** Shapes that broadcast together; the first one is whole if `first` says so. */
export function broadcasting(random: Random, count: number, first = false): number[][] {
  const whole = shape(random)
  return listOf(count, (i) => (first && i === 0 ? whole : partOf(random, whole)))
}

/** An axis as ONNX writes it: from the front or from the end. */
export const signed = (random: Random, axis: number, rank: number): number =>
  onceIn(random, 2) ? axis : axis - rank

/** Some of the axes of a rank, at least `least`, in any order. */
export function someAxes(random: Random, rank: number, least = 1): number[] {
  const all = shuffled(
    random,
    listOf(rank, (i) => i),
  )
  return all.slice(0, between(random, Math.min(least, rank), rank))
}

export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const rest = [...items]
  return items.map(() => rest.splice(random() % rest.length, 1)[0])
}

/** Only some of the attributes: those left out have defaults. */
export function some(random: Random, attributes: Readonly<Record<string, OnnxAttribute>>) {
  return Object.fromEntries(Object.entries(attributes).filter(() => !onceIn(random, 3)))
}

/**
 * An opset: one of those in which an operator changed, or the last one before the next of these.
 *
 * @param last the last one in which the operator is as in the last of `changes`.
 */
export function version(random: Random, changes: readonly number[], last = 24): number {
  const at = random() % changes.length
  const end = (changes[at + 1] ?? last + 1) - 1
  return onceIn(random, 2) ? changes[at] : Math.max(changes[at], end)
}
