import type { OnnxGraph, OnnxNode, OnnxTensor } from "../../../src/engine/onnx/graph.ts"
import type { Random } from "../../referee/float32-cases.ts"
import { type Attributes, constant, graphOf, node, sizeOf } from "./graphs.ts"
import { type Words, between, onceIn, pick } from "./words.ts"

/** Makes a random graph around one operator; constants are drawn from `words`. */
export type MakeGraph = (random: Random, words: Words) => OnnxGraph

const drawn = (name: string, dims: readonly number[], words: Words): OnnxTensor =>
  constant(name, dims, Uint32Array.from({ length: sizeOf(dims) }, words))

const listOf = (length: number, item: () => number): number[] => Array.from({ length }, item)

/** Spatial sizes for 1 to 3 axes: few hundred positions at most. */
function spatialSizes(random: Random): number[] {
  const rank = pick(random, [1, 2, 2, 3])
  return listOf(rank, () => between(random, [0, 12, 4, 2][rank], [0, 60, 9, 5][rank]))
}

/** Window attributes that fit the sizes: strides, dilations, pads on every side or by a rule. */
function windowFor(random: Random, sizes: readonly number[], padLimit: (kernel: number) => number) {
  const widest = sizes.length < 3 ? pick(random, [2, 3]) : 2
  const kernel = sizes.map((size) => between(random, 1, Math.min(widest, size)))
  const dilations = sizes.map((size, i) => (onceIn(random, 3) && (kernel[i] - 1) * 2 < size ? 2 : 1))
  const attributes: Record<string, Attributes[string]> = {
    strides: sizes.map(() => pick(random, [1, 1, 1, 2, 3])),
    dilations,
  }
  const rule = pick(random, ["none", "none", "VALID", "SAME_UPPER", "SAME_LOWER"])
  if (rule !== "none" && dilations.every((dilation) => dilation === 1)) attributes.auto_pad = rule
  else attributes.pads = [...kernel, ...kernel].map((size) => between(random, 0, padLimit(size)))
  return { kernel, attributes }
}

/** A convolution with a window of one position: a value that lies channels-last. */
function mixChannels(from: string, to: string, channels: number, rank: number, random: Random, words: Words) {
  const out = between(random, 1, 3)
  const weights = drawn(`${to}/w`, [out, channels, ...listOf(rank, () => 1)], words)
  return { node: node("Conv", [from, weights.name], to), weights, channels: out }
}

export const convGraph: MakeGraph = (random, words) => {
  const sizes = spatialSizes(random)
  const groups = pick(random, [1, 1, 2, 3])
  const [perGroup, outPerGroup] = [pick(random, [1, 1, 2, 3]), between(random, 1, 4)]
  const { kernel, attributes } = windowFor(random, sizes, () => 2)
  const constants = [drawn("w", [groups * outPerGroup, perGroup, ...kernel], words)]
  if (onceIn(random, 2)) constants.push(drawn("b", [groups * outPerGroup], words))
  const fused = onceIn(random, 2)
  const inputs = ["x", ...constants.map((tensor) => tensor.name)]
  return graphOf({
    inputs: { x: [between(random, 1, 2), groups * perGroup, ...sizes] },
    constants,
    nodes: [
      node("Conv", inputs, "y", { ...attributes, group: groups, kernel_shape: kernel }),
      ...(fused ? [node("Relu", ["y"], "z")] : []),
    ],
    outputs: [fused ? "z" : "y"],
  })
}

/** A convolution of a convolution: the input of the second one lies channels-last. */
export const stackedConvGraph: MakeGraph = (random, words) => {
  const sizes = spatialSizes(random)
  const channels = between(random, 1, 2)
  const inner = mixChannels("x", "i", channels, sizes.length, random, words)
  const { kernel, attributes } = windowFor(random, sizes, () => 2)
  const weights = drawn("w", [between(random, 1, 4), inner.channels, ...kernel], words)
  return graphOf({
    inputs: { x: [1, channels, ...sizes] },
    constants: [inner.weights, weights],
    nodes: [inner.node, node("Conv", ["i", "w"], "y", attributes)],
    outputs: ["y"],
  })
}

export const maxPoolGraph: MakeGraph = (random, words) => {
  const sizes = spatialSizes(random)
  const channels = between(random, 1, 4)
  const { kernel, attributes } = windowFor(random, sizes, (size) => size - 1)
  // onnxruntime refuses gaps between windows here: it makes the pads negative.
  const strides = attributes.strides as number[]
  if (attributes.auto_pad) attributes.strides = strides.map((stride, i) => Math.min(stride, kernel[i]))
  const inner = onceIn(random, 2) ? mixChannels("x", "i", channels, sizes.length, random, words) : undefined
  const fused = onceIn(random, 4)
  return graphOf({
    inputs: { x: [between(random, 1, 2), channels, ...sizes] },
    constants: inner ? [inner.weights] : [],
    nodes: [
      ...(inner ? [inner.node] : []),
      node("MaxPool", [inner ? "i" : "x"], "y", { ...attributes, kernel_shape: kernel }),
      ...(fused ? [node("Relu", ["y"], "z")] : []),
    ],
    outputs: [fused ? "z" : "y"],
  })
}

