import type { Random } from "../../referee/float32-cases.ts"
import { between, onceIn, pick } from "../program/words.ts"
import { type Case, int, string, tensor } from "./elementwise-run.ts"
import {
  type Attributes,
  type MakeCase,
  bytes,
  floats,
  ints,
  numbers,
  only,
  optional,
  passed,
  positive,
  sizes,
} from "./network-random.ts"

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

/** A generator for every operator that slides a window. */
export const WINDOWS: Readonly<Record<string, MakeCase>> = {
  AveragePool: averagePoolCase,
  Conv: convCase,
  ConvInteger: convIntegerCase,
  ConvTranspose: convTransposeCase,
  GlobalAveragePool: globalCase("GlobalAveragePool"),
  GlobalLpPool: globalCase("GlobalLpPool"),
  GlobalMaxPool: globalCase("GlobalMaxPool"),
  LpPool: lpPoolCase,
  MaxPool: maxPoolCase,
  QLinearConv: qlinearConvCase,
}
