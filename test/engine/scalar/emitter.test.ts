import { expect } from "chai"
import { Emitter, type Register } from "../../../src/engine/program/scalar/emitter.ts"
import { ElementType, Op } from "../../../src/protocol/program.ts"
import { pairs, seeded } from "../../referee/float32-cases.ts"
import { type Column, apply, applyOne, floats, patterns } from "./apply.ts"

const { Float32, Int8, Uint8, Int32, Int64, Bool } = ElementType

describe("Emitter", () => {
  it("emits an equal instruction once", () => {
    const e = new Emitter(Float32)
    const square = e.mul(0, 0)
    expect(e.mul(0, 0)).to.equal(square)
    expect(e.float(1)).to.equal(e.floatBits(0x3f800000))
    expect(e.float(-0)).to.not.equal(e.float(0))
    expect(e.integer(Int32, 1)).to.not.equal(e.integer(Int64, 1))
    expect(e.length).to.equal(6)
  })

  it("keeps what a result needs, the result last", () => {
    const e = new Emitter(Float32)
    const one = e.float(1)
    e.exp(0)
    const sum = e.add(0, one)
    e.sqrt(sum)
    expect(e.upTo(sum)).to.deep.equal([
      { op: Op.Const, type: Float32, a: 0, b: 0, c: 0, value: 0x3f800000n },
      { op: Op.Add, type: Float32, a: 0, b: 1, c: 0, value: 0n },
    ])
    expect(e.upTo(0)).to.deep.equal([])
  })

  it("orders instructions by the expression, not by when they were emitted", () => {
    const expression = (early: boolean) => {
      const e = new Emitter(Float32)
      if (early) e.add(e.exp(0), e.float(2))
      return e.upTo(e.sub(e.mul(0, e.float(2)), e.exp(0)))
    }
    expect(expression(true)).to.deep.equal(expression(false))
    expect(expression(true).map(({ op }) => op)).to.deep.equal([Op.Const, Op.Mul, Op.Exp, Op.Sub])
  })

  it("goes on behind instructions, and repeats them elsewhere", () => {
    const first = new Emitter(Float32)
    const list = first.upTo(first.add(first.load(3, Float32), first.exp(0)))
    const e = Emitter.resume(Float32, list)
    expect(e.upTo(e.last)).to.deep.equal(list)
    const start = e.sqrt(0)
    const again = e.append(start, list, (operand, type) => e.load(operand + 4, type))
    const repeated = e.upTo(again).map(({ op, a, b }) => [op, a, b])
    expect(repeated).to.deep.equal([
      [Op.Load, 7, 0],
      [Op.Sqrt, 0, 0],
      [Op.Exp, 2, 0],
      [Op.Add, 1, 3],
    ])
  })

  it("knows the types of registers", () => {
    const e = new Emitter(Int8)
    expect(e.typeOf(e.lt(0, 0))).to.equal(Bool)
    expect(e.typeOf(e.cast(0, Int64))).to.equal(Int64)
    expect(e.cast(0, Int8)).to.equal(0)
    expect(e.typeOf(e.bits(e.cast(0, Float32)))).to.equal(Int32)
    expect(e.typeOf(e.select(e.lt(0, 0), 0, 0))).to.equal(Int8)
  })

  it("writes constants as their bytes", () => {
    const e = new Emitter(Float32)
    const value = (register: Register) => e.upTo(register)[0].value
    expect(value(e.constantBytes(Int64, Uint8Array.of(254, 255, 255, 255, 255, 255, 255, 255)))).to.equal(
      2n ** 64n - 2n,
    )
    expect(value(e.integer(Int8, -1))).to.equal(0xffn)
    expect(value(e.number(Float32, -2))).to.equal(0xc0000000n)
    expect(value(e.bool(true))).to.equal(1n)
    expect(value(e.float(NaN))).to.equal(0x7fc00000n)
  })
})

