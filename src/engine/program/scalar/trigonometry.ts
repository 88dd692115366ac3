import { ElementType } from "../../../protocol/program.ts"
import type { Emitter, Register } from "./emitter.ts"
import { polynomial, withSignOf } from "./polynomial.ts"

/** (sin(r) - r) / r^3 by powers of r^2, up to pi/4: `sinf` of Cephes (single/sinf.c). */
const SIN = [0xb94ca1f9, 0x3c08839e, 0xbe2aaaa3]
/** (cos(r) - 1 + r^2 / 2) / r^4 by powers of r^2, up to pi/4: `cosf` of the same. */
const COS = [0x37ccf5ce, 0xbab6061a, 0x3d2aaaa5]
/** pi/2 in four parts, of 8, 8, 8 and 24 bits: multiples of the first three up to 2^16 are exact. */
const HALF_PI = [0x3fc90000, 0x39fd0000, 0x35aa0000, 0x30885a31]

/** Sine and cosine of what is left of x, and in which quarter it is. */
interface Reduced {
  readonly sin: Register
  readonly cos: Register
  /** The number of quarter turns, as an Int32 of which the last two bits count. */
  readonly quarter: Register
}

function reduce(e: Emitter, x: Register): Reduced {
  const n = e.round(e.mul(x, e.float(2 / Math.PI)))
  const rest = HALF_PI.reduce((rest, part) => e.sub(rest, e.mul(n, e.floatBits(part))), x)
  // Far out, where nothing is left of the argument, the result is at least a sine of something.
  const r = e.clamp(rest, e.float(-1), e.float(1))
  const z = e.square(r)
  const sin = e.add(e.mul(e.mul(polynomial(e, z, SIN), z), r), r)
  const base = e.sub(e.float(1), e.mul(z, e.float(0.5)))
  const cos = e.add(e.mul(polynomial(e, z, COS), e.square(z)), base)
  return { sin, cos, quarter: e.cast(n, ElementType.Int32) }
}

/** The sine if the number of quarters is even, the cosine otherwise; negative in the last two of four. */
function turned(e: Emitter, { sin, cos }: Reduced, quarter: Register): Register {
  const has = (bit: number) => e.cast(e.and(quarter, e.integer(ElementType.Int32, bit)), ElementType.Bool)
  const value = e.select(has(1), cos, sin)
  return e.select(has(2), e.neg(value), value)
}

/** The sine of x radians. */
export function sin(e: Emitter, x: Register): Register {
  const reduced = reduce(e, x)
  return turned(e, reduced, reduced.quarter)
}

/** The cosine of x radians: the sine a quarter further. */
export function cos(e: Emitter, x: Register): Register {
  const reduced = reduce(e, x)
  return turned(e, reduced, e.add(reduced.quarter, e.integer(ElementType.Int32, 1)))
}

/** The tangent of x radians. */
export function tan(e: Emitter, x: Register): Register {
  const { sin, cos, quarter } = reduce(e, x)
  const isOdd = e.cast(e.and(quarter, e.integer(ElementType.Int32, 1)), ElementType.Bool)
  return e.div(e.select(isOdd, cos, sin), e.select(isOdd, e.neg(sin), cos))
}

/** (atan(a) - a) / a^3 by powers of a^2, up to tan(pi/8): `atanf` of Cephes (single/atanf.c). */
const ATAN = [0x3da4f0d1, 0xbe0e1b85, 0x3e4c925f, 0xbeaaaa2a]

/** The tangents of pi/8 and 3/8 pi: between them the angle is taken from pi/4, above from pi/2. */
const TAN_PI_8 = 0x3ed413cd
const TAN_3_PI_8 = 0x401a827a

/** The angle with the tangent x. */
export function atan(e: Emitter, x: Register): Register {
  const [one, size] = [e.float(1), e.abs(x)]
  const isLarge = e.lt(e.floatBits(TAN_3_PI_8), size)
  const isMiddle = e.lt(e.floatBits(TAN_PI_8), size)
  const middle = e.div(e.sub(size, one), e.add(size, one))
  const a = e.select(isLarge, e.div(e.float(-1), size), e.select(isMiddle, middle, size))
  const start = e.select(isLarge, e.float(Math.PI / 2), e.select(isMiddle, e.float(Math.PI / 4), e.float(0)))
  const z = e.square(a)
  const angle = e.add(e.mul(e.mul(polynomial(e, z, ATAN), z), a), a)
  return withSignOf(e, e.add(start, angle), x)
}

/** (asin(a) - a) / a^3 by powers of a^2, up to 0.5: `asinf` of Cephes (single/asinf.c). */
const ASIN = [0x3d2cb352, 0x3cc617e3, 0x3d3a3ec7, 0x3d9980f6, 0x3e2aaae4]

/** asin(a) for a from 0 to 0.5, given a and its square. */
function arc(e: Emitter, a: Register, z: Register): Register {
  return e.add(e.mul(e.mul(polynomial(e, z, ASIN), z), a), a)
}

/** What both of asin and acos need: the arc of |x| up to 0.5, that of sqrt((1 - |x|) / 2) above. */
function arcs(e: Emitter, x: Register): { angle: Register; isLarge: Register } {
  const size = e.abs(x)
  const isLarge = e.lt(e.float(0.5), size)
  const z = e.select(isLarge, e.mul(e.sub(e.float(1), size), e.float(0.5)), e.square(size))
  return { angle: arc(e, e.select(isLarge, e.sqrt(z), size), z), isLarge }
}

/** The angle with the sine x; NaN outside of -1 to 1. */
export function asin(e: Emitter, x: Register): Register {
  const { angle, isLarge } = arcs(e, x)
  const above = e.sub(e.float(Math.PI / 2), e.add(angle, angle))
  return withSignOf(e, e.select(isLarge, above, angle), x)
}

/** The angle with the cosine x; NaN outside of -1 to 1. */
export function acos(e: Emitter, x: Register): Register {
  const { angle, isLarge } = arcs(e, x)
  const isNegative = e.lt(x, e.float(0))
  const twice = e.add(angle, angle)
  const outer = e.select(isNegative, e.sub(e.float(Math.PI), twice), twice)
  const inner = e.sub(e.float(Math.PI / 2), e.select(isNegative, e.neg(angle), angle))
  return e.select(isLarge, outer, inner)
}
