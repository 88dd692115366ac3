/** Definitions of binary32 operations that share no code with scalar.ts, on bit patterns. */

export type BinaryOnBits = (a: number, b: number) => number
export type UnaryOnBits = (x: number) => number

type Kind = "f32" | "i32" | "i64"
const VALUE_TYPES: Readonly<Record<Kind, number>> = { f32: 0x7f, i32: 0x7f, i64: 0x7e } // f32 travels as i32

interface Instruction {
  readonly code: readonly number[]
  readonly operands: readonly Kind[]
  readonly result: Kind
}

const instruction = (code: number | number[], operands: Kind[], result: Kind): Instruction => {
  return { code: [code].flat(), operands, result }
}
const INSTRUCTIONS = {
  Add: instruction(0x92, ["f32", "f32"], "f32"),
  Sub: instruction(0x93, ["f32", "f32"], "f32"),
  Mul: instruction(0x94, ["f32", "f32"], "f32"),
  Div: instruction(0x95, ["f32", "f32"], "f32"),
  Min: instruction(0x96, ["f32", "f32"], "f32"),
  Max: instruction(0x97, ["f32", "f32"], "f32"),
  Eq: instruction(0x5b, ["f32", "f32"], "i32"),
  Lt: instruction(0x5d, ["f32", "f32"], "i32"),
  Round: instruction(0x90, ["f32"], "f32"), // f32.nearest
  Sqrt: instruction(0x91, ["f32"], "f32"),
  toInt32: instruction([0xfc, 0x00], ["f32"], "i32"), // i32.trunc_sat_f32_s
  toInt64: instruction([0xfc, 0x04], ["f32"], "i64"), // i64.trunc_sat_f32_s
  fromInt32: instruction(0xb2, ["i32"], "f32"),
  fromInt64: instruction(0xb4, ["i64"], "f32"),
}

/** LEB128. */
const leb = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)])
const list = (items: readonly (readonly number[])[]): number[] => [...leb(items.length), ...items.flat()]
const sized = (bytes: readonly number[]): number[] => [...leb(bytes.length), ...bytes]

/** WebAssembly instructions on bit patterns. The NaN payloads are whatever the processor produces. */
export interface WebAssemblyOracle {
  readonly binary: Readonly<Record<"Add" | "Sub" | "Mul" | "Div" | "Min" | "Max" | "Eq" | "Lt", BinaryOnBits>>
  readonly unary: Readonly<Record<"Round" | "Sqrt", UnaryOnBits>>
  readonly toInt32: (bits: number) => number
  readonly toInt64: (bits: number) => bigint
  readonly fromInt32: (integer: number) => number
  readonly fromInt64: (integer: bigint) => number
}

export function webAssemblyOracle(): WebAssemblyOracle {
  const names = Object.keys(INSTRUCTIONS)
  const all = Object.values(INSTRUCTIONS)
  const types = all.map(({ operands, result }) => [
    0x60, // a function
    ...list(operands.map((kind) => [VALUE_TYPES[kind]])),
    ...list([[VALUE_TYPES[result]]]),
  ])
  const bodies = all.map(({ code, operands, result }) => [
    0x00, // no locals
    // local.get i, and f32.reinterpret_i32 behind a float
    ...operands.flatMap((kind, i) => [0x20, i, ...(kind === "f32" ? [0xbe] : [])]),
    ...code,
    ...(result === "f32" ? [0xbc] : []), // i32.reinterpret_f32
    0x0b, // end
  ])
  const section = (id: number, items: number[][]): number[] => [id, ...sized(list(items))]
  const exportOf = (name: string, i: number): number[] => [
    ...sized([...new TextEncoder().encode(name)]),
    0,
    i,
  ]
  const module = Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, types),
    ...section(
      3,
      types.map((_, i) => [i]),
    ),
    ...section(7, names.map(exportOf)),
    ...section(10, bodies.map(sized)),
  ])
  const exports = new WebAssembly.Instance(new WebAssembly.Module(module)).exports as Record<string, never>
  const { toInt32, toInt64 } = exports
  const unsigned = (name: keyof typeof INSTRUCTIONS) => {
    const call = exports[name] as (...operands: unknown[]) => number
    return (...operands: unknown[]): number => call(...operands) >>> 0
  }
  const { Add, Sub, Mul, Div, Min, Max, Eq, Lt, Round, Sqrt, fromInt32, fromInt64 } = Object.fromEntries(
    names.map((name) => [name, unsigned(name as keyof typeof INSTRUCTIONS)]),
  )
  return {
    binary: { Add, Sub, Mul, Div, Min, Max, Eq, Lt },
    unary: { Round, Sqrt },
    ...{ toInt32, toInt64, fromInt32, fromInt64 },
  }
}

