import { expect } from "chai"
import { Body, ElementType, type Step } from "../../src/protocol/program.ts"
import { elementBytes, hostileElements } from "../engine/random-elements.ts"
import { between, hostileWords, onceIn, pick } from "../engine/program/words.ts"
import { cases } from "../long/campaign.ts"
import { type Random, SPECIAL, pairs, seeded } from "./float32-cases.ts"
import { type CallBatch, together } from "../helpers/call-batch.ts"
import { Comparison } from "./judge.ts"
import { access, stepOf } from "./steps.ts"

const SEED = 0x646f7473
/** Elements of every kind of terms. */
const COUNT = cases({ long: 100_000, short: 1_000 })
const PER_STEP = 20
const SIGN = 0x80000000
const { Float32, Int8, Uint8, Int32 } = ElementType

/** The factors of the terms of one element, as bit patterns. */
type Terms = readonly (readonly [number, number])[]
type MakeTerms = (random: Random, count: number) => Terms

const view = new DataView(new ArrayBuffer(4))

function numberOf(bits: number): number {
  view.setUint32(0, bits)
  return view.getFloat32(0)
}

function bitsOf(x: number): number {
  view.setFloat32(0, x)
  return view.getUint32(0)
}

const sign = (random: Random): number => random() & SIGN
const finite = (random: Random, exponent: number): number =>
  (sign(random) | (Math.min(254, Math.max(0, exponent)) << 23) | (random() & 0x7fffff)) >>> 0
const listOf = <T>(count: number, item: () => T): T[] => Array.from({ length: count }, item)

/** Products with exponents (of their leading bits) in a range, of factors with any exponents. */
function productsNear(low: number, high: number): MakeTerms {
  return (random, count) =>
    listOf(count, () => {
      const product = between(random, low, high)
      const first = between(random, Math.max(-140, product - 127), Math.min(127, product + 140))
      const one = random() & 3 ? finite(random, first + 127) : subnormal(random)
      return [one, finite(random, product - first + 127)]
    })
}

const subnormal = (random: Random): number => (sign(random) | (random() >>> between(random, 9, 31))) >>> 0

/** Terms that are next to the negation of the sum so far, to half of its last place, or to what doubles it. */
const cancelling: MakeTerms = (random, count) => {
  const scale = 2 ** between(random, -20, 20)
  let sum = 0
  return listOf(count, () => {
    const size = Math.abs(sum)
    const place = 2 ** (Math.floor(Math.log2(size || 1)) - 23)
    const wanted = pick(random, [
      -sum,
      sum,
      place / 2,
      -place / 2,
      (place * 3) / 2,
      -place,
      place / 4,
      -size / 2,
    ])
    const near = sum === 0 || onceIn(random, 5) ? finite(random, between(random, 1, 254)) : bitsOf(wanted)
    const first = ((near + (onceIn(random, 3) ? between(random, -1, 1) : 0)) >>> 0) % 2 ** 32
    const [a, b] = [bitsOf(Math.fround(numberOf(first) / scale)), bitsOf(scale)]
    sum = Math.fround(sum + Math.fround(numberOf(a) * numberOf(b)))
    if (!Number.isFinite(sum)) sum = 0
    return [a, b]
  })
}

/** As behind a ReLU: zeros of both signs, times anything. */
const zeros: MakeTerms = (random, count) => {
  const rarity = pick(random, [10, 100, 1000])
  return listOf(count, () => {
    const other = onceIn(random, rarity) ? pick(random, SPECIAL) : finite(random, between(random, 110, 135))
    return random() & 1 ? [sign(random) >>> 0, other] : [other, finite(random, between(random, 110, 135))]
  })
}

/** Infinities and NaN late in a sum. */
const late: MakeTerms = (random, count) =>
  cancelling(random, count).map((term, i) =>
    i > count / 2 && onceIn(random, 8) ? [pick(random, SPECIAL), pick(random, SPECIAL)] : term,
  )

const FLOATS: Readonly<Record<string, MakeTerms>> = {
  "hostile words": (random, count) => {
    const [a, b] = [hostileWords(random), hostileWords(random)]
    return listOf(count, () => [a(), b()])
  },
  "pairs of all kinds": (random, count) => {
    const words = pairs(count, random)
    return listOf(count, () => 0).map((_, i) => [words[2 * i], words[2 * i + 1]])
  },
  "subnormal products": productsNear(-152, -120),
  "products around the largest ones that the loop takes": (random, count) =>
    random() & 1 ? productsNear(70, 78)(random, count) : productsNear(-60, 80)(random, count),
  "products up to infinity": (random, count) => productsNear(between(random, 60, 120), 128)(random, count),
  "cancellation and ties": cancelling,
  zeros,
  "infinities and NaN": late,
}

