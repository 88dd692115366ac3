import { Body, ElementType } from "../../../../protocol/program.ts"
import type { Builder } from "../../builder.ts"
import type { NodeContext } from "../../node.ts"
import { slice } from "../../shapes.ts"
import type { LoopAccess, LoopCore, Value } from "../../value.ts"
import { rowMajor } from "../../view.ts"
import { addBias, channelsNear } from "./conv.ts"
import { packedFilter } from "./transposed-filter.ts"
import { type TransposedAxis, transposedAxes } from "./window-transposed.ts"

/**
 * ConvTranspose of float32 values. An output position takes part in every `stride`-th kernel position only, so the
 * positions of an axis are loops over those that do in the same way, `phases`, and the taps that they have in
 * common: an element is a dot product of neighbouring input positions with weights that lie next to each other.
 */
export function lowerConvTranspose(node: NodeContext): Value[] {
  const { builder } = node
  const [x, w] = [node.requireType(0, ElementType.Float32), node.requireType(1, ElementType.Float32)]
  const [batch, channels, ...spatial] = x.shape
  const [inChannels, perGroup, ...kernel] = w.shape
  const groups = node.int("group", 1)
  if (spatial.length < 1 || kernel.length !== spatial.length || kernel.includes(0)) {
    node.fail(`weights of shape [${w.shape}] do not fit an input of shape [${x.shape}]`)
  }
  if (groups < 1 || inChannels !== channels || channels % groups !== 0) {
    node.fail(`${channels} channels and weights [${w.shape}] do not divide into ${groups} groups`)
  }
  const declared = node.ints("kernel_shape", kernel)
  if (String(declared) !== String(kernel)) node.fail(`kernel_shape [${declared}] is not [${kernel}]`)
  const axes = transposedAxes(node, spatial, kernel)
  const whole = [batch, perGroup * groups, ...axes.map((axis) => axis.turns * axis.stride)]
  const bias = node.optional(2)
  const result = [...whole, channels].includes(0)
    ? builder.fill(x.type, whole, 0n)
    : builder.reduce(x.type, whole, coreOf(builder, x, w, groups, axes))
  const biased = bias ? addBias(node, result, bias) : result
  // Positions beyond the end complete the last turn.
  return [
    axes.reduce((value, { output }, i) => {
      return value.shape[2 + i] === output ? value : slice(builder, value, 2 + i, 0, 1, output)
    }, biased),
  ]
}

/** Loops: batch, then turns, halves and phases of every axis, group, channel within it | taps, input channel. */
function coreOf(
  builder: Builder,
  x: Value,
  w: Value,
  groups: number,
  axes: readonly TransposedAxis[],
): LoopCore {
  const perGroup = w.shape[1]
  const groupChannels = x.shape[1] / groups
  const positions = axes.flatMap((axis) => [axis.turns, axis.halves, axis.stride / axis.halves])
  const domain = [x.shape[0], ...positions, groups, perGroup]
  const reduction = [...axes.map((axis) => axis.taps), groupChannels]
  const { source, layout } = builder.stored(channelsNear(builder, x, groups))
  const [batchStride, channelStride, ...strides] = layout.axes.map((digits) => digits[0]?.stride ?? 0)
  const loops = domain.length + reduction.length
  const input: LoopAccess = {
    source,
    base: layout.base + axes.reduce((sum, axis, i) => sum + axis.first * strides[i], 0),
    strides: [
      batchStride,
      ...axes.flatMap((_, i) => [strides[i], strides[i], 0]),
      groupChannels * channelStride,
      0,
      ...axes.map((axis, i) => -axis.tapStep * strides[i]),
      channelStride,
    ],
    guards: axes.flatMap((axis, i) => {
      const least = axis.first - (axis.taps - 1) * axis.tapStep
      const greatest = axis.first + axis.turns - 1 + axis.halves - 1
      if (least >= 0 && greatest < axis.input) return []
      const coefficients = new Array<number>(loops).fill(0)
      coefficients[1 + 3 * i] = 1
      coefficients[2 + 3 * i] = 1
      coefficients[domain.length + i] = -axis.tapStep
      return [{ coefficients, offset: axis.first, size: axis.input }]
    }),
    lookups: [],
  }
  const filter = packedFilter(builder, w, groups, axes)
  const weights = builder.stored(filter)
  const own = rowMajor(filter.shape)
  const rank = axes.length
  return {
    body: Body.Dot,
    mode: 0,
    domain,
    reduction,
    axes: [
      [0],
      [domain.length - 2, domain.length - 1],
      ...axes.map((_, i) => [1 + 3 * i, 2 + 3 * i, 3 + 3 * i]),
    ],
    operands: [
      input,
      {
        source: weights.source,
        base: weights.layout.base,
        strides: [
          0,
          ...axes.flatMap((_, i) => [0, own[2 * i], own[2 * i + 1]]),
          perGroup * own[2 * rank],
          own[2 * rank],
          ...own.slice(2 * rank + 1),
        ],
        guards: [],
        lookups: [],
      },
    ],
  }
}
