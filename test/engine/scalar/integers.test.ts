import { expect } from "chai"
import { dequantize, quantize, saturate } from "../../../src/engine/program/scalar/quantize.ts"
import { shiftLeft, shiftRight } from "../../../src/engine/program/scalar/shift.ts"
import { ElementType } from "../../../src/protocol/program.ts"
import { apply, floats } from "./apply.ts"

const { Int8, Uint8, Int32, Int64 } = ElementType

describe("quantize", () => {
  const xs = [-1e9, -1.25, -0.75, -0.25, 0, 0.25, 0.75, 1.25, 1e9, Infinity, -Infinity, NaN]
  const scale = floats(xs.map(() => 0.5))

  it("rounds ties to even, adds the zero point and saturates", () => {
    const zero = { type: Int8, values: new Int8Array(xs.length).fill(3) }
    const signed = [-128, 1, 1, 3, 3, 3, 5, 5, 127, 127, -128, 0]
    expect([...apply(quantize, floats(xs), scale, zero)]).to.deep.equal(signed)
    const unsigned = { type: Uint8, values: new Uint8Array(xs.length).fill(1) }
    expect([...apply(quantize, floats(xs), scale, unsigned)]).to.deep.equal([
      0, 0, 0, 1, 1, 1, 3, 3, 255, 255, 0, 0,
    ])
  })

  it("saturates integers alone", () => {
    const values = [-300, -128, 127, 128, 255, 256]
    expect([...apply((e, x) => saturate(e, x, Int8), floats(values))]).to.deep.equal([
      -128, -128, 127, 127, 127, 127,
    ])
    expect([...apply((e, x) => saturate(e, x, Uint8), floats(values))]).to.deep.equal([
      0, 0, 127, 128, 255, 255,
    ])
  })

  it("is undone up to the scale", () => {
    const q = { type: Uint8, values: Uint8Array.of(0, 128, 255) }
    const zero = { type: Uint8, values: Uint8Array.of(255, 128, 0) }
    const scale = floats([0.25, 0.25, 0.25])
    expect([...apply(dequantize, q, scale, zero)]).to.deep.equal([-63.75, 0, 63.75])
    expect([...apply(dequantize, q, scale)]).to.deep.equal([0, 32, 63.75])
    const wide = { type: Int32, values: Int32Array.of(16_777_217, -1, 0) }
    expect([...apply(dequantize, wide, scale)]).to.deep.equal([4_194_304, -0.25, 0])
  })
})

describe("shifts", () => {
  it("of bytes are those of numbers, and amounts from 8 on shift everything out", () => {
    const x = { type: Uint8, values: Uint8Array.from({ length: 11 * 256 }, (_, i) => i % 256) }
    const amount = {
      type: Uint8,
      values: x.values.map((_: number, i: number) => Math.floor(i / 256)) as Uint8Array,
    }
    const [xs, amounts] = [[...x.values] as number[], [...amount.values]]
    expect([...apply(shiftLeft, x, amount)]).to.deep.equal(xs.map((value, i) => (value << amounts[i]) & 0xff))
    expect([...apply(shiftRight, x, amount)]).to.deep.equal(xs.map((value, i) => value >> amounts[i]))
    const far = { type: Uint8, values: Uint8Array.of(200) }
    expect([...apply(shiftLeft, far, far), ...apply(shiftRight, far, far)]).to.deep.equal([0, 0])
  })

  it("of wide integers use every amount of their width", () => {
    const amounts = BigInt64Array.from({ length: 70 }, (_, i) => BigInt(i - 2))
    const values = amounts.map(() => -0x123456789abcdefn)
    const columns = [values, amounts].map((column) => ({ type: Int64, values: column }))
    const left = [...amounts].map((by) => BigInt.asIntN(64, values[0] << (by < 0n ? 0n : by)))
    const right = [...amounts].map((by) => values[0] >> (by < 0n ? 0n : by))
    expect([...apply(shiftLeft, ...columns)]).to.deep.equal(left)
    expect([...apply(shiftRight, ...columns)]).to.deep.equal(right)
    const small = [Int32Array.of(-5, -5, 1), Int32Array.of(1, 31, 31)].map((column) => ({
      type: Int32,
      values: column,
    }))
    expect([...apply(shiftLeft, ...small)]).to.deep.equal([-10, -(2 ** 31), -(2 ** 31)])
    expect([...apply(shiftRight, ...small)]).to.deep.equal([-3, -1, 0])
  })
})