/** The nodes and constants of a Gemm from `from`, with everything optional drawn. */
function gemmParts(
  random: Random,
  words: Words,
  from: string,
  [rows, depth]: readonly [number, number],
  transA: boolean,
) {
  const columns = between(random, 4, 24)
  const transB = onceIn(random, 2)
  const constants = [drawn("B", transB ? [columns, depth] : [depth, columns], words)]
  const attributes: Record<string, number> = { transA: Number(transA), transB: Number(transB) }
  if (onceIn(random, 3)) attributes.alpha = Math.fround(between(random, -20, 20) / 7)
  if (onceIn(random, 3)) attributes.beta = Math.fround(between(random, -20, 20) / 7)
  const shapes = [[], [1], [columns], [1, columns], [rows, 1], [rows, columns]]
  if (onceIn(random, 2)) constants.push(drawn("C", pick(random, shapes), words))
  const nodes: OnnxNode[] = [node("Gemm", [from, ...constants.map((tensor) => tensor.name)], "y", attributes)]
  const fused = onceIn(random, 2)
  if (fused) nodes.push(node("Relu", ["y"], "z"))
  return { constants, nodes, outputs: [fused ? "z" : "y"] }
}

export const gemmGraph: MakeGraph = (random, words) => {
  const [rows, depth] = [between(random, 4, 20), between(random, 1, 10)]
  const transA = onceIn(random, 2)
  const parts = gemmParts(random, words, "x", [rows, depth], transA)
  return graphOf({ inputs: { x: transA ? [depth, rows] : [rows, depth] }, ...parts })
}

/** Flatten at any axis of a value that lies channels-last, then Gemm: K walks the storage, not the axes. */
export const flattenGemmGraph: MakeGraph = (random, words) => {
  const [batch, channels] = [between(random, 1, 6), between(random, 1, 3)]
  const sizes = [between(random, 1, 3), between(random, 1, 2)]
  const inner = mixChannels("x", "i", channels, 2, random, words)
  const shape = [batch, inner.channels, ...sizes]
  const axis = pick(random, [1, 1, 1, 2, 3])
  const flat = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))] as const
  const transA = onceIn(random, 4)
  const parts = gemmParts(random, words, "f", transA ? [flat[1], flat[0]] : flat, transA)
  return graphOf({
    inputs: { x: [batch, channels, ...sizes] },
    ...parts,
    constants: [inner.weights, ...parts.constants],
    nodes: [
      inner.node,
      node("Flatten", ["i"], "f", { axis: onceIn(random, 2) ? axis : axis - 4 }),
      ...parts.nodes,
    ],
  })
}

/** Relu by itself: on an input, or on a value that cannot be fused as it is returned, too. */
export const reluGraph: MakeGraph = (random, words) => {
  const sizes = spatialSizes(random)
  const channels = between(random, 1, 4)
  const inner = onceIn(random, 2) ? mixChannels("x", "i", channels, sizes.length, random, words) : undefined
  return graphOf({
    inputs: { x: [between(random, 1, 2), channels, ...sizes] },
    constants: inner ? [inner.weights] : [],
    nodes: [...(inner ? [inner.node] : []), node("Relu", [inner ? "i" : "x"], "y")],
    outputs: inner ? ["i", "y"] : ["y"],
  })
}

export const softmaxGraph: MakeGraph = (random, words) => {
  const opset = pick(random, [11, 12, 13, 17])
  const inner = onceIn(random, 3) ? mixChannels("x", "i", 2, 2, random, words) : undefined
  const rank = inner ? 4 : pick(random, [1, 2, 2, 2, 3, 3, 3])
  const axis = between(random, 0, rank - 1)
  // Many rows and short ones: they hold the maximum and the sum.
  const long = [1, 60, 150, 14, 7][rank]
  const isInner = (i: number): boolean => (opset < 13 ? i >= axis : i === axis)
  const shape = listOf(rank, () => 0).map((_, i) =>
    isInner(i) ? between(random, 1, 5) : between(random, long >> 1, long),
  )
  if (inner) shape[1] = 2
  return graphOf({
    inputs: { x: shape },
    constants: inner ? [inner.weights] : [],
    nodes: [
      ...(inner ? [inner.node] : []),
      node("Softmax", [inner ? "i" : "x"], "y", { axis: onceIn(random, 2) ? axis : axis - rank }),
    ],
    outputs: ["y"],
    opset,
  })
}

/** Values that are only moved: into the output tree, and into ONNX's order. */
export const copyGraph: MakeGraph = (random) => {
  const sizes = spatialSizes(random)
  return graphOf({
    inputs: { x: [between(random, 1, 3), between(random, 1, 4), ...sizes] },
    nodes: [node("Flatten", ["x"], "y", { axis: between(random, 0, sizes.length + 2) })],
    outputs: ["y"],
  })
}