/** Some dot products, with their terms in memory at some distances from each other. */
function floatStep(random: Random, make: MakeTerms): { step: Step; data: Uint8Array[] } {
  const [count, size] = [PER_STEP, between(random, 1, pick(random, [4, 30, 80]))]
  const words = [0, 1].map((i) => {
    const stride = pick(random, [1, 1, 1, -1, 3, -2])
    const reach = Math.abs(stride) * size
    return { i, stride, reach, values: new Uint32Array(count * reach) }
  })
  for (let element = 0; element < count; element++) {
    make(random, size).forEach((term, k) => {
      for (const { i, stride, reach, values } of words)
        values[element * reach + (stride < 0 ? reach - 1 : 0) + k * stride] = term[i]
    })
  }
  const operands = words.map(({ i, stride, reach, values }) =>
    access(Float32, i, values.length, [reach, stride], { base: stride < 0 ? reach - 1 : 0 }),
  )
  const step = stepOf(Float32, operands, { domain: [count], reduction: [size], body: Body.Dot, mode: 0 })
  return { step, data: words.map(({ values }) => new Uint8Array(values.buffer)) }
}

describe("Referee, dot products", () => {
  const { test } = together("RefereeHarness")

  for (const [at, [name, make]] of Object.entries(FLOATS).entries()) {
    test(
      `has the reference's bits for ${COUNT} sums of float32: ${name}`,
      (batch) => {
        const random = seeded(SEED + at)
        return Array.from({ length: COUNT / PER_STEP }, () => {
          const { step, data } = floatStep(random, make)
          const elements = Array.from({ length: PER_STEP }, (_, i) => i)
          return new Comparison(batch, step, elements, ({ id }) => data[id])
        })
      },
      async (asked) => {
        for (const comparison of asked) await comparison.expectSame()
        const results = asked.flatMap(({ right }) => right)
        const nans = results.filter((bytes) => bytes === "0x0000c07f").length / results.length
        console.log(`        ${(100 * nans).toFixed(0)} % NaN`)
        expect(nans).to.be.below(0.8)
      },
    )
  }

  test("multiplies padding with infinities and NaN", askAboutPadding, expectAllSame)
  test(
    "has the reference's integers for runs of bytes of every length and place",
    askAboutRuns,
    expectAllSame,
  )
})

async function expectAllSame(asked: readonly Comparison[]): Promise<void> {
  for (const comparison of asked) await comparison.expectSame()
}

function askAboutPadding(batch: CallBatch): Comparison[] {
  const asked: Comparison[] = []
  const guards = [{ coefficients: [1, 1], offset: -2, size: 3 }]
  const a = access(Float32, 0, 9, [1, 1], { guards })
  const b = access(Float32, 1, 5, [0, 1])
  const step = stepOf(Float32, [a, b], { domain: [5], reduction: [5], body: Body.Dot, mode: 0 })
  const random = seeded(SEED + 50)
  for (const special of [0x3f800000, 0x7f800000, 0xff800001, 0x00000001]) {
    for (let at = 0; at < 5; at++) {
      const data = [9, 5].map((size) => elementBytes(Float32, size, () => BigInt(finite(random, 128))))
      new DataView(data[1].buffer).setUint32(4 * at, special, true)
      asked.push(new Comparison(batch, step, [0, 1, 2, 3, 4], ({ id }) => data[id]))
    }
  }
  return asked
}

function askAboutRuns(batch: CallBatch): Comparison[] {
  const asked: Comparison[] = []
  const random = seeded(SEED + 100)
  const extremes = [() => 0x80n, () => 0x7fn, () => 0xffn, () => BigInt(pick(random, [0, 0x7f, 0x80, 0xff]))]
  for (let size = 1; size < 1_300; size += size < 70 ? 1 : between(random, 50, 300)) {
    const types = [0, 1].map(() => pick(random, [Int8, Uint8]))
    const places = [0, 1].map(() => between(random, 0, 1_100))
    const data = [...types, ...types].map((type) =>
      elementBytes(type, 2_500, random() & 1 ? hostileElements(random, type) : pick(random, extremes)),
    )
    const operands = [0, 1, 2, 3].map((i) =>
      access(types[i % 2], i, 2_500, [pick(random, [0, 1, 5]), i < 2 ? 1 : 0], { base: places[i % 2] }),
    )
    const step = stepOf(Int32, operands, { domain: [2], reduction: [size], body: Body.Dot, mode: 0 })
    asked.push(new Comparison(batch, step, [0, 1], ({ id }) => data[id]))
  }
  return asked
}
