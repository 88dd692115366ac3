import { product } from "../../../../src/engine/program/view.ts"
import {
  type Random,
  anyTensor,
  between,
  float,
  floatsIn,
  int,
  ints,
  list,
  listOf,
  onceIn,
  partOf,
  pick,
  shape,
  signed,
  solid,
  some,
  someAxes,
  string,
  tensor,
  within,
} from "./draw.ts"
import type { Attributes, MakeSpec, Makers } from "./spec.ts"

const tame = (random: Random, dims: readonly number[]) => floatsIn(random, dims, -2, 2)
const positive = (random: Random, dims: readonly number[]) => floatsIn(random, dims, 0.25, 2)

interface Window {
  readonly input: number[]
  readonly kernel: number[]
  readonly attributes: Attributes
}

/** A window and an input that it fits into; `pooled` windows hold more than padding. */
function window(random: Random, rank: number, pooled: boolean, dilated = true): Window {
  const longest = [0, 12, 7, 4][rank]
  const kernel = listOf(rank, () => between(random, 1, 3))
  const dilations = kernel.map(() => (dilated && onceIn(random, 3) ? 2 : 1))
  const strides = kernel.map(() => between(random, 1, 3))
  const extent = kernel.map((size, i) => (size - 1) * dilations[i] + 1)
  const input = extent.map((size) => between(random, size, Math.max(size, longest)))
  const limit = (i: number) => (pooled ? Math.min(kernel[i] - 1, 2) : 2)
  const pads = [...kernel, ...kernel].map((_, i) => between(random, 0, limit(i % rank)))
  const rule = pick(random, ["NOTSET", "NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"])
  const isSame = rule.startsWith("SAME")
  // What onnxruntime does where it pads a dilated window by itself, or by less than nothing, is not ONNX.
  const own = isSame ? kernel.map(() => 1) : dilations
  const steps = isSame ? strides.map((stride, i) => Math.min(stride, kernel[i])) : strides
  const padding: Attributes =
    rule === "NOTSET" ? some(random, { pads: ints(pads) }) : { auto_pad: string(rule) }
  return {
    input,
    kernel,
    attributes: {
      ...padding,
      ...(steps.every((one) => one === 1)
        ? some(random, { strides: ints(steps) })
        : { strides: ints(steps) }),
      ...(own.every((one) => one === 1) ? {} : { dilations: ints(own) }),
    },
  }
}

const spatial = (random: Random): number => pick(random, [1, 2, 2, 3])

function convolution(random: Random) {
  const { input, kernel, attributes } = window(random, spatial(random), false)
  const groups = pick(random, [1, 1, 2, 3])
  const [inner, outer] = [between(random, 1, onceIn(random, 4) ? 7 : 2), between(random, 1, 3)]
  const named: Attributes = {
    ...attributes,
    ...some(random, { kernel_shape: ints(kernel) }),
    ...(groups > 1 ? { group: int(groups) } : some(random, { group: int(1) })),
  }
  return {
    x: [between(random, 1, 2), groups * inner, ...input],
    w: [groups * outer, inner, ...kernel],
    attributes: named,
    outer: groups * outer,
  }
}

const conv: MakeSpec = (random) => {
  const { x, w, outer, attributes } = convolution(random)
  const bias = onceIn(random, 2) ? [tame(random, [outer])] : []
  return { opset: pick(random, [7, 11, 22]), inputs: [tame(random, x), tame(random, w), ...bias], attributes }
}

