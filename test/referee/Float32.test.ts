import { expect } from "chai"
import { operation } from "../../src/engine/reference/operations.ts"
import * as scalar from "../../src/engine/reference/scalar.ts"
import { ElementType, Op } from "../../src/protocol/program.ts"
import { cases } from "../long/campaign.ts"
import { exponents, pairs, remainders, SPECIAL, seeded, singles, specialPairs } from "./float32-cases.ts"
import {
  type BinaryOnBits,
  type UnaryOnBits,
  isNaNPattern,
  rationalOracle,
  rationalSqrt,
  webAssemblyOracle,
} from "./float32-oracle.ts"
import { type CallBatch, together } from "../helpers/call-batch.ts"
import { ScalarJudge } from "./scalar-harness.ts"
import { VECTORS } from "./vectors.ts"

const { Float32 } = ElementType
const COMPARISONS = ["Eq", "Lt"] as const
const ARITHMETIC = ["Add", "Sub", "Mul", "Div", "Min", "Max"] as const
const BINARY = [...ARITHMETIC, "Rem", ...COMPARISONS] as const
const UNARY = ["Round", "Sqrt", "Exp"] as const
type Binary = (typeof BINARY)[number]
type Unary = (typeof UNARY)[number]

const CASES = cases({ long: 2_000_000, short: 40_000 })
const SEED = 0x6f6e7573
const MAX_EXP_ERROR = 0.991 // units in the last place

const isUnary = (op: string): boolean => (UNARY as readonly string[]).includes(op)
const isComparison = (op: string): boolean => (COMPARISONS as readonly string[]).includes(op)

/** The reference's operations on bit patterns; comparisons give 0 or 1. */
function onBits(op: Binary | Unary): BinaryOnBits {
  const apply = operation(Op[op], Float32)
  const bits = isComparison(op) ? (x: number) => x : scalar.toBits
  return (a, b) => bits(apply(scalar.fromBits(a), scalar.fromBits(b)) as number)
}
const exp: UnaryOnBits = (x) => onBits("Exp")(x, 0)

const hex = (bits: number): string => `0x${bits.toString(16).padStart(8, "0")}`
const canonical = (bits: number): number => (isNaNPattern(bits) ? scalar.CANONICAL_NAN : bits)

/** Fails with the first few of `results` that differ from what `expected` says about the operand pairs. */
function expectPairs(words: Uint32Array, results: ArrayLike<number>, expected: BinaryOnBits): void {
  expect(results.length).to.equal(words.length / 2)
  const wrong: string[] = []
  for (let i = 0; i < results.length && wrong.length < 5; i++) {
    const [a, b] = [words[2 * i], words[2 * i + 1]]
    const right = expected(a, b)
    if (results[i] !== right) wrong.push(`(${hex(a)}, ${hex(b)}): ${hex(results[i])}, not ${hex(right)}`)
  }
  expect(wrong).to.deep.equal([])
}

/** Fails with the first few of `results` that differ from what `expected` says about the operands. */
function expectWords(words: Uint32Array, results: ArrayLike<number>, expected: UnaryOnBits): void {
  const twice = Uint32Array.from({ length: 2 * words.length }, (_, i) => words[i >> 1])
  expectPairs(twice, results, expected)
}

function mapPairs(words: Uint32Array, f: BinaryOnBits): Uint32Array {
  return Uint32Array.from({ length: words.length / 2 }, (_, i) => f(words[2 * i], words[2 * i + 1]))
}

/** Operands for a binary operation, flattened. */
const pairsFor = (op: Binary, count: number, seed: number): Uint32Array =>
  (op === "Rem" ? remainders : pairs)(count, seeded(seed))

/** Operands for a unary operation. */
const wordsFor = (op: Unary, count: number, seed: number): Uint32Array =>
  (op === "Exp" ? exponents : singles)(count, seeded(seed))

/** The operands of all vectors of `op`, flattened, and their results. */
function vectorsOf(op: Binary | Unary): { operands: Uint32Array; results: number[] } {
  const chosen = VECTORS.filter((vector) => vector.op === op && vector.type === "Float32")
  expect(chosen).to.have.length.of.at.least(50)
  return {
    operands: Uint32Array.from(chosen.flatMap(({ operands }) => operands).map(Number)),
    results: chosen.map(({ result }) => Number(result)),
  }
}

const isFinite = (bits: number): boolean => (bits & 0x7f800000) !== 0x7f800000

