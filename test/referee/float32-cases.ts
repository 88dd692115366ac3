/** Seeded test operands for binary32 operations, as bit patterns, with the hard cases made to be frequent. */

export type Random = () => number

/** Returns a generator of 32-bit words (xorshift32). The seed must not be zero. */
export function seeded(seed: number): Random {
  let state = seed | 0
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

const SIGN = 0x80000000

/** Every edge of the format, with both signs: 64 patterns. */
export const SPECIAL: readonly number[] = [
  0x00000000, // zero
  0x00000001, // smallest subnormal, 2^-149
  0x00000002,
  0x00000003,
  0x00400000, // 2^-127
  0x007ffffe,
  0x007fffff, // largest subnormal
  0x00800000, // smallest normal, 2^-126
  0x00800001,
  0x00ffffff,
  0x01000000, // 2^-125
  0x0c800000, // 2^-102
  0x1f800000, // 2^-64
  0x20000000, // 2^-63
  0x33000000, // 2^-25
  0x33800000, // 2^-24
  0x34000000, // 2^-23
  0x3f000000, // 0.5
  0x3f7fffff, // just below 1
  0x3f800000, // 1
  0x3f800001, // just above 1
  0x3fc00000, // 1.5
  0x40400000, // 3
  0x4b7fffff, // 2^24 - 1
  0x4b800000, // 2^24
  0x5f800000, // 2^64
  0x7e800000, // 2^126, whose inverse is the smallest normal
  0x7f7ffffe,
  0x7f7fffff, // largest finite
  0x7f800000, // infinity
  0x7f800001, // signalling NaN
  0x7fffffff, // quiet NaN with a full payload
].flatMap((bits) => [bits, (bits | SIGN) >>> 0])

/** Returns an integer from `low` to `high`. */
function between(random: Random, low: number, high: number): number {
  return low + (random() % (high - low + 1))
}

/** Packs an exponent field, clamped to the finite ones, and a fraction under a random sign. */
function pack(random: Random, exponent: number, fraction: number): number {
  const field = Math.min(Math.max(exponent, 0), 254)
  return ((random() & SIGN) | (field << 23) | (fraction & 0x7fffff)) >>> 0
}

/** Returns the significand `odd * 2^zeros` with its leading bit moved to bit 23, as a fraction. */
function fraction(significand: number): number {
  return significand << (Math.clz32(significand) - 8)
}

type Pair = [number, number]

/** Exponents that differ by at most 27: nearly all rounding of sums happens here. */
function near(random: Random): Pair {
  const exponent = between(random, 0, 254)
  return [pack(random, exponent, random()), pack(random, exponent + between(random, -27, 27), random())]
}

/** A subnormal and anything. */
function subnormal(random: Random): Pair {
  const small = pack(random, 0, random() >>> between(random, 9, 31))
  return random() & 1
    ? [small, pack(random, between(random, 0, 254), random())]
    : [small, pack(random, 0, random())]
}

/** A special pattern or a NaN of random payload, and anything. */
function special(random: Random): Pair {
  const nan = ((random() & SIGN) | 0x7f800000 | (random() & 0x7fffff)) >>> 0
  const first = random() & 1 ? nan : SPECIAL[random() % SPECIAL.length]
  return random() & 1 ? [first, random()] : [random(), first]
}

/** Sums that end exactly halfway: the part of b below a's last place is one half. */
function tieOfSum(random: Random): Pair {
  const exponent = between(random, 1, 254)
  const distance = between(random, 1, 25)
  const carried = distance < 24 ? distance + (random() % 2) : distance
  const significand =
    distance < 24 ? (((random() & 0x7fffff) | 0x800000) & (-1 << carried)) | (1 << (carried - 1)) : 0x800000
  return [pack(random, exponent, random()), pack(random, exponent - distance, significand)]
}

/** Products that end exactly halfway: 22 or 23 zeros below the last one bit, or more if subnormal. */
function tieOfProduct(random: Random): Pair {
  const zeros = between(random, 0, 23)
  const first = ((random() & 0x7fffff) | 0x800000) & (-1 << zeros)
  const second = ((random() & 0x7fffff) | 0x800000) & (-1 << (23 - zeros - (random() % 2)))
  const exponent = between(random, 1, 254)
  const target = random() & 1 ? between(random, 127 - 24, 129) : between(random, 130, 380)
  return [pack(random, exponent, first), pack(random, target - exponent, second)]
}

/** Quotients that end exactly halfway, which takes a subnormal result: (2k + 1) * 2^-150 times b, by b. */
function tieOfQuotient(random: Random): Pair {
  const divisor = between(random, 1, 0xffffff) >>> between(random, 0, 23) || 1
  const odd = (random() >>> between(random, 9, 31)) | 1
  if (divisor * odd > 0xffffff) return tieOfQuotient(random)
  const exponent = between(random, 130, 230) // of the divisor, if it is normal
  const width = (significand: number): number => 31 - Math.clz32(significand)
  const dividend = divisor * odd
  return [
    pack(random, exponent - 150 + width(dividend) - width(divisor), fraction(dividend)),
    pack(random, exponent, fraction(divisor)),
  ]
}

/** Sums, products and quotients next to the largest finite number, or to the smallest normal one. */
function boundary(random: Random): Pair {
  const exponent = between(random, 0, 254)
  const slack = between(random, -2, 2)
  const edge = random() & 3 ? random() : random() & 1 ? 0 : 0x7fffff // fractions near either end, too
  const pairs: Pair[] = [
    [pack(random, 254, edge), pack(random, 254 - between(random, 0, 25), random())],
    [pack(random, between(random, 0, 26), edge), pack(random, between(random, 0, 26), random())],
    [pack(random, exponent, edge), pack(random, 381 + slack - exponent, random())],
    [pack(random, exponent, edge), pack(random, 127 - between(random, -2, 26) - exponent, random())],
    [pack(random, exponent, edge), pack(random, exponent - 127 + slack, random())],
    [pack(random, exponent, edge), pack(random, exponent + 127 + between(random, -2, 26), random())],
  ]
  return pairs[random() % pairs.length]
}

/** Numbers such as activations and weights are: near one, with many exact zeros. */
function ordinary(random: Random): Pair {
  const value = (): number =>
    (random() % 4 ? pack(random, between(random, 115, 131), random()) : random() & SIGN) >>> 0
  return [value(), value()]
}

/** Almost equal magnitudes, so that a difference cancels. */
function cancelling(random: Random): Pair {
  const first = random()
  return [first, ((first ^ (random() & SIGN)) + between(random, -3, 3)) >>> 0]
}

const KINDS: readonly ((random: Random) => Pair)[] = [
  (random) => [random(), random()],
  near,
  subnormal,
  special,
  tieOfSum,
  tieOfProduct,
  tieOfQuotient,
  boundary,
  ordinary,
  cancelling,
]

/** Returns `count` operand pairs (a, b), flattened, in equal shares of all kinds, in random order within pairs. */
export function pairs(count: number, random: Random): Uint32Array {
  const words = new Uint32Array(2 * count)
  for (let i = 0; i < count; i++) {
    const [a, b] = KINDS[i % KINDS.length](random)
    // Quotients depend on the order: swap all kinds but theirs.
    const swap = KINDS[i % KINDS.length] !== tieOfQuotient && (random() & 1) === 1
    words[2 * i] = swap ? b : a
    words[2 * i + 1] = swap ? a : b
  }
  return words
}

/** Returns all ordered pairs of special patterns, flattened. */
export function specialPairs(): Uint32Array {
  return Uint32Array.from(SPECIAL.flatMap((a) => SPECIAL.flatMap((b) => [a, b])))
}

const view = new DataView(new ArrayBuffer(4))

function bitsOf(x: number): number {
  view.setFloat32(0, x)
  return view.getUint32(0)
}

/**
 * Returns `count` operands for exp: random patterns, all special ones, the whole range between the thresholds,
 * the neighbourhoods of the thresholds and of the half-integer multiples of ln(2), where the reduction switches.
 */
export function exponents(count: number, random: Random): Uint32Array {
  const uniform = (low: number, high: number): number => low + ((high - low) * random()) / 2 ** 32
  const kinds: readonly (() => number)[] = [
    random,
    () => SPECIAL[random() % SPECIAL.length],
    () => bitsOf(uniform(-104.5, 89.5)),
    () => bitsOf(uniform(-104.5, -87)),
    () => bitsOf(uniform(-1, 1)),
    () => bitsOf((between(random, -151, 128) + 0.5) * Math.LN2) + between(random, -4, 4),
    () => bitsOf(between(random, -150, 128) * Math.LN2) + between(random, -4, 4),
    () => [0x42b17217, 0x42b20000, 0xc2cff1b4, 0xc2d00000, 0xc2aeac50][random() % 5] + between(random, -9, 9),
    () => pack(random, between(random, 95, 135), random()),
  ]
  return Uint32Array.from({ length: count }, (_, i) => kinds[i % kinds.length]())
}

/** Returns the number nearest to `x`, or one of its neighbours. */
const around = (random: Random, x: number): number => bitsOf(x) + between(random, -1, 1)

/**
 * Returns `count` operands for operations on one number: random patterns, all special ones, halves of integers,
 * squares, powers of two, the ends of the integer types, and their neighbours.
 */
export function singles(count: number, random: Random): Uint32Array {
  const sign = (): number => (random() & 1 ? 1 : -1)
  const kinds: readonly (() => number)[] = [
    random,
    () => SPECIAL[random() % SPECIAL.length],
    () => around(random, sign() * (between(random, 0, 40) / 2)),
    () => around(random, sign() * (between(random, 0, 2 ** 24) / 2)),
    () => around(random, between(random, 1, 4096) ** 2 * 4 ** between(random, -70, 50)),
    () => around(random, sign() * 2 ** between(random, -149, 127)),
    () => around(random, sign() * 2 ** [7, 8, 15, 16, 23, 24, 31, 32, 62, 63, 64][random() % 11]),
    () => pack(random, between(random, 115, 160), random()),
    () => pack(random, 0, random() >>> between(random, 9, 31)),
  ]
  return Uint32Array.from({ length: count }, (_, i) => kinds[i % kinds.length]())
}

/** Returns `count` pairs for remainders, flattened: all kinds of pairs, and dividends next to a multiple. */
export function remainders(count: number, random: Random): Uint32Array {
  const words = pairs(count, random)
  for (let i = 0; i < count; i += 2) {
    const divisor = pack(random, between(random, 0, 230), random() & (-1 << between(random, 0, 23)))
    view.setUint32(0, divisor)
    words[2 * i] = around(random, view.getFloat32(0) * between(random, 1, 2 ** between(random, 1, 26)))
    words[2 * i + 1] = divisor
  }
  return words
}
