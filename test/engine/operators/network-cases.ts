import type { OnnxAttribute, OnnxTensor } from "../../../src/engine/onnx/graph.ts"
import { product } from "../../../src/engine/program/view.ts"
import type { Random } from "../../referee/float32-cases.ts"
import { between, onceIn, pick } from "../program/words.ts"
import { type Case, type TypeName, float, int, string, tensor } from "./elementwise-run.ts"

/** Makes a node of an operator with random shapes, attributes and elements. */
export type MakeCase = (random: Random) => Case

export const ints = (values: readonly number[]): OnnxAttribute => ({
  type: "ints",
  value: values.map(BigInt),
})

type Attributes = Record<string, OnnxAttribute>

/** Floats from -2 to 2, of which some are equal. */
const floats = (random: Random, dims: readonly number[]): OnnxTensor =>
  numbers(random, "float32", dims, -64, 64, 1 / 32)

/** Numbers from `low` to `high`, times `unit`. */
function numbers(
  random: Random,
  type: TypeName,
  dims: readonly number[],
  low: number,
  high: number,
  unit = 1,
): OnnxTensor {
  return tensor(
    type,
    dims,
    Array.from({ length: product(dims) }, () => between(random, low, high) * unit),
  )
}

/** Positive floats: variances and scales. */
const positive = (random: Random, dims: readonly number[]): OnnxTensor =>
  numbers(random, "float32", dims, 1, 64, 1 / 32)

const bytes = (random: Random, type: "int8" | "uint8", dims: readonly number[]): OnnxTensor =>
  type === "int8" ? numbers(random, type, dims, -128, 127) : numbers(random, type, dims, 0, 255)

const sizes = (random: Random, rank: number, most: number): number[] =>
  Array.from({ length: rank }, () => between(random, 1, most))

/** Which inputs the caller passes: the first one and, now and then, others. */
const passed = (random: Random, count: number): number[] =>
  Array.from({ length: count }, (_, i) => i).filter((i) => i === 0 || onceIn(random, 3))

/** Attributes that are written only now and then, because they have a default. */
const optional = (random: Random, attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(() => !onceIn(random, 3)))

const only = (attributes: Attributes, names: readonly string[]): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => names.includes(name)))

interface Window {
  readonly input: number[]
  readonly kernel: number[]
  readonly attributes: Attributes
}

/** A window and an input that it fits into. What runtimes do not agree on with ONNX is left out. */
function window(random: Random, rank: number): Window {
  const same = onceIn(random, 4)
  const kernel = sizes(random, rank, 3)
  // onnxruntime ignores or refuses dilations in SAME windows, and refuses those that leave elements out.
  const strides = kernel.map((size) => between(random, 1, same ? size : 3))
  const dilations = kernel.map(() => (!same && onceIn(random, 3) ? 2 : 1))
  const extent = kernel.map((size, i) => (size - 1) * dilations[i] + 1)
  const input = extent.map((size) => size + between(random, 0, rank > 2 ? 3 : 6))
  const pads = [...kernel, ...kernel].map((size) => between(random, 0, size - 1))
  const padding: Attributes = same
    ? { auto_pad: string(pick(random, ["SAME_UPPER", "SAME_LOWER"])) }
    : pick(random, [{ pads: ints(pads) }, { pads: ints(pads) }, { auto_pad: string("VALID") }])
  const steps = { strides: ints(strides), dilations: ints(dilations) }
  return { input, kernel, attributes: { ...padding, ...(same ? steps : optional(random, steps)) } }
}

function convParts(random: Random) {
  const { input, kernel, attributes } = window(random, between(random, 1, 3))
  const groups = pick(random, [1, 1, 2, 3])
  const [perGroup, inputs] = sizes(random, 2, 3)
  return {
    x: [between(random, 1, 2), groups * inputs, ...input],
    w: [groups * perGroup, inputs, ...kernel],
    attributes: { ...attributes, group: int(groups), ...optional(random, { kernel_shape: ints(kernel) }) },
  }
}