const convTranspose: MakeSpec = (random) => {
  const rank = spatial(random)
  const groups = pick(random, [1, 1, 2, 3])
  const [inner, outer] = [between(random, 1, 2), between(random, 1, 3)]
  const kernel = listOf(rank, () => between(random, 1, 4))
  const strides = listOf(rank, () => between(random, 1, 4))
  const dilations = kernel.map(() => (onceIn(random, 3) ? 2 : 1))
  const input = listOf(rank, () => between(random, 1, [0, 9, 5, 3][rank]))
  const extra = strides.map((stride, i) => between(random, 0, Math.max(stride, dilations[i]) - 1))
  // onnxruntime wants less than the stride.
  const comparable = extra.every((size, i) => size < strides[i])
  const reach = kernel.map((size, i) => strides[i] * (input[i] - 1) + (size - 1) * dilations[i] + 1)
  const pads = [...kernel, ...kernel].map((_, i) =>
    between(random, 0, Math.min(2, Math.floor((reach[i % rank] - 1) / 2))),
  )
  const opset = pick(random, [7, 11, 22])
  const named: Attributes = {
    ...some(random, { kernel_shape: ints(kernel) }),
    strides: ints(strides),
    dilations: ints(dilations),
    ...(groups > 1 ? { group: int(groups) } : {}),
  }
  const bias = onceIn(random, 2) ? [tame(random, [groups * outer])] : []
  const inputs = [
    tame(random, [between(random, 1, 2), groups * inner, ...input]),
    tame(random, [groups * inner, outer, ...kernel]),
    ...bias,
  ]
  if (onceIn(random, 4)) {
    const shape = reach.map((size, i) => Math.max(1, size + extra[i] - between(random, 0, 3)))
    const rule = some(random, {
      auto_pad: string(pick(random, opset < 11 ? ["NOTSET"] : ["SAME_UPPER", "SAME_LOWER"])),
    })
    return {
      opset,
      inputs,
      attributes: { ...named, output_padding: ints(extra), output_shape: ints(shape), ...rule },
      comparable,
    }
  }
  const rest: Attributes = {
    ...some(random, { pads: ints(pads) }),
    ...some(random, { output_padding: ints(extra) }),
  }
  return { opset, inputs, attributes: { ...named, ...rest }, comparable }
}

/** Whether a window past the end of the padded input is left out differently in onnxruntime and ONNX. */
const ceiled = (random: Random) => some(random, { ceil_mode: int(random() % 2) })

const maxPool: MakeSpec = (random) => {
  const opset = pick(random, [7, 8, 10, 11, 12, 22])
  const { input, kernel, attributes } = window(random, spatial(random), true, opset >= 10)
  const outputs = opset < 8 ? 1 : between(random, 1, 2)
  const type = opset >= 12 && outputs === 1 ? pick(random, ["float32", "int8", "uint8"] as const) : "float32"
  const dims = [between(random, 1, 2), between(random, 1, 3), ...input]
  return {
    opset,
    outputs,
    // Equal elements, so that the position tells which of them is meant.
    inputs: [type === "float32" ? within(random, type, dims, -2, 2) : anyTensor(random, type, dims)],
    attributes: {
      ...attributes,
      kernel_shape: ints(kernel),
      ...(opset >= 10 ? ceiled(random) : {}),
      ...(outputs === 2 ? some(random, { storage_order: int(random() % 2) }) : {}),
    },
  }
}

const averagePool: MakeSpec = (random) => {
  const opset = pick(random, [7, 10, 11, 19, 22])
  const { input, kernel, attributes } = window(random, spatial(random), true, opset >= 19)
  return {
    opset,
    inputs: [tame(random, [between(random, 1, 2), between(random, 1, 3), ...input])],
    attributes: {
      ...attributes,
      kernel_shape: ints(kernel),
      ...(opset >= 10 ? ceiled(random) : {}),
      ...some(random, { count_include_pad: int(random() % 2) }),
    },
  }
}

const lpPool: MakeSpec = (random) => {
  const opset = pick(random, [7, 11, 18, 22])
  const { input, kernel, attributes } = window(random, spatial(random), true, opset >= 18)
  return {
    opset,
    inputs: [tame(random, [between(random, 1, 2), between(random, 1, 3), ...input])],
    attributes: {
      ...attributes,
      kernel_shape: ints(kernel),
      ...(opset >= 18 ? ceiled(random) : {}),
      ...some(random, { p: int(between(random, 1, 3)) }),
    },
  }
}

const globalPool =
  (attributes: (random: Random) => Attributes = () => ({})): MakeSpec =>
  (random) => ({
    opset: pick(random, [7, 22]),
    inputs: [tame(random, solid(random, 3, 5))],
    attributes: attributes(random),
  })

