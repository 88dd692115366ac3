import { expect } from "chai"
import { seeded } from "../../referee/float32-cases.ts"
import { expectRefusal } from "../onnx/models.ts"
import {
  type Case,
  expectNear,
  f32,
  float,
  i64,
  int,
  lowered,
  run,
  string,
  tensor,
  valuesFor,
} from "./elementwise-run.ts"
import { ints } from "./network-cases.ts"

const zeros = (count: number): number[] => new Array<number>(count).fill(0)
const count = (size: number): number[] => Array.from({ length: size }, (_, i) => i)

/** The values of every output. */
const outputsFor = (given: Case): (number | bigint)[][] => run(given).map(({ values }) => values)

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

describe("pooling", () => {
  const pool = (op: string, x: NonNullable<Case["inputs"]>, kernel: readonly number[], more = {}): Case => ({
    op,
    inputs: x,
    attributes: { kernel_shape: ints(kernel), ...more },
  })
  const row = (values: readonly number[]) => [f32(values, [1, 1, values.length])]

  it("finds the first of the largest elements, never the padding", () => {
    const windows = { pads: ints([1, 1]), strides: ints([3]) }
    const find = (values: readonly number[]) =>
      outputsFor({ ...pool("MaxPool", row(values), [3], windows), outputs: 2 })
    expect(find([-5, -5, -7, -2, -3])).to.deep.equal([
      [-5, -2],
      [0n, 3n],
    ])
    expect(find([-Infinity, -Infinity, -Infinity, 1, 1])).to.deep.equal([
      [-Infinity, 1],
      [0n, 3n],
    ])
    expect(find([1, NaN, Infinity, -0, 0])).to.deep.equal([
      [NaN, Infinity],
      [1n, 2n],
    ])
    const narrow = pool("MaxPool", [tensor("int8", [1, 1, 4], [-128, -128, 3, 3])], [2], {
      pads: ints([1, 1]),
    })
    expect(outputsFor({ ...narrow, outputs: 2 })).to.deep.equal([
      [-128, -128, 3, 3, 3],
      [0n, 0n, 2n, 2n, 3n],
    ])
  })

  it("counts positions in the whole tensor, row by row or column by column", () => {
    const x = [f32([...count(12), ...count(12).reverse()], [1, 2, 3, 4])]
    const find = (order: number) =>
      outputsFor({ ...pool("MaxPool", x, [3, 4], { storage_order: int(order) }), outputs: 2 })[1]
    expect(find(0)).to.deep.equal([11n, 12n])
    expect(find(1)).to.deep.equal([11n, 12n])
    const part = { ...pool("MaxPool", x, [2, 2], { storage_order: int(1) }), outputs: 2 }
    // The element at row i and column j of channel c is number 12 c + i + 3 j.
    expect(outputsFor(part)[1].slice(0, 6)).to.deep.equal([4n, 7n, 10n, 5n, 8n, 11n])
  })

  it("divides by how many positions count", () => {
    const pads = { pads: ints([1, 1]) }
    expect(valuesFor(pool("AveragePool", row([6, 6, 6, 6]), [3], pads))).to.deep.equal([6, 6, 6, 6])
    const all = { ...pads, count_include_pad: int(1) }
    expect(valuesFor(pool("AveragePool", row([6, 6, 6, 6]), [3], all))).to.deep.equal([4, 6, 6, 4])
    const ceil = { strides: ints([3]), ceil_mode: int(1), count_include_pad: int(1) }
    expect(valuesFor(pool("AveragePool", row([6, 6, 6, 6, 6]), [3], ceil))).to.deep.equal([6, 6])
  })

  it("walks over one axis at a time where a window lies in too many chunks, and gets the same", () => {
    const x = [
      f32(
        count(2 * 12 * 300).map((i) => (i * 7919) % 501),
        [1, 2, 12, 300],
      ),
    ]
    const attributes = { strides: ints([3, 7]), pads: ints([4, 3, 2, 1]), dilations: ints([1, 2]) }
    const [largest] = outputsFor(pool("MaxPool", x, [9, 80], attributes))
    const at = (c: number, i: number, j: number): number => {
      const window = count(9).flatMap((a) =>
        count(80).flatMap((b) => {
          const [row, column] = [i * 3 + a - 4, j * 7 + 2 * b - 3]
          const inside = row >= 0 && row < 12 && column >= 0 && column < 300
          return inside ? [((c * 3600 + row * 300 + column) * 7919) % 501] : []
        }),
      )
      return Math.max(...window)
    }
    const wanted = count(2).flatMap((c) => count(4).flatMap((i) => count(21).map((j) => at(c, i, j))))
    expect(largest).to.deep.equal(wanted)
  })

  it("is refused without a window that fits, or with one in the padding", () => {
    const x = row([1, 2, 3])
    refuse({ op: "MaxPool", inputs: x }, "kernel_shape")
    refuse(pool("MaxPool", x, [2, 2]), "kernel_shape")
    refuse(pool("MaxPool", x, [0]), "kernel_shape")
    refuse(pool("MaxPool", x, [4]), "larger than the padded input")
    refuse(pool("MaxPool", x, [2], { strides: ints([0]) }), "strides")
    refuse(pool("MaxPool", x, [2], { dilations: ints([1, 1]) }), "dilations")
    refuse(pool("MaxPool", x, [2], { pads: ints([0, -1]) }), "pads")
    refuse(pool("MaxPool", x, [2], { auto_pad: string("SAME") }), "auto_pad")
    refuse(pool("MaxPool", x, [2], { pads: ints([2, 0]) }), "padding")
    refuse(pool("AveragePool", x, [1], { pads: ints([0, 1]) }), "padding")
    refuse(pool("AveragePool", [tensor("int8", [1, 1, 2], [1, 2])], [1]), "int8")
  })
})

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