const convCase: MakeCase = (random) => {
  const { x, w, attributes } = convParts(random)
  const bias = onceIn(random, 2) ? [floats(random, [w[0]])] : []
  const inputs = [floats(random, x), floats(random, w), ...bias]
  return { op: "Conv", inputs, attributes, opset: 17, passed: passed(random, inputs.length) }
}

const convIntegerCase: MakeCase = (random) => {
  const { x, w, attributes } = convParts(random)
  const inputs = [bytes(random, "uint8", x), bytes(random, "uint8", w)]
  if (onceIn(random, 2)) inputs.push(bytes(random, "uint8", []))
  if (inputs.length > 2 && onceIn(random, 2)) inputs.push(bytes(random, "uint8", []))
  return { op: "ConvInteger", inputs, attributes, opset: 17, passed: passed(random, inputs.length) }
}

const qlinearConvCase: MakeCase = (random) => {
  const { x, w, attributes } = convParts(random)
  const [a, b] = [pick(random, ["int8", "uint8"] as const), pick(random, ["int8", "uint8"] as const)]
  if (a === "int8" && b === "uint8") return qlinearConvCase(random)
  const perChannel = pick(random, [[], [w[0]]])
  const inputs = [
    bytes(random, a, x),
    positive(random, []),
    bytes(random, a, []),
    bytes(random, b, w),
    positive(random, perChannel),
    perChannel.length ? tensor(b, perChannel, new Array<number>(w[0]).fill(0)) : bytes(random, b, []),
    numbers(random, "float32", [], 100, 100000),
    bytes(random, a, []),
  ]
  if (onceIn(random, 2)) inputs.push(numbers(random, "int32", [w[0]], -1000, 1000))
  return { op: "QLinearConv", inputs, attributes, opset: 17, passed: [0] }
}

const convTransposeCase: MakeCase = (random) => {
  const rank = between(random, 1, 3)
  const kernel = sizes(random, rank, 4)
  const strides = sizes(random, rank, 4)
  const dilations = kernel.map(() => (onceIn(random, 4) ? between(random, 2, 3) : 1))
  const input = sizes(random, rank, rank > 2 ? 3 : 5)
  const groups = pick(random, [1, 1, 2])
  const [perGroup, inputs] = sizes(random, 2, 3)
  const extra = strides.map((stride) => between(random, 0, stride - 1))
  const extent = kernel.map((size, i) => (size - 1) * dilations[i] + 1)
  const natural = input.map((size, i) => (size - 1) * strides[i] + extent[i])
  const attributes: Attributes = {
    group: int(groups),
    strides: ints(strides),
    dilations: ints(dilations),
    ...optional(random, { kernel_shape: ints(kernel) }),
  }
  const kind = between(random, 0, 3)
  // onnxruntime makes the output smaller than ONNX says where a SAME kernel is smaller than the stride.
  const covers = extent.every((size, i) => size >= strides[i])
  if (kind === 0)
    attributes.auto_pad = string(pick(random, covers ? ["SAME_UPPER", "SAME_LOWER"] : ["VALID"]))
  if (kind === 1) {
    attributes.output_shape = ints(
      natural.map((size, i) => Math.max(1, size - between(random, 0, extent[i] - 1))),
    )
    if (onceIn(random, 2)) attributes.auto_pad = string(pick(random, ["SAME_UPPER", "SAME_LOWER"]))
  }
  if (kind > 1) {
    // Every axis keeps an output position.
    const pads = [...extent, ...extent].map((size, i) =>
      between(random, 0, Math.floor(Math.min(size - 1, (natural[i % rank] - 1) / 2))),
    )
    Object.assign(attributes, optional(random, { pads: ints(pads), output_padding: ints(extra) }))
  }
  const w = [groups * inputs, perGroup, ...kernel]
  const x = floats(random, [between(random, 1, 2), groups * inputs, ...input])
  const bias = onceIn(random, 2) ? [floats(random, [groups * perGroup])] : []
  return {
    op: "ConvTranspose",
    inputs: [x, floats(random, w), ...bias],
    attributes,
    opset: 17,
    passed: passed(random, 2 + bias.length),
  }
}

