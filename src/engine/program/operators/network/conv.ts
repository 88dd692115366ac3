import { Body, ElementType } from "../../../../protocol/program.ts"
import type { Builder } from "../../builder.ts"
import type { NodeContext } from "../../node.ts"
import { reshape } from "../../shapes.ts"
import type { LoopAccess, LoopCore, Value } from "../../value.ts"
import { type WindowAxis, windowAxes, windowGuard } from "./window.ts"

/** Inputs with more channels per group than this are brought to channels-last order first. */
const FEW_CHANNELS = 4

/** Conv of float32 values. */
export function lowerConv(node: NodeContext): Value[] {
  const [x, w] = [node.requireType(0, ElementType.Float32), node.requireType(1, ElementType.Float32)]
  const result = convolve(node, x, w)
  const bias = node.optional(2)
  return [bias ? addBias(node, result, bias) : result]
}

/**
 * A dot product over the window, kernel positions outermost and channels innermost, so that the operands of one
 * element are a few contiguous ranges: activations channels-last, weights as [out channel, kernel..., in channel].
 *
 * @param zeros The zero points of operands of eight bits, each one number or one per output channel.
 */
export function convolve(node: NodeContext, x: Value, w: Value, zeros: readonly Value[] = []): Value {
  const { builder } = node
  const [batch, channels, ...spatial] = x.shape
  const [outChannels, groupChannels, ...kernel] = w.shape
  const groups = node.int("group", 1)
  if (spatial.length < 1 || kernel.length !== spatial.length || kernel.includes(0)) {
    node.fail(`weights of shape [${w.shape}] do not fit an input of shape [${x.shape}]`)
  }
  if (groups < 1 || groupChannels * groups !== channels || outChannels % groups !== 0) {
    node.fail(`${channels} channels and weights [${w.shape}] do not divide into ${groups} groups`)
  }
  const declared = node.ints("kernel_shape", kernel)
  if (String(declared) !== String(kernel)) node.fail(`kernel_shape [${declared}] is not [${kernel}]`)
  const axes = windowAxes(node, spatial, kernel)
  const type = x.type === ElementType.Float32 ? x.type : ElementType.Int32
  const shape = [batch, outChannels, ...axes.map((axis) => axis.output)]
  if ([...shape, groupChannels].includes(0)) return builder.fill(type, shape, 0n)

  // Loops: batch, output positions, group, channel within the group | kernel positions, input channel.
  const perGroup = outChannels / groups
  const domain = [batch, ...axes.map((axis) => axis.output), groups, perGroup]
  const reduction = [...kernel, groupChannels]
  const filter = filterAccess(builder, w, groups, axes.length)
  const [group, member] = [1 + axes.length, 2 + axes.length]
  const core: LoopCore = {
    body: Body.Dot,
    mode: 0,
    domain,
    reduction,
    axes: [[0], [group, member], ...axes.map((_, i) => [1 + i])],
    operands: [
      windowAccess(builder, x, axes, groups, domain.length + reduction.length),
      filter,
      ...zeros.map((zero) =>
        zeroAccess(node, zero, (stride) =>
          [...domain, ...reduction].map((_, loop) => {
            if (loop === group) return perGroup * stride
            return loop === member ? stride : 0
          }),
        ),
      ),
    ],
  }
  return builder.reduce(type, shape, core)
}

/** Reads the input: its loops are batch, output positions, group, 0 | kernel positions, channel of the group. */
function windowAccess(
  builder: Builder,
  x: Value,
  axes: readonly WindowAxis[],
  groups: number,
  loops: number,
): LoopAccess {
  const { source, layout } = builder.stored(channelsNear(builder, x, groups))
  const stride = layout.axes.map((digits) => digits[0]?.stride ?? 0)
  const [batchStride, channelStride, ...strides] = stride
  const domain = axes.length + 3
  return {
    source,
    base: layout.base - axes.reduce((sum, axis, i) => sum + axis.pad * strides[i], 0),
    strides: [
      batchStride,
      ...axes.map((axis, i) => axis.stride * strides[i]),
      (x.shape[1] / groups) * channelStride,
      0,
      ...axes.map((axis, i) => axis.dilation * strides[i]),
      channelStride,
    ],
    guards: axes.flatMap((axis, i) => windowGuard(axis, 1 + i, domain + i, loops)),
    lookups: [],
  }
}

/** The value with one digit per axis, and with the channels of one position next to each other if they are many. */
export function channelsNear(builder: Builder, x: Value, groups: number): Value {
  const { layout } = builder.stored(x)
  const near = x.shape[1] / groups <= FEW_CHANNELS || layout.axes[1][0]?.stride === 1
  if (near && layout.axes.every((digits) => digits.length <= 1)) return x
  const [batch, channel, ...positions] = x.shape.keys()
  return builder.arranged(x, [batch, ...positions, channel])
}

/** Reads the weights, packed to [out channel, kernel..., in channel]. */
function filterAccess(builder: Builder, w: Value, groups: number, rank: number): LoopAccess {
  const [out, channel, ...positions] = w.shape.keys()
  const packed = builder.arranged(w, [out, ...positions, channel])
  const { source, layout } = builder.stored(packed)
  const strides = layout.axes.map((digits) => digits[0]?.stride ?? 0)
  const still = new Array<number>(rank).fill(0)
  const perGroup = w.shape[0] / groups
  return {
    source,
    base: layout.base,
    strides: [0, ...still, perGroup * strides[0], strides[0], ...strides.slice(2), strides[1]],
    guards: [],
    lookups: [],
  }
}

/** Reads a zero point: the same one everywhere, or one per output channel. */
function zeroAccess(node: NodeContext, zero: Value, strides: (perChannel: number) => number[]): LoopAccess {
  const { source, layout } = node.builder.stored(zero)
  const own = layout.axes[0] ?? []
  if (own.length > 1) return zeroAccess(node, node.builder.arranged(zero, [0]), strides)
  return { source, base: layout.base, strides: strides(own[0]?.stride ?? 0), guards: [], lookups: [] }
}

/** Adds one value per channel. */
export function addBias(node: NodeContext, value: Value, bias: Value): Value {
  const channels = value.shape[1]
  if (bias.shape.length !== 1 || bias.shape[0] !== channels) {
    node.fail(`the bias has the shape [${bias.shape}] for ${channels} channels`)
  }
  const shape = [channels, ...value.shape.slice(2).map(() => 1)]
  return node.builder.map([value, reshape(node.builder, bias, shape)], (e, [a, b]) => e.add(a, b))
}
