import { ElementType } from "../../../../protocol/program.ts"
import type { NodeContext } from "../../node.ts"
import { expand, reshape } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { inverseRoot, meanOver, meanSquare } from "./normalise.ts"

/** InstanceNormalization of float32 values: every channel of every sample is a group of its own. */
export function lowerInstanceNormalization(node: NodeContext): Value[] {
  const x = imageInput(node)
  return [normalised(node, x, x.shape[1], x.shape[1])]
}

/** GroupNormalization of float32 values; before opset 21 scale and bias are given for groups, not for channels. */
export function lowerGroupNormalization(node: NodeContext): Value[] {
  const x = imageInput(node)
  if (node.int("stash_type", 1) !== 1) node.fail("stash_type is not 1 (float32)")
  const groups = node.int("num_groups") ?? node.fail("num_groups is missing")
  if (groups < 1 || x.shape[1] % groups !== 0)
    node.fail(`${x.shape[1]} channels do not divide into ${groups} groups`)
  return [normalised(node, x, groups, node.opset < 21 ? groups : x.shape[1])]
}

function imageInput(node: NodeContext): Value {
  const x = node.requireType(0, ElementType.Float32)
  return x.shape.length > 1 ? x : node.fail(`the input has the shape [${x.shape}], without channels`)
}

/** (x - mean) / deviation * scale + bias, with the statistics of each group and `parts` scales and biases. */
function normalised(node: NodeContext, x: Value, groups: number, parts: number): Value {
  const { builder } = node
  const [batch, channels, ...positions] = x.shape
  const grouped = (value: Value) => reshape(builder, value, [batch, groups, channels / groups, ...positions])
  const axes = [2, ...positions.map((_, i) => 3 + i)]
  /** Numbers for [..., `count`, 1, ...] as numbers for the channels: each for as many as it stands for. */
  const byChannel = (value: Value, outer: readonly number[], count: number) => {
    const split = reshape(builder, value, [...outer, count, 1])
    const repeated = expand(builder, split, [...outer, count, channels / count])
    return reshape(builder, repeated, [...outer, channels, ...positions.map(() => 1)])
  }
  const affine = (index: number) => {
    const value = node.requireType(index, ElementType.Float32)
    if (String(value.shape) === String([parts])) return byChannel(value, [], parts)
    return node.fail(`input ${index} has the shape [${value.shape}], not [${parts}]`)
  }
  const [scale, bias] = [affine(1), affine(2)]
  const mean = byChannel(meanOver(builder, grouped(x), axes), [batch], groups)
  const difference = builder.map([x, mean], (e, [x, mean]) => e.sub(x, mean))
  builder.stored(difference)
  const inverse = inverseRoot(
    builder,
    meanSquare(builder, grouped(difference), axes),
    node.float("epsilon", 1e-5),
  )
  return builder.map(
    [difference, byChannel(inverse, [batch], groups), scale, bias],
    (e, [d, inverse, scale, bias]) => e.add(e.mul(e.mul(d, inverse), scale), bias),
  )
}