const gemm: MakeSpec = (random) => {
  const [m, k, n] = solid(random, 3, 3, 9)
  const opset = pick(random, [7, 9, 11, 13])
  const type = opset >= 9 && onceIn(random, 4) ? pick(random, ["int32", "int64"] as const) : "float32"
  const [transA, transB] = [random() % 2, random() % 2]
  const dims = pick(random, [[m, n], [n], [1, n], [m, 1], [1, 1], [1], []])
  const c = opset < 11 || onceIn(random, 2) ? [anyTensor(random, type, dims)] : []
  const factor = () => float(type === "float32" ? between(random, -20, 20) / 8 : between(random, -3, 3))
  return {
    opset,
    inputs: [
      anyTensor(random, type, transA ? [k, m] : [m, k]),
      anyTensor(random, type, transB ? [n, k] : [k, n]),
      ...c,
    ],
    attributes: {
      ...(transA ? { transA: int(1) } : some(random, { transA: int(0) })),
      ...(transB ? { transB: int(1) } : some(random, { transB: int(0) })),
      ...some(random, { alpha: factor(), beta: factor() }),
    },
  }
}

/** Shapes of two factors of a matrix product. */
function factors(random: Random, batched = shape): [number[], number[]] {
  const [m, k, n] = listOf(3, () => (onceIn(random, 8) ? 40 : between(random, 1, 5)))
  const batch = batched(random, 0, 2, 3)
  const left = onceIn(random, 6) ? [k] : [...partOf(random, batch), m, k]
  const right = onceIn(random, 6) ? [k] : [...partOf(random, batch), k, n]
  return [left, right]
}

const matMul: MakeSpec = (random) => {
  const opset = pick(random, [7, 9, 13])
  const type = opset >= 9 && onceIn(random, 3) ? pick(random, ["int32", "int64"] as const) : "float32"
  const [a, b] = factors(random)
  return { opset, inputs: [anyTensor(random, type, a), anyTensor(random, type, b)] }
}

/** Softmax and its kin: the axis is one since opset 13, and the first of all that are meant before. */
const softmax: MakeSpec = (random) => {
  const opset = pick(random, [7, 11, 13])
  const dims = solid(random, 1, 4)
  const axis = random() % dims.length
  const given = opset < 11 ? axis : signed(random, axis, dims.length)
  const hasDefault = opset >= 13 || dims.length > 1
  return {
    opset,
    inputs: [floatsIn(random, dims, -9, 9)],
    attributes: hasDefault ? some(random, { axis: int(given) }) : { axis: int(given) },
  }
}

const hardmax: MakeSpec = (random) => {
  const spec = softmax(random)
  return { ...spec, inputs: [within(random, "float32", spec.inputs[0]!.dims, -1, 1)] }
}

const REDUCED = {
  all: ["float32", "int32", "int64"],
  bytes: ["float32", "int8", "uint8", "int32", "int64"],
} as const

/** A reduction, whose axes become an input in opset `since`. */
const reduce =
  (since: number, types: keyof typeof REDUCED, low = -4, high = 4): MakeSpec =>
  (random) => {
    const opset = pick(random, [7, 11, 13, 18, ...(types === "bytes" ? [20] : [])])
    const dims = shape(random, 0, 4, onceIn(random, 8) ? 40 : 4)
    const list0 = types === "bytes" && opset < 12 ? REDUCED.all : REDUCED[types]
    const type = onceIn(random, 2) ? "float32" : pick(random, list0)
    const isBool = opset === 20 && onceIn(random, 4)
    const x = isBool
      ? anyTensor(random, "bool", dims)
      : type === "float32"
        ? floatsIn(random, dims, low, high)
        : within(random, type, dims, type === "uint8" ? 0 : Math.ceil(low), high)
    const axes = someAxes(random, dims.length, 0).map((axis) =>
      opset < 11 ? axis : signed(random, axis, dims.length),
    )
    const keep = some(random, { keepdims: int(random() % 2) })
    // An empty attribute is none.
    // onnxruntime gives results without elements other shapes.
    const comparable = !dims.includes(0)
    if (opset < since) {
      const attributes = axes.length > 0 ? { ...keep, axes: ints(axes) } : keep
      return { opset, inputs: [x], attributes, comparable }
    }
    const given = axes.length > 0 || onceIn(random, 2) ? [list(axes)] : []
    return {
      opset,
      comparable,
      inputs: [x, ...given],
      attributes: { ...keep, ...some(random, { noop_with_empty_axes: int(random() % 2) }) },
    }
  }

/** onnxruntime takes exponentials of integers as integers. */
const exponential =
  (make: MakeSpec): MakeSpec =>
  (random) => {
    const spec = make(random)
    return spec.inputs[0]!.elementType === "float32" ? spec : { ...spec, comparable: false }
  }

