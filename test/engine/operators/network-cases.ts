import type { Random } from "../../referee/float32-cases.ts"
import { between, onceIn, pick } from "../program/words.ts"
import { type TypeName, float, int, tensor } from "./elementwise-run.ts"
import {
  type MakeCase,
  bytes,
  floats,
  ints,
  numbers,
  optional,
  passed,
  positive,
  sizes,
} from "./network-random.ts"
import { WINDOWS } from "./network-windows.ts"

const gemmCase: MakeCase = (random) => {
  const [m, k, n] = sizes(random, 3, 6)
  const [transA, transB] = [between(random, 0, 1), between(random, 0, 1)]
  const c = pick(random, [[], [1], [n], [1, n], [m, 1], [m, n]])
  const inputs = [
    floats(random, transA ? [k, m] : [m, k]),
    floats(random, transB ? [n, k] : [k, n]),
    ...(onceIn(random, 3) ? [] : [floats(random, c)]),
  ]
  const attributes = {
    transA: int(transA),
    transB: int(transB),
    ...optional(random, { alpha: float(0.5), beta: float(-1.25) }),
  }
  return { op: "Gemm", inputs, attributes, opset: 17, passed: passed(random, inputs.length) }
}

/** Shapes of two operands whose product is defined. */
function matrices(random: Random): [number[], number[]] {
  const [m, k, n] = sizes(random, 3, 5)
  const batch = sizes(random, between(random, 0, 3), 3)
  const some = (): number[] => {
    const shape = batch.map((size) => (onceIn(random, 4) ? 1 : size))
    return shape.slice(onceIn(random, 3) ? between(random, 0, shape.length) : 0)
  }
  const left = onceIn(random, 6) ? [k] : [...some(), m, k]
  return [left, onceIn(random, 6) ? [k] : [...some(), k, n]]
}

const matMulCase: MakeCase = (random) => {
  const [a, b] = matrices(random)
  const type = pick(random, ["float32", "float32", "int32", "int64"] as const)
  const make = (dims: number[]) =>
    type === "float32" ? floats(random, dims) : numbers(random, type, dims, -99, 99)
  return { op: "MatMul", inputs: [make(a), make(b)], opset: 17, passed: passed(random, 2) }
}

const matMulIntegerCase: MakeCase = (random) => {
  const [m, k, n] = sizes(random, 3, 6)
  const batch = sizes(random, between(random, 0, 2), 3)
  const [a, b] = [pick(random, ["int8", "uint8"] as const), pick(random, ["int8", "uint8"] as const)]
  const inputs = [bytes(random, a, [...batch, m, k]), bytes(random, b, [k, n])]
  if (onceIn(random, 2)) inputs.push(bytes(random, a, []))
  if (inputs.length > 2 && onceIn(random, 2)) inputs.push(bytes(random, b, pick(random, [[], [n]])))
  return { op: "MatMulInteger", inputs, opset: 17, passed: passed(random, inputs.length) }
}

const qlinearMatMulCase: MakeCase = (random) => {
  const [m, k, n] = sizes(random, 3, 6)
  const [a, b] = pick(random, [
    ["uint8", "uint8"],
    ["uint8", "int8"],
    ["int8", "int8"],
  ] as const)
  const column = pick(random, [[], [n]])
  const inputs = [
    bytes(random, a, [m, k]),
    positive(random, []),
    bytes(random, a, []),
    bytes(random, b, [k, n]),
    positive(random, column),
    column.length ? tensor(b, column, new Array<number>(n).fill(0)) : bytes(random, b, []),
    numbers(random, "float32", [], 100, 100000),
    bytes(random, a, []),
  ]
  return { op: "QLinearMatMul", inputs, opset: 17, passed: [0] }
}

const batchNormCase: MakeCase = (random) => {
  const shape = sizes(random, between(random, 2, 5), 4)
  const channel = [shape[1]]
  const inputs = [
    floats(random, shape),
    floats(random, channel),
    floats(random, channel),
    floats(random, channel),
    positive(random, channel),
  ]
  const attributes = optional(random, { epsilon: float(1e-3) })
  const opset = pick(random, [7, 9, 15])
  return { op: "BatchNormalization", inputs, attributes, opset, passed: passed(random, 5) }
}

const layerNormCase: MakeCase = (random) => {
  const shape = sizes(random, between(random, 1, 4), 5)
  const axis = between(random, 0, shape.length - 1)
  const inner = shape.slice(axis)
  const inputs = [
    floats(random, shape),
    floats(random, inner),
    ...(onceIn(random, 2) ? [floats(random, inner)] : []),
  ]
  const attributes = { axis: int(onceIn(random, 2) ? axis : axis - shape.length), epsilon: float(1e-2) }
  return { op: "LayerNormalization", inputs, attributes, opset: 17, passed: passed(random, inputs.length) }
}

const instanceNormCase: MakeCase = (random) => {
  const shape = [...sizes(random, 2, 3), ...sizes(random, between(random, 1, 3), 5)]
  const inputs = [floats(random, shape), floats(random, [shape[1]]), floats(random, [shape[1]])]
  const attributes = optional(random, { epsilon: float(1e-2) })
  return { op: "InstanceNormalization", inputs, attributes, opset: 17, passed: passed(random, 3) }
}