/** True for the bit pattern of any NaN. */
export function isNaNPattern(bits: number): boolean {
  return (bits & 0x7fffffff) > 0x7f800000
}

/** A finite number as `significand * 2^exponent`, exactly. */
function exact(bits: number): { significand: bigint; exponent: number } {
  const field = (bits >>> 23) & 0xff
  const magnitude = field === 0 ? bits & 0x7fffff : (bits & 0x7fffff) | 0x800000
  return { significand: BigInt(bits >>> 31 ? -magnitude : magnitude), exponent: Math.max(field, 1) - 150 }
}

/**
 * Rounds the rational `numerator / denominator * 2^exponent` to binary32 by trying: the candidates are bracketed
 * by bisection over all magnitudes and the nearer one wins, the even one if both are as near.
 */
function nearest(numerator: bigint, denominator: bigint, exponent: number, zeroSign: number): number {
  const sign = numerator === 0n ? zeroSign : numerator < 0n ? 0x80000000 : 0
  // Both sides of every comparison are multiplied by denominator * 2^600, which makes them integers.
  const target = (numerator < 0n ? -numerator : numerator) << BigInt(exponent + 600)
  const scaled = (magnitude: number): bigint => {
    // Infinity stands for 2^128, the next number if the exponents had no end.
    const { significand, exponent: power } =
      magnitude === 0x7f800000 ? { significand: 1n, exponent: 128 } : exact(magnitude)
    return (significand * denominator) << BigInt(power + 600)
  }
  let low = 0
  let high = 0x7f800000
  if (target >= scaled(high)) return (sign | high) >>> 0
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (scaled(middle) <= target) low = middle
    else high = middle
  }
  const below = target - scaled(low)
  const above = scaled(high) - target
  const up = above < below || (above === below && (low & 1) === 1)
  return (sign | (up ? high : low)) >>> 0
}

/** Exact rational arithmetic with one rounding, for finite operands (and a divisor other than zero). */
export const rationalOracle: Record<"Add" | "Sub" | "Mul" | "Div" | "Rem", BinaryOnBits> = {
  Add(a, b) {
    const [x, y] = [exact(a), exact(b)]
    const exponent = Math.min(x.exponent, y.exponent)
    const sum =
      (x.significand << BigInt(x.exponent - exponent)) + (y.significand << BigInt(y.exponent - exponent))
    return nearest(sum, 1n, exponent, a & b & 0x80000000)
  },
  Sub(a, b) {
    return rationalOracle.Add(a, (b ^ 0x80000000) >>> 0)
  },
  Mul(a, b) {
    const [x, y] = [exact(a), exact(b)]
    return nearest(x.significand * y.significand, 1n, x.exponent + y.exponent, (a ^ b) & 0x80000000)
  },
  Div(a, b) {
    const [x, y] = [exact(a), exact(b)]
    const flip = y.significand < 0n ? -1n : 1n
    return nearest(flip * x.significand, flip * y.significand, x.exponent - y.exponent, (a ^ b) & 0x80000000)
  },
  Rem(a, b) {
    const [x, y] = [exact(a), exact(b)]
    const exponent = Math.min(x.exponent, y.exponent)
    const rest =
      (x.significand << BigInt(x.exponent - exponent)) % (y.significand << BigInt(y.exponent - exponent))
    return nearest(rest, 1n, exponent, a & 0x80000000)
  },
}

/** The square root of a positive finite number, rounded once, by bisection. */
export function rationalSqrt(bits: number): number {
  // In units of 2^-200, whose squares have the unit 2^-400.
  const scaled = (magnitude: number): bigint => {
    const { significand, exponent } = exact(magnitude)
    return significand << BigInt(exponent + 200)
  }
  const target = scaled(bits) << 200n
  let [low, high] = [0, 0x7f7fffff]
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (scaled(middle) ** 2n <= target) low = middle
    else high = middle
  }
  const twice = scaled(low) + scaled(high)
  // A root is never halfway between two numbers.
  return twice ** 2n < 4n * target ? high : low
}