const batchNormalization: MakeSpec = (random) => {
  const opset = pick(random, [7, 9, 14, 15])
  const dims = solid(random, 2, 5, 4)
  const one = [dims[1]]
  const spatial = opset < 9 ? some(random, { spatial: int(1) }) : {}
  return {
    opset,
    inputs: [
      tame(random, dims),
      tame(random, one),
      tame(random, one),
      tame(random, one),
      positive(random, one),
    ],
    attributes: {
      ...spatial,
      ...some(random, { epsilon: float(between(random, 1, 30) / 100), momentum: float(0.5) }),
    },
  }
}

const epsilon = (random: Random) => some(random, { epsilon: float(between(random, 1, 30) / 100) })

const instanceNormalization: MakeSpec = (random) => {
  const dims = solid(random, 3, 5, 4)
  const one = [dims[1]]
  return {
    opset: pick(random, [7, 22]),
    inputs: [tame(random, dims), tame(random, one), tame(random, one)],
    attributes: epsilon(random),
    absolute: 1e-4,
  }
}

const groupNormalization: MakeSpec = (random) => {
  const opset = pick(random, [18, 21])
  const groups = between(random, 1, 3)
  const channels = groups * between(random, 1, 3)
  const one = [opset < 21 ? groups : channels]
  return {
    opset,
    inputs: [
      tame(random, [between(random, 1, 2), channels, ...solid(random, 1, 3)]),
      tame(random, one),
      tame(random, one),
    ],
    attributes: { num_groups: int(groups), ...epsilon(random) },
    absolute: 1e-4,
  }
}

const layerNormalization: MakeSpec = (random) => {
  const dims = solid(random, 1, 4)
  const axis = random() % dims.length
  const tail = dims.slice(axis)
  const scale = onceIn(random, 6) ? partOf(random, tail) : tail
  const attributes = { ...some(random, { axis: int(signed(random, axis, dims.length)) }), ...epsilon(random) }
  const own = "axis" in attributes ? scale : [dims.at(-1)!]
  const bias = onceIn(random, 2) ? [tame(random, own)] : []
  return {
    opset: 17,
    outputs: between(random, 1, 3),
    inputs: [tame(random, dims), tame(random, own), ...bias],
    attributes,
    absolute: 1e-4,
  }
}

const rmsNormalization: MakeSpec = (random) => {
  const dims = solid(random, 1, 4)
  const axis = random() % dims.length
  const attributes = { ...some(random, { axis: int(signed(random, axis, dims.length)) }), ...epsilon(random) }
  const own = "axis" in attributes ? dims.slice(axis) : [dims.at(-1)!]
  const scale = onceIn(random, 5) ? partOf(random, own) : own
  return { opset: 23, inputs: [tame(random, dims), tame(random, scale)], attributes }
}

const lrn: MakeSpec = (random) => ({
  opset: pick(random, [7, 13]),
  // onnxruntime has no even sizes, and no other shapes.
  inputs: [tame(random, solid(random, 4, 4))],
  attributes: {
    size: int(pick(random, [1, 3, 5, 7])),
    ...some(random, { alpha: float(0.02), beta: float(pick(random, [0.5, 0.75, 1, 0.6])), bias: float(2) }),
  },
})

const meanVarianceNormalization: MakeSpec = (random) => {
  const dims = solid(random, 4, 4)
  const axes = someAxes(random, 4)
  return {
    opset: pick(random, [9, 13]),
    inputs: [tame(random, dims)],
    attributes: some(random, { axes: ints(axes) }),
    absolute: 1e-4,
    // onnxruntime adds nothing to the deviation, and divides zero by zero.
    comparable: false,
  }
}

const lpNormalization: MakeSpec = (random) => {
  const dims = solid(random, 1, 4)
  return {
    opset: pick(random, [7, 22]),
    inputs: [tame(random, dims)],
    attributes: some(random, {
      axis: int(signed(random, random() % dims.length, dims.length)),
      p: int(between(random, 1, 2)),
    }),
  }
}

const eight = (random: Random) => pick(random, ["int8", "uint8"] as const)