const groupNormCase: MakeCase = (random) => {
  const [batch, groups, members] = sizes(random, 3, 3)
  const shape = [batch, groups * members, ...sizes(random, between(random, 0, 3), 4)]
  const inputs = [floats(random, shape), floats(random, [shape[1]]), floats(random, [shape[1]])]
  const attributes = { num_groups: int(groups), epsilon: float(1e-2) }
  return { op: "GroupNormalization", inputs, attributes, opset: 21, passed: passed(random, 3) }
}

const lrnCase: MakeCase = (random) => {
  const shape = [between(random, 1, 2), between(random, 1, 8), ...sizes(random, 2, 3)]
  const attributes = optional(random, { alpha: float(0.5), beta: float(0.6), bias: float(2) })
  const size = int(pick(random, [1, 3, 5, 7]))
  return { op: "LRN", inputs: [floats(random, shape)], attributes: { ...attributes, size }, opset: 17 }
}

const lpNormCase: MakeCase = (random) => {
  const shape = sizes(random, between(random, 1, 4), 4)
  const attributes = {
    axis: int(between(random, -shape.length, shape.length - 1)),
    p: int(between(random, 1, 2)),
  }
  return { op: "LpNormalization", inputs: [floats(random, shape)], attributes, opset: 17 }
}

const meanVarianceCase: MakeCase = (random) => {
  const shape = sizes(random, 4, 4).map((size) => size + 1)
  const attributes = optional(random, {
    axes: ints(
      pick(random, [
        [0, 2, 3],
        [2, 3],
        [-1, 0],
      ]),
    ),
  })
  return { op: "MeanVarianceNormalization", inputs: [floats(random, shape)], attributes, opset: 13 }
}

const alongAxisCase =
  (op: string): MakeCase =>
  (random) => {
    const shape = sizes(random, between(random, 2, 4), 5)
    const opset = pick(random, [11, 17])
    const attributes = optional(random, { axis: int(between(random, -shape.length, shape.length - 1)) })
    return { op, inputs: [floats(random, shape)], attributes, opset }
  }

const reduceCase =
  (op: string, types: readonly TypeName[]): MakeCase =>
  (random) => {
    const shape = sizes(random, between(random, 1, 4), 4)
    const type = pick(random, types)
    // No sum whose logarithm is complex, and no product that onnxruntime saturates.
    const high = type === "bool" || op === "ReduceProd" ? 1 : 9
    const low = type === "bool" || type === "uint8" ? 0 : op.startsWith("ReduceLogSum") ? 1 : -high
    const x = numbers(random, type, shape, low, high)
    const axes = [...shape.keys()]
      .filter(() => onceIn(random, 2))
      .map((axis) => axis - (onceIn(random, 3) ? shape.length : 0))
    const attributes = optional(random, { keepdims: int(between(random, 0, 1)) })
    const late = onceIn(random, 2)
    if (!late && type !== "bool") {
      const own = axes.length ? { ...attributes, axes: ints(axes) } : attributes
      return { op, inputs: [x], attributes: own, opset: 12 }
    }
    const noop = axes.length === 0 && onceIn(random, 2) ? { noop_with_empty_axes: int(1) } : {}
    const given = axes.length > 0 || onceIn(random, 2) ? [tensor("int64", [axes.length], axes)] : []
    return {
      op,
      inputs: [x, ...given],
      attributes: { ...attributes, ...noop },
      opset: type === "bool" ? 20 : 18,
      passed: [0],
    }
  }

const NUMBERS = ["float32", "int32", "int64"] as const

/** A generator for every operator of networks. */
export const CASES: Readonly<Record<string, MakeCase>> = {
  ...WINDOWS,
  BatchNormalization: batchNormCase,
  Gemm: gemmCase,
  GroupNormalization: groupNormCase,
  Hardmax: alongAxisCase("Hardmax"),
  InstanceNormalization: instanceNormCase,
  LRN: lrnCase,
  LayerNormalization: layerNormCase,
  LogSoftmax: alongAxisCase("LogSoftmax"),
  LpNormalization: lpNormCase,
  MatMul: matMulCase,
  MatMulInteger: matMulIntegerCase,
  MeanVarianceNormalization: meanVarianceCase,
  QLinearMatMul: qlinearMatMulCase,
  ReduceL1: reduceCase("ReduceL1", NUMBERS),
  ReduceL2: reduceCase("ReduceL2", NUMBERS),
  ReduceLogSum: reduceCase("ReduceLogSum", ["float32"]),
  ReduceLogSumExp: reduceCase("ReduceLogSumExp", ["float32"]),
  ReduceMax: reduceCase("ReduceMax", [...NUMBERS, "int8", "uint8", "bool"]),
  ReduceMean: reduceCase("ReduceMean", NUMBERS),
  ReduceMin: reduceCase("ReduceMin", [...NUMBERS, "int8", "uint8", "bool"]),
  ReduceProd: reduceCase("ReduceProd", NUMBERS),
  ReduceSum: reduceCase("ReduceSum", NUMBERS),
  ReduceSumSquare: reduceCase("ReduceSumSquare", NUMBERS),
  Softmax: alongAxisCase("Softmax"),
}
