import { readFileSync } from "node:fs"
import { expect } from "chai"
import { network } from "hardhat"
import * as scalar from "../../src/engine/reference/scalar.ts"
import { exponents, pairs, seeded, SPECIAL, specialPairs } from "./float32-cases.ts"
import { type BinaryOnBits, isNaNPattern, rationalOracle, webAssemblyOracle } from "./float32-oracle.ts"

const BINARY = ["add", "sub", "mul", "div", "maximum"] as const
const CASES = 20_000
const SEED = 0x6f6e7573
const MAX_EXP_ERROR = 0.991 // units in the last place

// Cases per eth_call. Short calls are several times faster per case than long ones.
const PAIRS_PER_CALL = 250
const EXPONENTS_PER_CALL = 50

const onBits = {
  add: (a: number, b: number) => scalar.toBits(scalar.add(scalar.fromBits(a), scalar.fromBits(b))),
  sub: (a: number, b: number) => scalar.toBits(scalar.sub(scalar.fromBits(a), scalar.fromBits(b))),
  mul: (a: number, b: number) => scalar.toBits(scalar.mul(scalar.fromBits(a), scalar.fromBits(b))),
  div: (a: number, b: number) => scalar.toBits(scalar.div(scalar.fromBits(a), scalar.fromBits(b))),
  maximum: (a: number, b: number) => scalar.toBits(scalar.maximum(scalar.fromBits(a), scalar.fromBits(b))),
}
const exp = (x: number): number => scalar.toBits(scalar.exp(scalar.fromBits(x)))

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
function expectWords(words: Uint32Array, results: ArrayLike<number>, expected: (x: number) => number): void {
  const twice = Uint32Array.from({ length: 2 * words.length }, (_, i) => words[i >> 1])
  expectPairs(twice, results, expected)
}

function mapPairs(words: Uint32Array, f: BinaryOnBits): Uint32Array {
  return Uint32Array.from({ length: words.length / 2 }, (_, i) => f(words[2 * i], words[2 * i + 1]))
}

interface Vector {
  readonly op: (typeof BINARY)[number] | "exp"
  readonly a: string
  readonly b?: string
  readonly result: string
}

const vectors = JSON.parse(
  readFileSync(new URL("../vectors/float32.json", import.meta.url), "utf8"),
) as readonly Vector[]

/** The operands of all vectors of `op`, flattened, and their results. */
function vectorsOf(op: Vector["op"]): { operands: Uint32Array; results: number[] } {
  const chosen = vectors.filter((vector) => vector.op === op)
  expect(chosen).to.have.length.of.at.least(50)
  return {
    operands: Uint32Array.from(chosen.flatMap(({ a, b }) => (b === undefined ? [a] : [a, b])).map(Number)),
    results: chosen.map(({ result }) => Number(result)),
  }
}

