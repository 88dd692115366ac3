import { expect } from "chai"
import { Body, ElementType, Op } from "../../../src/protocol/program.ts"
import { type Source, run } from "./steps.ts"

const { Float32, Int8, Uint8, Int32, Int64, Bool } = ElementType
const row = (type: ElementType, values: Source["values"], more: Partial<Source> = {}): Source => {
  return { type, values, strides: [1], ...more }
}
/** Element 1 is on padding. */
const gap = [
  { coefficients: [-2], offset: 4, size: 5 },
  { coefficients: [1], offset: -1, size: 9 },
] as const

describe("a Dot", () => {
  const dot = (type: ElementType, ...operands: Source[]) => {
    const reduction = [operands[0].values.length]
    return run({ type, domain: [], reduction, body: Body.Dot, operands })[0]
  }

  it("of floats rounds twice per term, in order, from +0", () => {
    const b = row(Float32, Float32Array.of(1, 1, 1))
    expect(dot(Float32, row(Float32, Float32Array.of(1e8, 1, -1e8)), b)).to.equal(0)
    expect(dot(Float32, row(Float32, Float32Array.of(1e8, -1e8, 1)), b)).to.equal(1)
    const third = Math.fround(1 / 3)
    const square = Math.fround(third * third)
    expect(dot(Float32, row(Float32, Float32Array.of(third)), row(Float32, Float32Array.of(third)))).to.equal(
      square,
    )
    const negative = row(Float32, Float32Array.of(-0))
    expect(Object.is(dot(Float32, negative, row(Float32, Float32Array.of(1))), 0)).to.equal(true)
  })

  it("of floats multiplies padding as +0", () => {
    const padded = row(Float32, Float32Array.of(2, 3), {
      guards: [{ coefficients: [1], offset: 0, size: 1 }],
    })
    expect(dot(Float32, padded, row(Float32, Float32Array.of(5, 7)))).to.equal(10)
    expect(dot(Float32, padded, row(Float32, Float32Array.of(5, Infinity)))).to.be.NaN
    expect(dot(Float32, row(Float32, Float32Array.of(5, -Infinity)), padded)).to.be.NaN
  })

  it("of integers wraps at their width", () => {
    const a = row(Int32, Int32Array.of(0x7fffffff, 65_536, 3))
    const b = row(Int32, Int32Array.of(0x7fffffff, 65_536, -5))
    expect(dot(Int32, a, b)).to.equal(1 - 15)
    const c = row(Int64, BigInt64Array.of(2n ** 63n - 1n, 2n ** 32n, 3n))
    const d = row(Int64, BigInt64Array.of(2n ** 63n - 1n, 2n ** 32n, -5n))
    expect(dot(Int64, c, d)).to.equal(1n - 15n)
  })

  it("of bytes subtracts the zero points, which padding does not have", () => {
    const zero = (type: ElementType, value: number): Source => {
      return { type, values: type === Int8 ? Int8Array.of(value) : Uint8Array.of(value) }
    }
    const unsigned = row(Uint8, Uint8Array.of(0, 255, 3))
    const signed = row(Int8, Int8Array.of(-128, 127, 5))
    expect(dot(Int32, unsigned, signed, zero(Uint8, 255), zero(Int8, -128))).to.equal(-252 * 133)
    expect(dot(Int32, signed, unsigned, zero(Int8, 127), zero(Uint8, 0))).to.equal(-122 * 3)
    const padded = { ...signed, guards: [{ coefficients: [1], offset: 0, size: 1 }] }
    expect(dot(Int32, unsigned, padded, zero(Uint8, 255), zero(Int8, 1))).to.equal(-255 * -129)
    expect(dot(Int32, padded, unsigned, zero(Int8, 1), zero(Uint8, 255))).to.equal(-255 * -129)
    const away = { ...zero(Uint8, 9), guards: [{ coefficients: [0], offset: 0, size: 0 }] }
    expect(dot(Int32, unsigned, unsigned, away, zero(Uint8, 0))).to.equal(255 * 255 + 9)
  })

  it("reads the zero points of its row and column", () => {
    const operands = [
      { type: Int8, values: Int8Array.of(1, 2, 3, 4), strides: [2, 0, 1] },
      { type: Int8, values: Int8Array.of(5, 6, 7, 8), strides: [0, 2, 1] },
      { type: Int8, values: Int8Array.of(1, 2), strides: [1, 0, 0] },
      { type: Int8, values: Int8Array.of(3, 4), strides: [0, 1, 0] },
    ]
    const expected = [[0, 1], [1, 2]].flatMap((a) => [[2, 3], [3, 4]].map((b) => a[0] * b[0] + a[1] * b[1])) // prettier-ignore
    expect([...run({ type: Int32, domain: [2, 2], reduction: [2], body: Body.Dot, operands })]).to.deep.equal(
      expected,
    )
  })
})

