import { expect } from "chai"
import { seeded } from "../../referee/float32-cases.ts"
import { expectRefusal } from "../onnx/models.ts"
import { type Case, expectNear, f32, i64, int, lowered, run, tensor, valuesFor } from "./elementwise-run.ts"
import { ints } from "./network-random.ts"

const refuse = (given: Case, ...words: string[]): void =>
  expectRefusal(() => lowered(given), "OperatorUnsupported", `(${given.op})`, ...words)

describe("reductions", () => {
  const reduce = (op: string, x = f32([1, 2, 3, 4, 5, 6], [2, 3]), axes = [1], more = {}): Case => ({
    op,
    inputs: [x, i64(axes)],
    attributes: { keepdims: int(0), ...more },
    passed: [0],
  })

  it("give what a fold over nothing begins with", () => {
    const empty = tensor("float32", [2, 0, 3], [])
    const over = (op: string) => valuesFor(reduce(op, empty, [1]))
    const wanted: Readonly<Record<string, number>> = {
      ReduceSum: 0,
      ReduceProd: 1,
      ReduceMax: -Infinity,
      ReduceMin: Infinity,
      ReduceMean: NaN,
      ReduceSumSquare: 0,
      ReduceL1: 0,
      ReduceL2: 0,
      ReduceLogSum: -Infinity,
      ReduceLogSumExp: -Infinity,
    }
    for (const [op, value] of Object.entries(wanted)) {
      expect(over(op), op).to.deep.equal(new Array(6).fill(value))
      expect(run(reduce(op, empty, [2]))[0].shape, op).to.deep.equal([2, 0])
    }
    const integers = tensor("int32", [0], [])
    expect(valuesFor(reduce("ReduceMax", integers, [0]))).to.deep.equal([-(2 ** 31)])
    expect(valuesFor(reduce("ReduceMin", integers, [0]))).to.deep.equal([2 ** 31 - 1])
    expect(valuesFor(reduce("ReduceMean", integers, [0]))).to.deep.equal([0])
    expect(valuesFor(reduce("ReduceMin", tensor("bool", [0], []), [0]))).to.deep.equal([1])
  })

  it("take axes from the end, from an attribute, or all of them", () => {
    expect(valuesFor(reduce("ReduceSum", undefined, [-2]))).to.deep.equal([5, 7, 9])
    const old: Case = { op: "ReduceSum", inputs: [f32([1, 2, 3, 4], [2, 2])], opset: 11 }
    expect(valuesFor(old)).to.deep.equal([10])
    expect(run(old)[0].shape).to.deep.equal([1, 1])
    expect(valuesFor({ ...old, attributes: { axes: ints([0]) } })).to.deep.equal([4, 6])
  })

  it("of a scalar, of no axes, and of no axes by name", () => {
    expect(valuesFor({ op: "ReduceMean", inputs: [tensor("float32", [], [7])] })).to.deep.equal([7])
    const noop = { noop_with_empty_axes: int(1) }
    expect(valuesFor(reduce("ReduceSum", f32([1, -2]), [], noop))).to.deep.equal([1, -2])
    expect(valuesFor(reduce("ReduceL1", f32([1, -2]), [], noop))).to.deep.equal([1, 2])
    expect(valuesFor(reduce("ReduceSumSquare", f32([1, -2]), [], noop))).to.deep.equal([1, 4])
    expect(lowered(reduce("ReduceProd", f32([1, -2]), [], noop)).steps).to.have.length(1)
  })

  it("of integers wrap, and their mean truncates", () => {
    const big = tensor("int32", [1, 2], [2 ** 31 - 1, 1])
    expect(valuesFor(reduce("ReduceSum", big))).to.deep.equal([-(2 ** 31)])
    expect(valuesFor(reduce("ReduceProd", tensor("int64", [1, 2], [2n ** 62n, 2n])))).to.deep.equal([
      -(2n ** 63n),
    ])
    expect(valuesFor(reduce("ReduceMean", tensor("int32", [1, 2], [-3, -4])))).to.deep.equal([-3])
    expect(valuesFor(reduce("ReduceMax", tensor("int8", [1, 2], [-3, -4])))).to.deep.equal([-3])
    expect(valuesFor(reduce("ReduceMax", tensor("uint8", [1, 2], [200, 100])))).to.deep.equal([200])
  })

  it("sum from +0, and stop at a NaN", () => {
    expect(Object.is(valuesFor(reduce("ReduceSum", f32([-0, -0], [1, 2])))[0], 0)).to.equal(true)
    for (const op of ["ReduceSum", "ReduceMax", "ReduceMin", "ReduceMean", "ReduceLogSumExp"]) {
      expect(valuesFor(reduce(op, f32([1, NaN], [1, 2]))), op).to.deep.equal([NaN])
    }
  })

  it("sum what is long in blocks, of which the last one may be shorter", () => {
    const random = seeded(0x626c6f63)
    const terms = Float32Array.from({ length: 2050 + 1 }, () => random() / 2 ** 32)
    const [actual] = valuesFor(reduce("ReduceSum", f32([...terms], [1, terms.length])))
    const sum = (part: Float32Array) => part.reduce((all, term) => Math.fround(all + term), 0)
    expect(actual).to.equal(Math.fround(sum(terms.subarray(0, 1026)) + sum(terms.subarray(1026))))
    const [root] = valuesFor(reduce("ReduceL2", f32([...terms], [1, terms.length])))
    const squares = terms.reduce((all, term) => all + term * term, 0)
    expect(Math.abs(Number(root) - Math.sqrt(squares))).to.be.below(1e-5 * Math.sqrt(squares))
  })

  it("of exponentials do not overflow", () => {
    expectNear(valuesFor(reduce("ReduceLogSumExp", f32([1000, 1000], [1, 2]))), [1000 + Math.log(2)])
    expect(valuesFor(reduce("ReduceLogSumExp", f32([Infinity, 1], [1, 2])))).to.deep.equal([Infinity])
    expect(valuesFor(reduce("ReduceLogSumExp", f32([-Infinity, -Infinity], [1, 2])))).to.deep.equal([
      -Infinity,
    ])
  })

  it("are refused over axes that are not there or come twice, and of other types", () => {
    refuse(reduce("ReduceSum", undefined, [2]), "axis 2")
    refuse(reduce("ReduceSum", undefined, [1, -1]), "repeat")
    refuse(reduce("ReduceMean", tensor("uint8", [1, 2], [1, 2])), "uint8")
  })
})