describe("scalar.ts", () => {
  const webAssembly = webAssemblyOracle()

  for (const op of BINARY) {
    it(`${op} agrees with the WebAssembly instruction`, () => {
      for (const words of [specialPairs(), pairs(100_000, seeded(SEED))]) {
        expectPairs(words, mapPairs(words, onBits[op]), (a, b) => canonical(webAssembly[op](a, b)))
      }
    })

    it(`${op} returns the shared vectors`, () => {
      const { operands, results } = vectorsOf(op)
      expectPairs(operands, results, onBits[op])
    })
  }

  for (const op of ["add", "sub", "mul", "div"] as const) {
    it(`${op} agrees with exact rational arithmetic rounded once`, () => {
      const [words, finite] = [pairs(4_000, seeded(SEED + 1)), [] as number[]]
      for (let i = 0; i < words.length; i += 2) {
        const [a, b] = [words[i], words[i + 1]]
        const outside = [a, b].some((x) => (x & 0x7f800000) === 0x7f800000)
        if (!outside && !(op === "div" && (b & 0x7fffffff) === 0)) finite.push(a, b)
      }
      expect(finite).to.have.length.above(5_000)
      const operands = Uint32Array.from(finite)
      expectPairs(operands, mapPairs(operands, onBits[op]), rationalOracle[op])
    })
  }

  it("exp returns the shared vectors", () => {
    const { operands, results } = vectorsOf("exp")
    expectWords(operands, results, exp)
  })

  it("exp is the specified sequence of WebAssembly instructions", () => {
    const { add, sub, mul } = webAssembly
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

  it(`exp is off by less than ${MAX_EXP_ERROR} units in the last place`, () => {
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

  it("exp has the specified thresholds", () => {
    expect([0x42b17217, 0x42b17218].map(exp).map(hex)).to.deep.equal(["0x7f7fff84", "0x7f800000"])
    expect([0xc2cff1b4, 0xc2cff1b5].map(exp).map(hex)).to.deep.equal(["0x00000001", "0x00000000"])
  })

  it("turns every NaN into the canonical one", () => {
    for (const bits of SPECIAL) expect(scalar.toBits(scalar.fromBits(bits))).to.equal(canonical(bits))
  })
})

describe("Float32 and Exp32", () => {
  let binary: (op: number, words: Uint32Array) => Promise<Uint32Array>
  let unary: (words: Uint32Array) => Promise<Uint32Array>
  let measure: (op: number, a: number, b: number) => Promise<number>

  before(async () => {
    const { ethers } = await network.create()
    const harness = await ethers.deployContract("Float32Harness")
    const bytes = (words: Uint32Array): Uint8Array =>
      new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
    const words = (result: string): Uint32Array => new Uint32Array(ethers.getBytes(result).buffer)
    binary = async (op, operands) => words(await harness.binary(op, bytes(operands)))
    unary = async (operands) => words(await harness.unary(0, bytes(operands)))
    measure = async (op, a, b) =>
      Number((op < BINARY.length ? await harness.measureBinary(op, a, b) : await harness.measureExp(a)).used)
  })

  async function expectBinary(op: (typeof BINARY)[number], words: Uint32Array): Promise<void> {
    for (let i = 0; i < words.length; i += 2 * PAIRS_PER_CALL) {
      const chunk = words.slice(i, i + 2 * PAIRS_PER_CALL)
      expectPairs(chunk, await binary(BINARY.indexOf(op), chunk), onBits[op])
    }
  }

  for (const op of BINARY) {
    it(`${op} has the reference's bits for all pairs of special values`, async () => {
      await expectBinary(op, specialPairs())
    })

    it(`${op} has the reference's bits for ${CASES} random pairs`, async () => {
      await expectBinary(op, pairs(CASES, seeded(SEED + 2 + BINARY.indexOf(op))))
    })

    it(`${op} returns the shared vectors`, async () => {
      const { operands, results } = vectorsOf(op)
      expect([...(await binary(BINARY.indexOf(op), operands))]).to.deep.equal(results)
    })
  }

  it(`exp has the reference's bits for ${CASES} random arguments`, async () => {
    const words = exponents(CASES, seeded(SEED))
    for (let i = 0; i < words.length; i += EXPONENTS_PER_CALL) {
      const chunk = words.slice(i, i + EXPONENTS_PER_CALL)
      expectWords(chunk, await unary(chunk), exp)
    }
  })

  it("exp returns the shared vectors", async () => {
    const { operands, results } = vectorsOf("exp")
    expect([...(await unary(operands))]).to.deep.equal(results)
  })

  it("reports its gas", async () => {
    const sample = [...pairs(200, seeded(SEED))]
    const finite = [0x3fc00000, 0x402ccccd, 0xc0490fdb, 0x3dcccccd, 0x42280000]
    const normal = finite.flatMap((a) => finite.flatMap((b) => (a === b ? [] : [a, b])))
    const rows: Record<string, { normal: number; worst: number }> = {}
    for (const [op, name] of [...BINARY, "exp"].entries()) {
      const most = async (words: readonly number[]): Promise<number> => {
        let gas = 0
        for (let i = 0; i < words.length; i += 2)
          gas = Math.max(gas, await measure(op, words[i], words[i + 1]))
        return gas
      }
      rows[name] = { normal: await most(normal), worst: await most([...normal, ...sample]) }
    }
    console.table(rows)
  })
})