describe("operations on Float32", () => {
  const webAssembly = webAssemblyOracle()

  for (const op of [...ARITHMETIC, ...COMPARISONS]) {
    it(`${op} agrees with the WebAssembly instruction`, () => {
      const right = isComparison(op)
        ? webAssembly.binary[op]
        : (a: number, b: number) => canonical(webAssembly.binary[op](a, b))
      for (const words of [specialPairs(), pairs(100_000, seeded(SEED))])
        expectPairs(words, mapPairs(words, onBits(op)), right)
    })
  }

  for (const op of ["Round", "Sqrt"] as const) {
    it(`${op} agrees with the WebAssembly instruction`, () => {
      const words = singles(100_000, seeded(SEED))
      expectWords(
        words,
        words.map((x) => onBits(op)(x, 0)),
        (x) => canonical(webAssembly.unary[op](x)),
      )
    })
  }

  for (const op of BINARY) {
    it(`${op} returns the shared vectors`, () => {
      const { operands, results } = vectorsOf(op)
      expectPairs(operands, results, onBits(op))
    })
  }

  for (const op of UNARY) {
    it(`${op} returns the shared vectors`, () => {
      const { operands, results } = vectorsOf(op)
      expectWords(operands, results, (x) => onBits(op)(x, 0))
    })
  }

  for (const op of ["Add", "Sub", "Mul", "Div", "Rem"] as const) {
    it(`${op} agrees with exact rational arithmetic rounded once`, () => {
      const [words, finite] = [pairsFor(op, 4_000, SEED + 1), [] as number[]]
      for (let i = 0; i < words.length; i += 2) {
        const [a, b] = [words[i], words[i + 1]]
        const byZero = (op === "Div" || op === "Rem") && (b & 0x7fffffff) === 0
        if (isFinite(a) && isFinite(b) && !byZero) finite.push(a, b)
      }
      expect(finite).to.have.length.above(5_000)
      const operands = Uint32Array.from(finite)
      expectPairs(operands, mapPairs(operands, onBits(op)), rationalOracle[op])
    })
  }

  it("Rem of what is not finite or by zero is specified", () => {
    const [zero, one, infinity, nan] = [0, 0x3f800000, 0x7f800000, 0x7fc00000]
    const minus = (x: number): number => (x | 0x80000000) >>> 0
    for (const [a, b, right] of [
      [infinity, one, nan],
      [minus(infinity), infinity, nan],
      [one, zero, nan],
      [minus(zero), minus(zero), nan],
      [nan, one, nan],
      [one, minus(nan), nan],
      [minus(one), infinity, minus(one)],
      [minus(zero), minus(infinity), minus(zero)],
      [minus(one), one, minus(zero)],
      [one, minus(one), zero],
    ])
      expect(hex(onBits("Rem")(a, b)), `${hex(a)} rem ${hex(b)}`).to.equal(hex(right))
  })

  it("Sqrt agrees with an exact search", () => {
    const words = singles(6_000, seeded(SEED + 2)).filter((x) => x > 0 && x < 0x7f800000)
    expect(words).to.have.length.above(2_000)
    expectWords(
      words,
      words.map((x) => onBits("Sqrt")(x, 0)),
      rationalSqrt,
    )
  })

  it("Exp is the specified sequence of WebAssembly instructions", () => {
    const { Add: add, Sub: sub, Mul: mul } = webAssembly.binary
    const sequence = (argument: number): number => {
      const value = scalar.fromBits(argument)
      const x = value < -104 ? 0xc2d00000 : value > 89 ? 0x42b20000 : argument
      const shifted = add(mul(x, 0x3fb8aa3b), 0x4b400000)
      const n = sub(shifted, 0x4b400000)
      const r = sub(sub(x, mul(n, 0x3f318000)), mul(n, 0xb95e8083))
      let y = add(mul(0x39506967, r), 0x3ab743ce)
      for (const coefficient of [0x3c088908, 0x3d2aa9c1, 0x3e2aaaaa, 0x3f000000])
        y = add(mul(y, r), coefficient)
      y = add(add(mul(y, mul(r, r)), r), 0x3f800000)
      const integer = (shifted - 0x4b400000) | 0
      const half = integer >> 1
      return canonical(mul(mul(y, (half + 127) << 23), (integer - half + 127) << 23))
    }
    const words = exponents(200_000, seeded(SEED))
    expectWords(words, words.map(exp), sequence)
  })

  it(`Exp is off by less than ${MAX_EXP_ERROR} units in the last place`, () => {
    // Math.exp is a binary64 function: its own error is about 2^-29 of a binary32 unit.
    const error = (x: number): number => {
      const exact = Math.exp(x)
      const binade = Math.max(Math.floor(Math.log2(exact)), -126)
      return Math.abs(scalar.exp(x) - exact) / 2 ** (binade - 23)
    }
    let [worst, at] = [0, 0]
    for (let i = 0; i <= 1_000_000; i++) {
      const x = Math.fround(-103.98 + (192.7 * i) / 1_000_000)
      if (error(x) > worst) [worst, at] = [error(x), x]
    }
    console.log(`        ${worst.toFixed(4)} at ${at}`)
    expect(worst).to.be.below(MAX_EXP_ERROR)
    expect(error(scalar.fromBits(0x428cce63))).to.be.within(0.99, MAX_EXP_ERROR) // the worst of all arguments
  })

  it("Exp has the specified thresholds", () => {
    expect([0x42b17217, 0x42b17218].map(exp).map(hex)).to.deep.equal(["0x7f7fff84", "0x7f800000"])
    expect([0xc2cff1b4, 0xc2cff1b5].map(exp).map(hex)).to.deep.equal(["0x00000001", "0x00000000"])
  })

  it("turn every NaN into the canonical one", () => {
    for (const bits of SPECIAL) expect(scalar.toBits(scalar.fromBits(bits))).to.equal(canonical(bits))
  })
})

