import { expect } from "chai"
import { Body, ElementType, RankMode } from "../../../src/protocol/program.ts"
import { seeded } from "../../referee/float32-cases.ts"
import { type Source, run } from "./steps.ts"

const { Float32, Int8, Uint8, Int32, Int64, Bool } = ElementType
const { Largest, Smallest, LastIndex } = RankMode

/** The candidates in order, and one more rank than there are. */
function rank(
  type: ElementType,
  values: Source["values"],
  mode: number,
  more: Partial<Source> = {},
): number[] {
  const operands = [{ type, values, strides: [0, 1], ...more }]
  const [domain, reduction] = [[values.length + 1], [values.length]]
  return [...run({ type: Int64, domain, reduction, body: Body.Rank, mode, operands })].map(Number)
}

/** The candidate that exactly r others come before, by counting. */
function counted(keys: readonly (number | bigint)[], mode: number): number[] {
  const precedes = (a: number | bigint, b: number | bigint): boolean => {
    const [aIsNaN, bIsNaN] = [a !== a, b !== b]
    if (aIsNaN || bIsNaN) return aIsNaN && !bIsNaN
    return mode & Smallest ? a < b : a > b
  }
  const before = (j: number, i: number): boolean => {
    if (precedes(keys[j], keys[i])) return true
    return !precedes(keys[i], keys[j]) && (mode & LastIndex ? j > i : j < i)
  }
  const ranks = keys.map((_, i) => keys.filter((_, j) => j !== i && before(j, i)).length)
  return [...keys.map((_, r) => ranks.indexOf(r)), -1]
}

describe("a Rank", () => {
  it("has the largest or the smallest first, and of equal ones the first or the last", () => {
    const keys = Float32Array.of(2, 3, 2, 1)
    expect(rank(Float32, keys, Largest)).to.deep.equal([1, 0, 2, 3, -1])
    expect(rank(Float32, keys, Smallest)).to.deep.equal([3, 0, 2, 1, -1])
    expect(rank(Float32, keys, LastIndex)).to.deep.equal([1, 2, 0, 3, -1])
    expect(rank(Float32, keys, Smallest | LastIndex)).to.deep.equal([3, 2, 0, 1, -1])
  })

  it("takes zeros as equal and every NaN as one that precedes all numbers", () => {
    const keys = Float32Array.of(0, -0, Infinity, NaN, -Infinity, NaN)
    expect(rank(Float32, keys, Largest)).to.deep.equal([3, 5, 2, 0, 1, 4, -1])
    expect(rank(Float32, keys, Smallest | LastIndex)).to.deep.equal([5, 3, 4, 1, 0, 2, -1])
  })

  it("compares integers by their sign and beyond 2^53", () => {
    expect(rank(Int8, Int8Array.of(-1, 1), Largest)).to.deep.equal([1, 0, -1])
    expect(rank(Uint8, Uint8Array.of(255, 1), Largest)).to.deep.equal([0, 1, -1])
    expect(rank(Int64, BigInt64Array.of(2n ** 62n, 2n ** 62n + 1n), Largest)).to.deep.equal([1, 0, -1])
    expect(rank(Bool, Uint8Array.of(2, 1, 0), Smallest)).to.deep.equal([2, 0, 1, -1])
  })

  it("counts padding as zero", () => {
    const guards = [{ coefficients: [0, 1], offset: 0, size: 1 }]
    expect(rank(Int32, Int32Array.of(-5, -9), Largest, { guards })).to.deep.equal([1, 0, -1])
  })

  it("is what counting says", () => {
    const random = seeded(0x72616e6b)
    for (let i = 0; i < 60; i++) {
      const words = Uint32Array.from({ length: 1 + (random() % 20) }, () => random())
      const few = words.map((word) => [0, 0x80000000, 0x7fc00001, 0xff800000, 0x3f800000, word][word % 6])
      const floats = new Float32Array(few.buffer)
      const ints = new Int8Array(words.buffer)
      for (const mode of [0, 1, 2, 3]) {
        expect(rank(Float32, floats, mode)).to.deep.equal(counted([...floats], mode))
        expect(rank(Int8, ints, mode)).to.deep.equal(counted([...ints], mode))
      }
    }
  })
})