describe("derived operations on floats", () => {
  const words = pairs(5_000, seeded(0x64657269))
  const [a, b] = [
    patterns(words.filter((_, i) => i % 2 === 0)),
    patterns(words.filter((_, i) => i % 2 === 1)),
  ]
  const all = (
    make: (e: Emitter, x: Register, y: Register) => Register,
    expected: (x: number, y: number) => number | boolean,
  ) => {
    const [xs, ys] = [a.values as Float32Array, b.values as Float32Array]
    const results = [...apply(make, a, b)]
    const wrong = results.findIndex((result, i) => !Object.is(result, Number(expected(xs[i], ys[i]))))
    expect(wrong, `${xs[wrong]}, ${ys[wrong]}: ${results[wrong]}`).to.equal(-1)
  }
  const { fround } = Math

  it("neg, abs, sign, floor, ceil and trunc are those of JavaScript", () => {
    all(
      (e, x) => e.neg(x),
      (x) => -x,
    )
    all((e, x) => e.abs(x), Math.abs)
    all((e, x) => e.sign(x), Math.sign)
    all((e, x) => e.floor(x), Math.floor)
    all((e, x) => e.ceil(x), Math.ceil)
    all((e, x) => e.trunc(x), Math.trunc)
    all(
      (e, x) => e.square(x),
      (x) => fround(x * x),
    )
    all(
      (e, x) => e.reciprocal(x),
      (x) => fround(1 / x),
    )
  })

  it("comparisons are those of JavaScript", () => {
    all(
      (e, x, y) => e.le(x, y),
      (x, y) => x <= y,
    )
    all(
      (e, x, y) => e.gt(x, y),
      (x, y) => x > y,
    )
    all(
      (e, x, y) => e.ge(x, y),
      (x, y) => x >= y,
    )
    all(
      (e, x, y) => e.ne(x, y),
      (x, y) => x !== y,
    )
    all(
      (e, x) => e.isNaN(x),
      (x) => Number.isNaN(x),
    )
    all(
      (e, x) => e.isInf(x),
      (x) => Math.abs(x) === Infinity,
    )
    all(
      (e, x) => e.isInf(x, true, false),
      (x) => x === Infinity,
    )
    all(
      (e, x) => e.isInf(x, false, true),
      (x) => x === -Infinity,
    )
    all(
      (e, x) => e.isInf(x, false, false),
      () => false,
    )
  })

  it("mod has the sign of the divisor", () => {
    expect(applyOne((e, x, y) => e.mod(x, y), 7, 3)).to.equal(1)
    expect(applyOne((e, x, y) => e.mod(x, y), -7, 3)).to.equal(2)
    expect(applyOne((e, x, y) => e.mod(x, y), 7, -3)).to.equal(-2)
    expect(applyOne((e, x, y) => e.mod(x, y), -6, 3)).to.equal(-0)
  })

  it("clamp prefers the upper bound", () => {
    const clamp = (x: number, low: number, high: number) =>
      applyOne((e, x, l, h) => e.clamp(x, l, h), x, low, high)
    expect([clamp(5, 0, 1), clamp(-5, 0, 1), clamp(0.5, 0, 1), clamp(0, 3, 2)]).to.deep.equal([1, 0, 0.5, 2])
    expect(clamp(NaN, 0, 1)).to.be.NaN
  })
})

describe("derived operations on integers", () => {
  const bytes = Int8Array.from({ length: 256 * 256 }, (_, i) => i)
  const others = Int8Array.from({ length: 256 * 256 }, (_, i) => i >> 8)
  const columns: [Column, Column] = [
    { type: Int8, values: bytes },
    { type: Int8, values: others },
  ]
  const all = (
    make: (e: Emitter, x: Register, y: Register) => Register,
    expected: (x: number, y: number) => number | boolean,
  ) => {
    const right = Int8Array.from(bytes, (x, i) => Number(expected(x, others[i])))
    expect(Buffer.compare(Buffer.from(apply(make, ...columns).buffer), Buffer.from(right.buffer))).to.equal(0)
  }

  it("are those of all bytes", () => {
    all(
      (e, x) => e.neg(x),
      (x) => -x,
    )
    all(
      (e, x) => e.abs(x),
      (x) => Math.abs(x),
    )
    all(
      (e, x) => e.sign(x),
      (x) => Math.sign(x),
    )
    all(
      (e, x) => e.floor(x),
      (x) => x,
    )
    all(
      (e, x) => e.not(x),
      (x) => ~x,
    )
    all(
      (e, x, y) => e.or(x, y),
      (x, y) => x | y,
    )
    all(
      (e, x, y) => e.le(x, y),
      (x, y) => x <= y,
    )
    all(
      (e, x, y) => e.ne(x, y),
      (x, y) => x !== y,
    )
    all(
      (e, x, y) => e.mod(x, y),
      (x, y) => (y === 0 ? 0 : x - y * Math.floor(x / y)),
    )
  })

  it("of Uint8 have no sign", () => {
    const column = { type: Uint8, values: Uint8Array.of(0, 1, 255) }
    expect([...apply((e, x) => e.abs(x), column)]).to.deep.equal([0, 1, 255])
    expect([...apply((e, x) => e.neg(x), column)]).to.deep.equal([0, 255, 1])
    expect([...apply((e, x) => e.sign(x), column)]).to.deep.equal([0, 1, 1])
    expect([...apply((e, x) => e.mod(e.integer(Uint8, 200), x), column)]).to.deep.equal([0, 0, 200])
  })

  it("of Bool are logical", () => {
    const column = { type: Bool, values: Uint8Array.of(0, 1, 7) }
    expect([...apply((e, x) => e.not(x), column)]).to.deep.equal([1, 0, 0])
    expect([...apply((e, x) => e.or(x, e.bool(false)), column)]).to.deep.equal([0, 1, 1])
  })

  it("leave the sign of the smallest integer", () => {
    const column = { type: Int64, values: BigInt64Array.of(-(2n ** 63n), -5n) }
    expect([...apply((e, x) => e.abs(x), column)]).to.deep.equal([-(2n ** 63n), 5n])
    expect(apply((e, x) => e.number(e.typeOf(x), 3), floats([1]))[0]).to.equal(3)
  })
})