describe("a Fold", () => {
  const fold = (mode: Op, source: Source) => {
    const reduction = [source.values.length]
    return run({ type: source.type, domain: [], reduction, body: Body.Fold, mode, operands: [source] })[0]
  }
  const { Add, Mul, Min, Max } = Op

  it("repeats an operation in order", () => {
    expect(fold(Add, row(Float32, Float32Array.of(1e8, 1, -1e8)))).to.equal(0)
    expect(fold(Mul, row(Float32, Float32Array.of(1e30, 1e30, 0)))).to.be.NaN
    expect(fold(Min, row(Float32, Float32Array.of(0, -0, 3)))).to.satisfy((x: number) => Object.is(x, -0))
    expect(fold(Max, row(Float32, Float32Array.of(-5, NaN, 3)))).to.be.NaN
    expect(fold(Add, row(Int8, Int8Array.of(100, 100, 100)))).to.equal(44)
    expect(fold(Mul, row(Uint8, Uint8Array.of(16, 17)))).to.equal(16)
    expect(fold(Min, row(Uint8, Uint8Array.of(200, 100)))).to.equal(100)
    expect(fold(Max, row(Int32, Int32Array.of(-7, -9)))).to.equal(-7)
    expect(fold(Mul, row(Int64, BigInt64Array.of(2n ** 62n, 3n)))).to.equal(-(2n ** 62n))
    expect(fold(Min, row(Bool, Uint8Array.of(2, 1)))).to.equal(1)
    expect(fold(Min, row(Bool, Uint8Array.of(2, 0)))).to.equal(0)
    expect(fold(Max, row(Bool, Uint8Array.of(0, 128)))).to.equal(1)
  })

  it("skips padding", () => {
    const guards = gap.map((guard) => ({ ...guard }))
    expect(fold(Mul, row(Int32, Int32Array.of(100, 2, 3, 100), { guards }))).to.equal(6)
    expect(fold(Max, row(Float32, Float32Array.of(9, -1, -2, 9), { guards }))).to.equal(-1)
  })

  it("starts from what changes nothing", () => {
    const nothing = { guards: [{ coefficients: [1], offset: 0, size: 0 }] }
    const start = (mode: Op, type: ElementType, values: Source["values"]) =>
      fold(mode, row(type, values, nothing))
    const floats = Float32Array.of(5)
    expect([Add, Mul, Min, Max].map((op) => start(op, Float32, floats))).to.deep.equal([
      0,
      1,
      Infinity,
      -Infinity,
    ])
    expect([Add, Mul, Min, Max].map((op) => start(op, Int8, Int8Array.of(5)))).to.deep.equal([
      0, 1, 127, -128,
    ])
    expect([Add, Mul, Min, Max].map((op) => start(op, Uint8, Uint8Array.of(5)))).to.deep.equal([0, 1, 255, 0])
    const ints = [0, 1, 2 ** 31 - 1, -(2 ** 31)]
    expect([Add, Mul, Min, Max].map((op) => start(op, Int32, Int32Array.of(5)))).to.deep.equal(ints)
    const longs = [0n, 1n, 2n ** 63n - 1n, -(2n ** 63n)]
    expect([Add, Mul, Min, Max].map((op) => start(op, Int64, BigInt64Array.of(5n)))).to.deep.equal(longs)
    expect([Min, Max].map((op) => start(op, Bool, Uint8Array.of(5)))).to.deep.equal([1, 0])
  })

  it("walks several reductions, the last one fastest", () => {
    const values = Float32Array.of(1e8, -1e8, 1, 1)
    const operands = [{ type: Float32, values, strides: [1, 2] }]
    const draft = { type: Float32, domain: [], reduction: [2, 2], body: Body.Fold, mode: Add, operands }
    expect(run(draft)[0]).to.equal(1) // 1e8, 1, -1e8, 1
  })
})
