import { expect } from "chai"
import type { OnnxTensor } from "../../../src/engine/onnx/graph.ts"
import { expectRefusal } from "../onnx/models.ts"
import { seeded } from "../../referee/float32-cases.ts"
import { type Case, f32, int, lowered, run, tensor, valuesFor } from "./elementwise-run.ts"

const { fround } = Math
const u8 = (numbers: readonly number[], dims: readonly number[] = [numbers.length]): OnnxTensor =>
  tensor("uint8", dims, numbers)
const i8 = (numbers: readonly number[], dims: readonly number[] = [numbers.length]): OnnxTensor =>
  tensor("int8", dims, numbers)

/** The nearest integer, ties to even, of a number of float32. */
function roundEven(x: number): number {
  const down = Math.floor(x)
  if (x - down !== 0.5) return Math.round(x)
  return down % 2 === 0 ? down : down + 1
}

/** The definition: NaN becomes 0. */
function quantized(x: number, scale: number, zero: number, low: number, high: number): number {
  const sum = roundEven(fround(x / scale)) + zero
  return Number.isNaN(sum) ? 0 : Math.max(low, Math.min(high, sum))
}

describe("element-wise operators: quantisation", () => {
  const quantize = (inputs: Case["inputs"], attributes: Case["attributes"] = {}, opset = 21) =>
    valuesFor({ op: "QuantizeLinear", inputs: inputs!, attributes: attributes, opset })

  it("divides by the scale, rounds ties to even, adds the zero point and saturates", () => {
    const random = seeded(0x7175)
    const x = Array.from({ length: 300 }, () => fround((random() / 2 ** 31 - 1) * 20))
    x.push(
      0.5,
      1.5,
      2.5,
      -0.5,
      -1.5,
      1e30,
      -1e30,
      Infinity,
      -Infinity,
      NaN,
      2 ** 31,
      -(2 ** 31),
      2 ** 33,
      2 ** 40,
    )
    for (const scale of [1, fround(0.1), fround(1 / 3), 1e-30, 1e30, 0, NaN, -2].map(fround)) {
      const unsigned = x.map((one) => quantized(one, scale, 128, 0, 255))
      expect(quantize([f32(x), f32([scale], []), u8([128], [])])).to.deep.equal(unsigned)
      const signed = x.map((one) => quantized(one, scale, -128, -128, 127))
      expect(quantize([f32(x), f32([scale]), i8([-128])])).to.deep.equal(signed)
    }
  })

  it("has the type of the zero point, of output_dtype, or uint8", () => {
    const [x, scale] = [f32([-300, 3, 300]), f32([1], [])]
    expect(quantize([x, scale])).to.deep.equal([0, 3, 255])
    expect(quantize([x, scale, i8([0], [])])).to.deep.equal([-128, 3, 127])
    expect(quantize([x, scale], { output_dtype: int(3) })).to.deep.equal([-128, 3, 127])
    expect(quantize([tensor("int32", [3], [-7, 7, 900]), f32([2], [])])).to.deep.equal([0, 4, 255])
    const refused = (attributes: Case["attributes"], zero: OnnxTensor | undefined, ...words: string[]) =>
      expectRefusal(
        () => lowered({ op: "QuantizeLinear", inputs: [x, scale, zero], attributes: attributes! }),
        "OperatorUnsupported",
        ...words,
      )
    refused({ output_dtype: int(3) }, u8([0], []), "int8", "uint8")
    refused({ output_dtype: int(17) }, undefined, "float8e4m3fn")
    refused({ precision: int(10) }, undefined, "float16")
    refused({}, tensor("int32", [], [0]), "int32")
  })

  it("has one scale per index of an axis", () => {
    const x = Array.from({ length: 24 }, (_, i) => i * 10 - 100)
    const [scales, zeros] = [
      [1, 2, 5],
      [0, 100, 200],
    ]
    for (const [axis, shape] of [
      [1, [2, 3, 4]],
      [-2, [2, 3, 4]],
      [0, [3, 8]],
      [-1, [8, 3]],
    ] as const) {
      const inner = axis === 0 ? 8 : axis === -1 ? 1 : 4
      const wanted = x.map((one, i) => {
        const at = Math.floor(i / inner) % 3
        return quantized(one, scales[at], zeros[at], 0, 255)
      })
      const attributes = { axis: int(axis) }
      expect(quantize([f32(x, shape), f32(scales), u8(zeros)], attributes)).to.deep.equal(wanted)
      const back = valuesFor({
        op: "DequantizeLinear",
        inputs: [u8(wanted, shape), f32(scales), u8(zeros)],
        attributes,
      })
      expect(back).to.deep.equal(
        wanted.map((q, i) => (q - zeros[Math.floor(i / inner) % 3]) * scales[Math.floor(i / inner) % 3]),
      )
    }
    const inputs = [f32(x, [2, 3, 4]), f32([1, 2])]
    expectRefusal(() => lowered({ op: "QuantizeLinear", inputs }), "OperatorUnsupported", "[2]", "axis 1")
  })

  it("has one scale per block of an axis, the last of which may be shorter", () => {
    for (const [size, block, count] of [
      [4, 2, 2],
      [5, 2, 3],
      [3, 3, 1],
      [7, 4, 2],
    ] as const) {
      const x = Array.from({ length: 2 * size * 3 }, (_, i) => i * 7 - 60)
      const scales = Array.from({ length: 2 * count * 3 }, (_, i) => 1 + i)
      const zeros = scales.map((_, i) => 100 + i)
      const place = (i: number) => {
        const [outer, middle, inner] = [Math.floor(i / (3 * size)), Math.floor(i / 3) % size, i % 3]
        return outer * count * 3 + Math.floor(middle / block) * 3 + inner
      }
      const attributes = { axis: int(1), block_size: int(block) }
      const parameters = [f32(scales, [2, count, 3]), u8(zeros, [2, count, 3])]
      const wanted = x.map((one, i) => quantized(one, scales[place(i)], zeros[place(i)], 0, 255))
      expect(quantize([f32(x, [2, size, 3]), ...parameters], attributes)).to.deep.equal(wanted)
      const inputs = [u8(wanted, [2, size, 3]), ...parameters]
      const back = wanted.map((q, i) => (q - zeros[place(i)]) * scales[place(i)])
      expect(valuesFor({ op: "DequantizeLinear", inputs, attributes })).to.deep.equal(back)
    }
    const inputs = [f32([1, 2, 3, 4], [1, 4]), f32([1, 2, 3], [1, 3])]
    const attributes = { block_size: int(2) }
    expectRefusal(
      () => lowered({ op: "QuantizeLinear", inputs, attributes }),
      "OperatorUnsupported",
      "blocks of 2",
    )
    expectRefusal(
      () => lowered({ op: "QuantizeLinear", inputs }),
      "OperatorUnsupported",
      "without a block_size",
    )
  })

  it("dequantises eight bits and int32", () => {
    const dequantize = (...inputs: OnnxTensor[]) => valuesFor({ op: "DequantizeLinear", inputs })
    const scale = f32([0.1], [])
    const near = (value: number) => fround(value * fround(0.1))
    expect(dequantize(u8([0, 128, 255]), scale, u8([128], []))).to.deep.equal([near(-128), 0, near(127)])
    expect(dequantize(i8([-128, 127]), scale, i8([127], []))).to.deep.equal([near(-255), 0])
    expect(dequantize(tensor("int32", [2], [2 ** 30 + 1, -3]), scale)).to.deep.equal([
      near(2 ** 30),
      near(-3),
    ])
    expect(dequantize(u8([7], [1]), f32([2], []))).to.deep.equal([14])
    const mixed = [u8([1]), scale, i8([0], [])]
    expectRefusal(() => lowered({ op: "DequantizeLinear", inputs: mixed }), "OperatorUnsupported", "int8")
  })

  describe("DynamicQuantizeLinear", () => {
    /** The function by which ONNX defines it, operation by operation. */
    function definition(x: readonly number[]): [number[], number, number] {
      const low = x.reduce((all, one) => Math.min(all, one), 0)
      const high = x.reduce((all, one) => Math.max(all, one), 0)
      const scale = fround(fround(high - low) / 255)
      const zero = roundEven(Math.max(0, Math.min(255, -fround(low / scale)))) || 0
      return [x.map((one) => quantized(one, scale, zero, 0, 255)), scale, zero]
    }

    it("covers zero and all elements", () => {
      const random = seeded(0x6479)
      const numbers = (length: number, from: number, to: number) =>
        Array.from({ length }, () => fround(from + (random() / 2 ** 32) * (to - from)))
      const cases: [number[], number[]][] = [
        [[0, 2, -3, -2.5, 1.34, 0.5].map(fround), [6]],
        [numbers(12, 1, 4), [3, 4]],
        [numbers(12, -4, -1), [3, 2, 2]],
        [numbers(1023, -9, 1), [1023]],
        [numbers(1024, -9, 1), [4, 256]],
        [numbers(1025, -1, 9), [5, 205]],
        [numbers(3000, -1, 9), [3, 1000]],
        [[-7], []],
        [[5], [1]],
        [[0, -0], [2]],
        [[NaN, 1], [2]],
        [[], [0, 3]],
      ]
      for (const [x, shape] of cases) {
        const [y, scale, zero] = run({ op: "DynamicQuantizeLinear", inputs: [f32(x, shape)], outputs: 3 })
        const [values, unit, point] = definition(x)
        expect(scale.values).to.deep.equal([unit])
        expect(zero.values).to.deep.equal([point])
        expect(y.values).to.deep.equal(values)
        expect([y, scale, zero].map((one) => one.shape)).to.deep.equal([shape, [], []])
      }
    })

    it("folds in stages of which each can be proven", () => {
      const { steps } = lowered({
        op: "DynamicQuantizeLinear",
        inputs: [f32(new Array<number>(5000).fill(1))],
      })
      for (const step of steps) expect(step.reduction.reduce((all, one) => all * one, 1)).to.be.at.most(1024)
    })
  })
})