describe("normalisations", () => {
  const parameters = [f32([1, 2]), f32([3, 4]), f32([5, 6]), f32([3, 8])]
  const batch = (attributes: Case["attributes"], opset: number, outputs = 1): Case => ({
    op: "BatchNormalization",
    inputs: [f32([5, 7, 6, 9], [1, 2, 2]), ...parameters],
    attributes: { epsilon: float(1), ...attributes },
    opset,
    outputs,
  })

  it("BatchNormalization: by channel, by place before opset 9, or by the batch's own statistics", () => {
    expectNear(valuesFor(batch({}, 15)), [3, 4, 4, 6])
    expectNear(valuesFor(batch({ spatial: int(1) }, 7)), [3, 4, 4, 6])
    const places = [1, 2, 3, 4].map((value) => f32([value, value, value, value], [2, 2]))
    const old = { ...batch({ spatial: int(0) }, 7), inputs: [f32([5, 7, 6, 9], [1, 2, 2]), ...places] }
    expectNear(
      valuesFor(old),
      [5, 7, 6, 9].map((x) => (x - 3) / Math.sqrt(5) + 2),
    )
    const [y, mean, variance] = outputsFor(batch({ training_mode: int(1), momentum: float(0.75) }, 15, 3))
    const [first, second] = [Math.sqrt(2), 1.5 / Math.sqrt(3.25)]
    expectNear(y, [3 - 1 / first, 3 + 1 / first, 4 - 2 * second, 4 + 2 * second])
    expectNear(mean, [5 * 0.75 + 6 * 0.25, 6 * 0.75 + 7.5 * 0.25])
    expectNear(variance, [3 * 0.75 + 0.25, 8 * 0.75 + 2.25 * 0.25])
    refuse(batch({}, 13, 2), "training")
    refuse({ ...batch({}, 15), inputs: [f32([1, 2], [1, 2]), f32([1]), ...parameters.slice(1)] }, "input 1")
  })

  it("GroupNormalization: a scale for each group before opset 21, for each channel since then", () => {
    const group = (opset: number, scale: number[]): Case => ({
      op: "GroupNormalization",
      inputs: [f32([1, 3, 5, 9], [1, 4, 1]), f32(scale), f32(scale.map(() => 1))],
      attributes: { num_groups: int(2), epsilon: float(0) },
      opset,
    })
    expectNear(valuesFor(group(18, [1, 2])), [0, 2, -1, 3])
    expectNear(valuesFor(group(21, [1, 2, 3, 4])), [0, 3, -2, 5])
    refuse(group(18, [1, 2, 3, 4]), "input 1")
    refuse({ ...group(21, [1, 2, 3, 4]), attributes: { num_groups: int(3) } }, "3 groups")
    refuse({ ...group(21, [1, 2, 3, 4]), attributes: {} }, "num_groups")
  })

  it("LayerNormalization returns the mean and the inverse deviation too", () => {
    const layer: Case = {
      op: "LayerNormalization",
      inputs: [f32([1, 3, 2, 6], [2, 2]), f32([1, 1])],
      attributes: { epsilon: float(0) },
      outputs: 3,
    }
    const results = run(layer)
    expect(results.map(({ shape }) => shape)).to.deep.equal([
      [2, 2],
      [2, 1],
      [2, 1],
    ])
    expect(results.map(({ values }) => values)).to.deep.equal([
      [-1, 1, -1, 1],
      [2, 4],
      [1, 0.5],
    ])
    refuse({ ...layer, attributes: { stash_type: int(10) } }, "stash_type")
    refuse({ ...layer, inputs: [layer.inputs![0], f32([1, 1, 1])] }, "broadcast")
  })

  it("LpNormalization of zeros is zero", () => {
    const norm = (p: number): Case => ({
      op: "LpNormalization",
      inputs: [f32([3, -4, 0, 0], [2, 2])],
      attributes: { p: int(p) },
    })
    expectNear(valuesFor(norm(2)), [0.6, -0.8, 0, 0])
    expectNear(valuesFor(norm(1)), [3 / 7, -4 / 7, 0, 0])
    refuse(norm(3), "p is 3")
  })

  it("LRN looks at fewer channels before than after one, if their number is even", () => {
    const lrn = {
      op: "LRN",
      inputs: [f32([1, 2, 3], [1, 3, 1])],
      attributes: { size: int(2), alpha: float(2) },
    }
    const wanted = [1 / 6 ** 0.75, 2 / 14 ** 0.75, 3 / 10 ** 0.75]
    expectNear(valuesFor(lrn), wanted)
    expectNear(valuesFor({ ...lrn, attributes: { ...lrn.attributes, beta: float(2) } }), [
      1 / 36,
      2 / 196,
      3 / 100,
    ])
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