const matMulInteger: MakeSpec = (random) => {
  const [a, b] = factors(random)
  const [typeA, typeB] = [eight(random), eight(random)]
  const zeroA = onceIn(random, 3) ? undefined : anyTensor(random, typeA, [])
  const columns = b.length > 1 && onceIn(random, 3) ? [b.at(-1)!] : []
  const zeroB = onceIn(random, 3) ? undefined : anyTensor(random, typeB, columns)
  return { opset: 10, inputs: [anyTensor(random, typeA, a), anyTensor(random, typeB, b), zeroA, zeroB] }
}

/** Scales whose products round alike in either order. */
const scale = (random: Random, dims: readonly number[] = []) =>
  tensor(
    "float32",
    dims,
    listOf(product(dims), () => 2 ** -between(random, 2, 6)),
  )

const qLinearMatMul: MakeSpec = (random) => {
  const [a, b] = factors(random, solid)
  const [typeA, typeB] = pick(random, [
    ["uint8", "uint8"],
    ["uint8", "int8"],
    ["int8", "int8"],
  ] as const)
  const columns = b.length === 2 && onceIn(random, 3) ? [b[1]] : []
  return {
    opset: pick(random, [10, 21]),
    inputs: [
      anyTensor(random, typeA, a),
      scale(random),
      anyTensor(random, typeA, []),
      anyTensor(random, typeB, b),
      scale(random, columns),
      anyTensor(random, typeB, columns),
      scale(random),
      anyTensor(random, typeA, []),
    ],
  }
}

const convInteger: MakeSpec = (random) => {
  const { x, w, attributes } = convolution(random)
  const typeW = eight(random)
  const inputs = [anyTensor(random, "uint8", x), anyTensor(random, typeW, w)]
  const zeros = [
    onceIn(random, 3) ? undefined : anyTensor(random, "uint8", []),
    onceIn(random, 3) ? undefined : anyTensor(random, typeW, []),
  ]
  return { opset: 10, inputs: [...inputs, ...zeros], attributes }
}

const qLinearConv: MakeSpec = (random) => {
  const { x, w, outer, attributes } = convolution(random)
  const [typeX, typeW] = pick(random, [
    ["uint8", "uint8"],
    ["uint8", "int8"],
    ["int8", "int8"],
  ] as const)
  const each = onceIn(random, 2) ? [outer] : []
  const zeroW =
    each.length === 0 || typeW === "uint8"
      ? anyTensor(random, typeW, [])
      : tensor(typeW, each, new Array<number>(outer).fill(0))
  return {
    opset: 10,
    inputs: [
      anyTensor(random, typeX, x),
      scale(random),
      anyTensor(random, typeX, []),
      anyTensor(random, typeW, w),
      scale(random, each),
      zeroW,
      scale(random),
      anyTensor(random, typeX, []),
      ...(onceIn(random, 2) ? [within(random, "int32", [outer], -3000, 3000)] : []),
    ],
    attributes,
  }
}

/** Layers of networks: products, convolutions, pooling, normalisation and reductions. */
export const NETWORK_MAKERS: Makers = {
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Conv: conv,
  ConvInteger: convInteger,
  ConvTranspose: convTranspose,
  Gemm: gemm,
  GlobalAveragePool: globalPool(),
  GlobalLpPool: globalPool((random) => some(random, { p: int(between(random, 1, 3)) })),
  GlobalMaxPool: globalPool(),
  GroupNormalization: groupNormalization,
  Hardmax: hardmax,
  InstanceNormalization: instanceNormalization,
  LRN: lrn,
  LayerNormalization: layerNormalization,
  LogSoftmax: softmax,
  LpNormalization: lpNormalization,
  LpPool: lpPool,
  MatMul: matMul,
  MatMulInteger: matMulInteger,
  MaxPool: maxPool,
  MeanVarianceNormalization: meanVarianceNormalization,
  QLinearConv: qLinearConv,
  QLinearMatMul: qLinearMatMul,
  RMSNormalization: rmsNormalization,
  ReduceL1: reduce(18, "all"),
  ReduceL2: reduce(18, "all"),
  ReduceLogSum: reduce(18, "all", 0.25),
  ReduceLogSumExp: exponential(reduce(18, "all")),
  ReduceMax: reduce(18, "bytes"),
  ReduceMean: reduce(18, "all"),
  ReduceMin: reduce(18, "bytes"),
  ReduceProd: reduce(18, "all", -1, 2),
  ReduceSum: reduce(13, "all"),
  ReduceSumSquare: reduce(18, "all"),
  Softmax: softmax,
}
