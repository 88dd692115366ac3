import {
  anyTensor,
  between,
  int,
  ints,
  listOf,
  onceIn,
  pick,
  solid,
  some,
  string,
  within,
  type Random,
  version,
} from "../draw.ts"
import type { Attributes, MakeSpec, Makers } from "../spec.ts"
import { tame } from "./common.ts"

interface Window {
  readonly input: number[]
  readonly kernel: number[]
  readonly attributes: Attributes
}

/** A window and an input that it fits into; `pooled` windows hold more than padding. */
export function window(random: Random, rank: number, pooled: boolean, dilated = true): Window {
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

export const spatial = (random: Random): number => pick(random, [1, 2, 2, 3])

export function convolution(random: Random) {
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
  return {
    opset: version(random, [7, 11, 22]),
    inputs: [tame(random, x), tame(random, w), ...bias],
    attributes,
  }
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
  const opset = version(random, [7, 11, 22])
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

const ceiled = (random: Random) => some(random, { ceil_mode: int(random() % 2) })

const maxPool: MakeSpec = (random) => {
  const opset = version(random, [7, 8, 10, 11, 12, 22])
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
  const opset = version(random, [7, 10, 11, 19, 22])
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
  const opset = version(random, [7, 11, 18, 22])
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
    opset: version(random, [7, 22]),
    inputs: [tame(random, solid(random, 3, 5))],
    attributes: attributes(random),
  })

/** Convolutions and pooling. */
export const WINDOW_MAKERS: Makers = {
  AveragePool: averagePool,
  Conv: conv,
  ConvTranspose: convTranspose,
  GlobalAveragePool: globalPool(),
  GlobalLpPool: globalPool((random) => some(random, { p: int(between(random, 1, 3)) })),
  GlobalMaxPool: globalPool(),
  LpPool: lpPool,
  MaxPool: maxPool,
}
