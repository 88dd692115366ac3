/** Two definitions of binary32 arithmetic that share no code with scalar.ts, on bit patterns. */

export type BinaryOnBits = (a: number, b: number) => number

/**
 * Returns the WebAssembly f32 instructions as functions from bits to bits. The NaN payloads are whatever the
 * processor produces.
 */
export function webAssemblyOracle(): Record<"add" | "sub" | "mul" | "div" | "maximum", BinaryOnBits> {
  const instructions = { add: 0x92, sub: 0x93, mul: 0x94, div: 0x95, maximum: 0x97 }
  const names = Object.keys(instructions)
  const section = (id: number, body: number[]): number[] => [id, body.length, ...body]
  const bodies = Object.values(instructions).map((instruction) => [
    ...[0x00, 0x20, 0x00, 0xbe], // no locals; local.get 0; f32.reinterpret_i32
    ...[0x20, 0x01, 0xbe], // local.get 1; f32.reinterpret_i32
    ...[instruction, 0xbc, 0x0b], // the instruction; i32.reinterpret_f32; end
  ])
  const encoder = new TextEncoder()
  const module = Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f]), // one type: (i32, i32) -> i32
    ...section(3, [names.length, ...names.map(() => 0)]),
    ...section(7, [
      names.length,
      ...names.flatMap((name, i) => [name.length, ...encoder.encode(name), 0x00, i]),
    ]),
    ...section(10, [names.length, ...bodies.flatMap((body) => [body.length, ...body])]),
  ])
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module))
  const unsigned =
    (name: string): BinaryOnBits =>
    (a, b) =>
      (exports[name] as BinaryOnBits)(a, b) >>> 0
  return {
    add: unsigned("add"),
    sub: unsigned("sub"),
    mul: unsigned("mul"),
    div: unsigned("div"),
    maximum: unsigned("maximum"),
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
export const rationalOracle: Record<"add" | "sub" | "mul" | "div", BinaryOnBits> = {
  add(a, b) {
    const [x, y] = [exact(a), exact(b)]
    const exponent = Math.min(x.exponent, y.exponent)
    const sum =
      (x.significand << BigInt(x.exponent - exponent)) + (y.significand << BigInt(y.exponent - exponent))
    return nearest(sum, 1n, exponent, a & b & 0x80000000)
  },
  sub(a, b) {
    return rationalOracle.add(a, (b ^ 0x80000000) >>> 0)
  },
  mul(a, b) {
    const [x, y] = [exact(a), exact(b)]
    return nearest(x.significand * y.significand, 1n, x.exponent + y.exponent, (a ^ b) & 0x80000000)
  },
  div(a, b) {
    const [x, y] = [exact(a), exact(b)]
    const flip = y.significand < 0n ? -1n : 1n
    return nearest(flip * x.significand, flip * y.significand, x.exponent - y.exponent, (a ^ b) & 0x80000000)
  },
}