describe("softmax and its kin", () => {
  const along = (op: string, values: number[], opset = 17, dims = [1, values.length]): Case => ({
    op,
    inputs: [f32(values, dims)],
    opset,
  })

  it("normalise all axes from the first one on before opset 13", () => {
    const four = [0, 0, 0, 0]
    expect(valuesFor(along("Softmax", four, 11, [1, 2, 2]))).to.deep.equal([0.25, 0.25, 0.25, 0.25])
    expect(valuesFor(along("Softmax", four, 13, [1, 2, 2]))).to.deep.equal([0.5, 0.5, 0.5, 0.5])
    expect(valuesFor(along("Hardmax", four, 11, [1, 2, 2]))).to.deep.equal([1, 0, 0, 0])
    expect(valuesFor(along("Hardmax", four, 13, [1, 2, 2]))).to.deep.equal([1, 0, 1, 0])
  })

  it("do not overflow", () => {
    expectNear(valuesFor(along("Softmax", [1000, 1000, -1000])), [0.5, 0.5, 0])
    expectNear(valuesFor(along("LogSoftmax", [1000, 1000, -1000])), [-Math.LN2, -Math.LN2, -2000 - Math.LN2])
  })

  it("of a row with a NaN or +∞, or of -∞ only, are NaN, and Hardmax finds nothing there", () => {
    for (const values of [
      [1, NaN],
      [1, Infinity],
      [-Infinity, -Infinity],
    ]) {
      expect(valuesFor(along("Softmax", values))).to.deep.equal([NaN, NaN])
      expect(valuesFor(along("LogSoftmax", values))).to.deep.equal([NaN, NaN])
    }
    expect(valuesFor(along("Softmax", [-Infinity, 1]))).to.deep.equal([0, 1])
    expect(valuesFor(along("Hardmax", [1, NaN]))).to.deep.equal([0, 0])
    expect(valuesFor(along("Hardmax", [-Infinity, -Infinity]))).to.deep.equal([1, 0])
  })
})
