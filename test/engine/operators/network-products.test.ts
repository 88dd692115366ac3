import { expect } from "chai"
import { expectRefusal } from "../onnx/models.ts"
import { type Case, f32, float, int, lowered, run, string, tensor, valuesFor } from "./elementwise-run.ts"
import { ints } from "./network-random.ts"

const zeros = (count: number): number[] => new Array<number>(count).fill(0)
const refuse = (given: Case, ...words: string[]): void =>
  expectRefusal(() => lowered(given), "OperatorUnsupported", `(${given.op})`, ...words)

describe("products of integers", () => {
  it("Gemm multiplies by whole factors only", () => {
    const [a, b] = [tensor("int32", [1, 2], [3, 4]), tensor("int32", [2, 1], [5, 6])]
    const gemm = (alpha: number): Case => ({
      op: "Gemm",
      inputs: [a, b, tensor("int32", [1], [7])],
      attributes: { alpha: float(alpha), beta: float(-1) },
    })
    expect(valuesFor(gemm(2))).to.deep.equal([2 * 39 - 7])
    refuse(gemm(0.5), "alpha is 0.5")
  })

  it("take zero points for rows of the left operand and columns of the right one", () => {
    const a = tensor("uint8", [2, 2], [10, 20, 30, 40])
    const b = tensor("int8", [2, 2], [-1, 2, 3, -4])
    const inputs = [a, b, tensor("uint8", [2], [10, 20]), tensor("int8", [2], [1, -1])]
    // (a - za) = [0 10; 10 20], (b - zb) = [-2 3; 2 -3]
    expect(valuesFor({ op: "MatMulInteger", inputs })).to.deep.equal([20, -30, 20, -30])
    refuse({ op: "MatMulInteger", inputs: [a, b, tensor("int8", [], [1])] }, "zero point")
    refuse({ op: "MatMulInteger", inputs: [a, b, inputs[2], tensor("int8", [3], [1, 1, 1])] }, "broadcast")
  })

  it("ConvInteger pads with the zero point, and takes one for each output channel", () => {
    const x = tensor("uint8", [1, 1, 2], [5, 6])
    const w = tensor("int8", [2, 1, 2], [1, 2, 3, 4])
    const inputs = [x, w, tensor("uint8", [], [4]), tensor("int8", [2], [0, 1])]
    // (x - 4) = 0 1 2 0, w = 1 2 and 2 3
    const attributes = { pads: ints([1, 1]) }
    expect(valuesFor({ op: "ConvInteger", inputs, attributes })).to.deep.equal([2, 5, 2, 3, 8, 4])
  })

  it("QLinearMatMul rounds to even, then adds the zero point and holds it at the bounds", () => {
    const one = f32([1], [])
    const by = (scale: number, zero: number, type: "int8" | "uint8"): Case => ({
      op: "QLinearMatMul",
      inputs: [
        tensor("int8", [5, 1], [1, 3, 5, -1, -127]),
        one,
        tensor("int8", [], [0]),
        tensor("int8", [1, 1], [1]),
        f32([scale], []),
        tensor("int8", [], [0]),
        one,
        tensor(type, [], [zero]),
      ],
    })
    expect(valuesFor(by(0.5, 1, "int8"))).to.deep.equal([1, 3, 3, 1, -63])
    expect(valuesFor(by(0.5, 1, "uint8"))).to.deep.equal([1, 3, 3, 1, 0])
    expect(valuesFor(by(64, 100, "uint8"))).to.deep.equal([164, 255, 255, 36, 0])
    expect(valuesFor(by(64, 0, "int8"))).to.deep.equal([64, 127, 127, -64, -128])
    expect(valuesFor(by(NaN, 3, "int8"))).to.deep.equal(zeros(5))
  })

  it("QLinearConv adds its bias before it rounds", () => {
    const one = f32([1], [])
    const zero = tensor("int8", [], [0])
    const inputs = [
      tensor("int8", [1, 1, 2], [1, 2]),
      one,
      zero,
      tensor("int8", [2, 1, 1], [3, 5]),
      f32([1, 0.5]),
      tensor("int8", [2], [0, 0]),
      f32([2], []),
      zero,
      tensor("int32", [2], [4, 100]),
    ]
    // (3 + 4) / 2, (6 + 4) / 2, (5 + 100) / 4, (10 + 100) / 4
    expect(valuesFor({ op: "QLinearConv", inputs })).to.deep.equal([4, 5, 26, 28])
  })
})

