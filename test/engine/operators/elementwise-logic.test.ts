import { expect } from "chai"
import type { OnnxTensor } from "../../../src/engine/onnx/graph.ts"
import { codeOf } from "../../../src/engine/onnx/element-type.ts"
import { expectRefusal } from "../onnx/models.ts"
import {
  ARRAYS,
  type TypeName,
  f32,
  i64,
  int,
  lowered,
  run,
  string,
  tensor,
  valuesFor,
} from "./elementwise-run.ts"

const TYPES = Object.keys(ARRAYS) as TypeName[]
const bool = (values: readonly number[], dims: readonly number[] = [values.length]): OnnxTensor =>
  tensor("bool", dims, values)

describe("element-wise operators: comparisons, logic, bits and conversions", () => {
  it("compares every type of number", () => {
    for (const type of ["float32", "int8", "int32", "int64", "uint8"] as const) {
      const [low, high] = type === "uint8" ? [3, 200] : [-3, 100]
      const inputs = [tensor(type, [3], [low, high, low]), tensor(type, [3], [high, low, low])]
      const of = (op: string) => valuesFor({ op, inputs })
      expect(of("Less")).to.deep.equal([1, 0, 0])
      expect(of("Greater")).to.deep.equal([0, 1, 0])
      expect(of("LessOrEqual")).to.deep.equal([1, 0, 1])
      expect(of("GreaterOrEqual")).to.deep.equal([0, 1, 1])
      expect(of("Equal")).to.deep.equal([0, 0, 1])
    }
    expect(valuesFor({ op: "Equal", inputs: [bool([0, 1, 1]), bool([0, 0, 1])] })).to.deep.equal([1, 0, 1])
    expectRefusal(
      () => lowered({ op: "Less", inputs: [bool([0]), bool([1])] }),
      "OperatorUnsupported",
      "bool",
    )
  })

  it("finds nothing true of NaN, and the zeros equal", () => {
    const inputs = [f32([NaN, 1, 0]), f32([NaN, NaN, -0])]
    for (const op of ["Less", "Greater"]) expect(valuesFor({ op, inputs })).to.deep.equal([0, 0, 0])
    for (const op of ["Equal", "LessOrEqual", "GreaterOrEqual"]) {
      expect(valuesFor({ op, inputs })).to.deep.equal([0, 0, 1])
    }
    expect(valuesFor({ op: "IsNaN", inputs: [f32([NaN, 1, Infinity])] })).to.deep.equal([1, 0, 0])
  })

  it("finds infinities of the signs that are asked for", () => {
    const inputs = [f32([Infinity, -Infinity, NaN, 1])]
    const of = (negative: number, positive: number) =>
      valuesFor({
        op: "IsInf",
        inputs,
        attributes: { detect_negative: int(negative), detect_positive: int(positive) },
      })
    expect(valuesFor({ op: "IsInf", inputs })).to.deep.equal([1, 1, 0, 0])
    expect(of(1, 0)).to.deep.equal([0, 1, 0, 0])
    expect(of(0, 1)).to.deep.equal([1, 0, 0, 0])
    expect(of(0, 0)).to.deep.equal([0, 0, 0, 0])
  })

  it("takes any byte but zero as true, and returns 0 or 1", () => {
    const inputs = [bool([0, 0, 1, 7]), bool([0, 2, 0, 255])]
    expect(valuesFor({ op: "And", inputs })).to.deep.equal([0, 0, 0, 1])
    expect(valuesFor({ op: "Or", inputs })).to.deep.equal([0, 1, 1, 1])
    expect(valuesFor({ op: "Xor", inputs })).to.deep.equal([0, 1, 1, 0])
    expect(valuesFor({ op: "Not", inputs: [bool([0, 1, 7])] })).to.deep.equal([1, 0, 0])
    expectRefusal(() => lowered({ op: "Not", inputs: [f32([1])] }), "OperatorUnsupported", "float32")
  })

  it("chooses by a condition that broadcasts with both choices", () => {
    for (const type of TYPES) {
      const [a, b] = [tensor(type, [2, 1], [1, 0]), tensor(type, [], [1])]
      const [result] = run({ op: "Where", inputs: [bool([1, 0]), a, b] })
      expect(result.shape).to.deep.equal([2, 2])
      expect(result.values.map(Number)).to.deep.equal([1, 1, 0, 1])
    }
    const mixed = [bool([1]), f32([1]), i64([1])]
    expectRefusal(() => lowered({ op: "Where", inputs: mixed }), "OperatorUnsupported", "float32 and int64")
  })

  it("works on the bits of integers", () => {
    for (const type of ["int8", "uint8", "int32", "int64"] as const) {
      const top = type === "uint8" ? 200 : -56
      const [a, b] = [
        [top, 5, 0],
        [top, 3, 127],
      ] as const
      const inputs = [tensor(type, [3], a), tensor(type, [3], b)]
      const of = (op: string, given = inputs) => valuesFor({ op, inputs: given }).map(Number)
      expect(of("BitwiseAnd")).to.deep.equal(a.map((x, i) => x & b[i]))
      expect(of("BitwiseOr")).to.deep.equal(a.map((x, i) => x | b[i]))
      expect(of("BitwiseXor")).to.deep.equal(a.map((x, i) => x ^ b[i]))
      const inverted = a.map((x) => (type === "uint8" ? ~x & 255 : ~x))
      expect(of("BitwiseNot", inputs.slice(0, 1))).to.deep.equal(inverted)
    }
  })

  it("shifts uint8 in and out", () => {
    const values = [255, 1, 129, 200, 3, 255, 77]
    const amounts = [0, 7, 1, 3, 8, 255, 16]
    const inputs = [tensor("uint8", [7], values), tensor("uint8", [7], amounts)]
    const shifted = (direction: string) =>
      valuesFor({ op: "BitShift", inputs, attributes: { direction: string(direction) } })
    expect(shifted("LEFT")).to.deep.equal(
      values.map((x, i) => (amounts[i] > 7 ? 0 : (x << amounts[i]) & 255)),
    )
    expect(shifted("RIGHT")).to.deep.equal(values.map((x, i) => (amounts[i] > 7 ? 0 : x >> amounts[i])))
    expectRefusal(() => lowered({ op: "BitShift", inputs }), "OperatorUnsupported", "direction")
  })

  it("converts every type to every other", () => {
    for (const from of TYPES) {
      const source = tensor(from, [4], from === "bool" ? [0, 1, 1, 0] : [0, 1, 100, 0])
      for (const to of TYPES) {
        const wanted = from === "bool" || to === "bool" ? [0, 1, 1, 0] : [0, 1, 100, 0]
        if (from === "bool") wanted[2] = 1
        const cast = run({ op: "Cast", inputs: [source], attributes: { to: int(codeOf(to)) } })
        expect(cast[0].values.map(Number), `${from} to ${to}`).to.deep.equal(wanted)
        expect(cast[0].bytes.length).to.equal(4 * ARRAYS[to].BYTES_PER_ELEMENT)
        const like = run({ op: "CastLike", inputs: [source, tensor(to, [0], [])] })
        expect(like[0].bytes).to.deep.equal(cast[0].bytes)
      }
    }
  })

  it("saturates float32 to int32, and keeps low bits of anything to eight", () => {
    const x = f32([-1.9, 1.9, 3e9, -3e9, NaN, 300, -129])
    const to = (type: TypeName) =>
      valuesFor({ op: "Cast", inputs: [x], attributes: { to: int(codeOf(type)) } })
    expect(to("int32")).to.deep.equal([-1, 1, 2 ** 31 - 1, -(2 ** 31), 0, 300, -129])
    expect(to("int64").slice(2, 5)).to.deep.equal([3000000000n, -3000000000n, 0n])
    expect(to("uint8")).to.deep.equal([255, 1, 255, 0, 0, 44, 127])
    expect(to("bool")).to.deep.equal([1, 1, 1, 1, 1, 1, 1])
  })

  it("refuses types that programs do not have", () => {
    const cast = (to: number) => () =>
      lowered({ op: "Cast", inputs: [f32([1])], attributes: { to: int(to) } })
    expectRefusal(cast(11), "OperatorUnsupported", "float64")
    expectRefusal(cast(16), "OperatorUnsupported", "bfloat16")
    expectRefusal(cast(99), "OperatorUnsupported", "data type 99")
    expectRefusal(() => lowered({ op: "Cast", inputs: [f32([1])] }), "OperatorUnsupported", "to is missing")
  })
})