function poolCase(random: Random, op: string, names: readonly string[], more: Attributes): Case {
  const { input, kernel, attributes } = window(random, between(random, 1, 3))
  const x = floats(random, [...sizes(random, 2, 3), ...input])
  const own = only(attributes, ["pads", "strides", "auto_pad", ...names])
  const ceil: Attributes = "pads" in own && onceIn(random, 2) ? { ceil_mode: int(1) } : {}
  return { op, inputs: [x], attributes: { ...own, ...ceil, ...more, kernel_shape: ints(kernel) }, opset: 19 }
}

const maxPoolCase: MakeCase = (random) => {
  const order = optional(random, { storage_order: int(between(random, 0, 1)) })
  const made = poolCase(random, "MaxPool", ["dilations"], order)
  const [x] = made.inputs!
  const type = pick(random, ["float32", "float32", "int8", "uint8"] as const)
  const narrow = type === "float32" ? x! : bytes(random, type, x!.dims)
  return { ...made, inputs: [narrow], outputs: between(random, 1, 2), opset: 12 }
}

const averagePoolCase: MakeCase = (random) =>
  poolCase(
    random,
    "AveragePool",
    ["dilations"],
    optional(random, { count_include_pad: int(between(random, 0, 1)) }),
  )

const lpPoolCase: MakeCase = (random) => {
  const p = between(random, 1, 4)
  const made = poolCase(random, "LpPool", ["dilations"], { p: int(p) })
  return { ...made, opset: 18 }
}

const globalCase =
  (op: string): MakeCase =>
  (random) => ({ op, inputs: [floats(random, sizes(random, between(random, 3, 5), 4))], opset: 17 })

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
  const attributes = optional(random, { axes: ints(pick(random, [[0, 2, 3], [2, 3], [1]])) })
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
    const low = op.startsWith("ReduceLogSum") ? 1 : -9
    const x = numbers(
      random,
      type,
      shape,
      type === "bool" || type === "uint8" ? 0 : low,
      type === "bool" ? 1 : 9,
    )
    const axes = [...shape.keys()]
      .filter(() => onceIn(random, 2))
      .map((axis) => axis - (onceIn(random, 3) ? shape.length : 0))
    const attributes = optional(random, { keepdims: int(between(random, 0, 1)) })
    const late = onceIn(random, 2)
    if (!late && type !== "bool")
      return {
        op,
        inputs: [x],
        attributes: axes.length ? { ...attributes, axes: ints(axes) } : attributes,
        opset: 12,
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
  AveragePool: averagePoolCase,
  BatchNormalization: batchNormCase,
  Conv: convCase,
  ConvInteger: convIntegerCase,
  ConvTranspose: convTransposeCase,
  Gemm: gemmCase,
  GlobalAveragePool: globalCase("GlobalAveragePool"),
  GlobalLpPool: globalCase("GlobalLpPool"),
  GlobalMaxPool: globalCase("GlobalMaxPool"),
  GroupNormalization: groupNormCase,
  Hardmax: alongAxisCase("Hardmax"),
  InstanceNormalization: instanceNormCase,
  LRN: lrnCase,
  LayerNormalization: layerNormCase,
  LogSoftmax: alongAxisCase("LogSoftmax"),
  LpNormalization: lpNormCase,
  LpPool: lpPoolCase,
  MatMul: matMulCase,
  MatMulInteger: matMulIntegerCase,
  MaxPool: maxPoolCase,
  MeanVarianceNormalization: meanVarianceCase,
  QLinearConv: qlinearConvCase,
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