describe("products of floats", () => {
  it("multiply what a factor of zero is multiplied with", () => {
    const one = f32([1], [1, 1])
    const gemm = { op: "Gemm", inputs: [one, one, f32([Infinity], [1, 1])], attributes: { beta: float(0) } }
    expect(valuesFor(gemm)).to.deep.equal([NaN])
  })

  it("of nothing are zero", () => {
    const empty: Case = {
      op: "MatMul",
      inputs: [tensor("float32", [2, 0], []), tensor("float32", [0, 3], [])],
    }
    expect(run(empty)[0]).to.deep.include({ shape: [2, 3], values: zeros(6) })
    const none: Case = {
      op: "MatMul",
      inputs: [tensor("float32", [0, 4], []), tensor("float32", [4, 3], zeros(12))],
    }
    expect(run(none)[0].shape).to.deep.equal([0, 3])
    const conv: Case = { op: "Conv", inputs: [tensor("float32", [0, 2, 4], []), f32(zeros(12), [3, 2, 2])] }
    expect(run(conv)[0].shape).to.deep.equal([0, 3, 3])
  })

  it("are refused where shapes do not fit", () => {
    const matrix = (rows: number, columns: number) => f32(zeros(rows * columns), [rows, columns])
    refuse({ op: "MatMul", inputs: [matrix(2, 3), matrix(2, 3)] }, "3 is not 2")
    refuse({ op: "MatMul", inputs: [f32([1], []), matrix(2, 3)] }, "scalar")
    refuse({ op: "MatMul", inputs: [tensor("int32", [1], [1]), f32([1])] }, "different types")
    refuse({ op: "Gemm", inputs: [matrix(2, 3), f32(zeros(3))] }, "two axes")
    refuse({ op: "Gemm", inputs: [matrix(2, 3), matrix(3, 4), f32(zeros(3))] }, "broadcast")
    refuse({ op: "Gemm", inputs: [matrix(2, 3), matrix(3, 4), f32(zeros(8), [1, 2, 4])] }, "broadcast")
    const conv = (x: number[], w: number[], attributes = {}, op = "Conv"): Case => ({
      op,
      inputs: [x, w].map((dims) => tensor("float32", dims, zeros(dims.reduce((a, b) => a * b, 1)))),
      attributes,
    })
    refuse(conv([1, 3, 6, 6], [3, 2, 3, 3]), "3 channels")
    refuse(conv([1, 2, 6, 6], [3, 2, 3, 3], { group: int(0) }), "groups")
    refuse(conv([1, 4, 6, 6], [3, 2, 3, 3], { group: int(2) }), "2 groups")
    refuse(conv([1, 2, 6], [3, 2, 3, 3]), "do not fit")
    refuse(conv([1, 2, 6], [3, 2, 0]), "do not fit")
    refuse(conv([1, 2, 6], [3, 2, 3], { kernel_shape: ints([2]) }), "kernel_shape")
    refuse(conv([1, 2, 6], [3, 2, 3], {}, "ConvTranspose"), "2 channels")
    refuse(conv([1, 2, 6], [2, 2, 3], { pads: ints([4, 4]) }, "ConvTranspose"), "0 positions")
    refuse(conv([1, 2, 6], [2, 2, 3], { output_shape: ints([4, 4]) }, "ConvTranspose"), "output_shape")
    refuse(conv([1, 2, 6], [2, 2, 3], { auto_pad: string("SAME") }, "ConvTranspose"), "auto_pad")
    const bias = { op: "Conv", inputs: [f32(zeros(4), [1, 1, 4]), f32([1], [1, 1, 1]), f32([1, 2])] }
    refuse(bias, "the bias", "1 channels")
  })

  it("ConvTranspose leaves zeros where no input reaches", () => {
    const inputs = [f32([1, 2], [1, 1, 2]), f32([3], [1, 1, 1])]
    const strided = { strides: ints([3]), output_shape: ints([7]) }
    expect(valuesFor({ op: "ConvTranspose", inputs, attributes: strided })).to.deep.equal([
      3, 0, 0, 6, 0, 0, 0,
    ])
    // ONNX: with SAME the output is the input times the stride.
    const same = { strides: ints([3]), auto_pad: string("SAME_UPPER") }
    expect(valuesFor({ op: "ConvTranspose", inputs, attributes: same })).to.deep.equal([3, 0, 0, 6, 0, 0])
  })
})