describe("operations on Float32 in the contracts", () => {
  const { test } = together("ScalarHarness")

  const bytesOf = (words: Uint32Array): Uint8Array => new Uint8Array(words.buffer, 0, words.byteLength)

  async function binary(judge: ScalarJudge, op: Binary, words: Uint32Array): Promise<ArrayLike<number>> {
    const results = await judge.binary(Op[op], Float32, bytesOf(words), 4)
    return isComparison(op) ? results : new Uint32Array(results.buffer)
  }

  const unary = async (judge: ScalarJudge, op: Unary, words: Uint32Array): Promise<Uint32Array> =>
    new Uint32Array((await judge.unary(Op[op], Float32, bytesOf(words))).buffer)

  for (const op of BINARY) {
    const random = pairsFor(op, CASES, SEED + 2 + BINARY.indexOf(op))
    test(
      `${op} has the reference's bits for all pairs of special values and ${CASES} random ones`,
      (batch) =>
        [specialPairs(), random].map((words) => ({
          words,
          results: binary(new ScalarJudge(batch), op, words),
        })),
      async (asked) => {
        for (const { words, results } of asked) expectPairs(words, await results, onBits(op))
      },
    )

    test(
      `${op} returns the shared vectors`,
      (batch) => binary(new ScalarJudge(batch), op, vectorsOf(op).operands),
      async (results) => {
        expect(Array.from(await results)).to.deep.equal(vectorsOf(op).results)
      },
    )
  }

  for (const op of UNARY) {
    const words = wordsFor(op, CASES, SEED)
    test(
      `${op} has the reference's bits for ${CASES} random arguments`,
      (batch) => unary(new ScalarJudge(batch), op, words),
      async (results) => expectWords(words, await results, (x) => onBits(op)(x, 0)),
    )

    test(
      `${op} returns the shared vectors`,
      (batch) => unary(new ScalarJudge(batch), op, vectorsOf(op).operands),
      async (results) => {
        expect([...(await results)]).to.deep.equal(vectorsOf(op).results)
      },
    )
  }

  test("report their gas", askForGas, async (asked) => {
    const rows: Record<string, { normal: number; worst: number }> = {}
    for (const { op, normal, random } of asked) {
      const most = Math.max(...(await Promise.all(normal)))
      rows[op] = { normal: most, worst: Math.max(most, ...(await Promise.all(random))) }
    }
    console.table(rows)
  })

  function askForGas(batch: CallBatch) {
    const judge = new ScalarJudge(batch)
    const finite = [0x3fc00000, 0x402ccccd, 0xc0490fdb, 0x3dcccccd, 0x42280000]
    const pairsOfFinite = finite.flatMap((a) => finite.flatMap((b) => (a === b ? [] : [a, b])))
    return [...BINARY, ...UNARY].map((op) => {
      const gasOf = (words: readonly number[]): Promise<number>[] =>
        Array.from({ length: words.length / 2 }, (_, i) => {
          const operands = [words[2 * i], words[2 * i + 1]].slice(0, isUnary(op) ? 1 : 2).map(BigInt)
          return judge.gas(Op[op], Float32, operands)
        })
      return { op, normal: gasOf(pairsOfFinite), random: gasOf([...pairs(200, seeded(SEED))]) }
    })
  }
})
