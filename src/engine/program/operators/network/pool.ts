import { Body, Op, widthOf } from "../../../../protocol/program.ts"
import { CHUNK_BYTES } from "../../../../protocol/tensor-tree.ts"
import type { Builder } from "../../builder.ts"
import type { NodeContext } from "../../node.ts"
import { REACH } from "../../reduction-blocks.ts"
import type { FoldOp } from "../../reductions.ts"
import type { LoopAccess, Value } from "../../value.ts"
import { type Digit, type Layout } from "../../view.ts"
import { type WindowAxis, windowAxes, windowCounts, windowGuard } from "./window.ts"

/** A window of a single position. */
const POINT = { kernel: 1, stride: 1, dilation: 1, pad: 0, padEnd: 0 } as const

/** The window of a pooling node over an input of shape [batch, channels, positions...]. */
export function poolAxes(node: NodeContext, x: Value): WindowAxis[] {
  const spatial = x.shape.slice(2)
  const kernel = node.ints("kernel_shape")
  if (kernel?.length !== spatial.length || spatial.length < 1 || kernel.some((size) => size < 1)) {
    return node.fail(`kernel_shape [${kernel}] does not fit an input of shape [${x.shape}]`)
  }
  return windowAxes(node, spatial, kernel)
}

/** Refuses windows that hold nothing but padding: ONNX gives them no value. */
export function requireContent(node: NodeContext, axes: readonly WindowAxis[]): void {
  const empty = axes.findIndex((axis) => windowCounts(axis, false).includes(0))
  if (empty >= 0) node.fail(`a window lies in the padding on axis ${empty}`)
}

/** Folds the elements of every window of every channel into one; padding takes no part. */
export function pool(builder: Builder, x: Value, axes: readonly WindowAxis[], mode: FoldOp): Value {
  return windows(builder, x, axes, mode, Body.Fold)
}

/** The sum of the squares in every window of every channel. */
export function poolSquares(builder: Builder, x: Value, axes: readonly WindowAxis[]): Value {
  return windows(builder, x, axes, Op.Add, Body.Dot)
}

function windows(
  builder: Builder,
  x: Value,
  axes: readonly WindowAxis[],
  mode: FoldOp,
  body: typeof Body.Fold | typeof Body.Dot,
): Value {
  const shape = [...x.shape.slice(0, 2), ...axes.map((axis) => axis.output)]
  if (shape.includes(0)) return builder.fill(x.type, shape, 0n)
  const { source, layout } = builder.stored(singleDigits(builder, x))
  const strides = layout.axes.slice(2).map((digits) => digits[0]?.stride ?? 0)
  const wide = axes.filter((axis) => axis.kernel > 1)
  if (wide.length > 1 && chunks(axes, strides, widthOf(x.type)) > REACH.chunks) {
    // A window over too many chunks for one element: the last axis by itself, then what is left of it.
    const last = wide.at(-1)
    const row = axes.map((axis) => (axis === last ? axis : { ...axis, ...POINT, output: axis.input }))
    const rest = axes.map((axis) => (axis === last ? { ...axis, ...POINT, input: axis.output } : axis))
    return windows(builder, windows(builder, x, row, mode, body), rest, mode, Body.Fold)
  }
  const { domain, places } = windowDomain(layout, axes, strides)
  const loops = domain.length + axes.length
  const access: LoopAccess = {
    source,
    base: layout.base - axes.reduce((sum, axis, i) => sum + axis.pad * strides[i], 0),
    strides: [...domain.map((loop) => loop.stride), ...axes.map((axis, i) => axis.dilation * strides[i])],
    guards: axes.flatMap((axis, i) => windowGuard(axis, places[2 + i][0], domain.length + i, loops)),
    lookups: [],
  }
  return builder.reduce(x.type, shape, {
    body,
    mode: body === Body.Fold ? mode : 0,
    domain: domain.map((loop) => loop.size),
    reduction: axes.map((axis) => axis.kernel),
    axes: places,
    operands: body === Body.Fold ? [access] : [access, access],
  })
}

/** The loops of the result in the order in which the input lies, and those that each of its axes consists of. */
function windowDomain(
  layout: Layout,
  axes: readonly WindowAxis[],
  strides: readonly number[],
): { domain: Digit[]; places: number[][] } {
  const outputs = axes.map((axis, i) => [
    { size: axis.output, stride: axis.stride * strides[i], rank: strides[i] },
  ])
  const lists = [
    ...layout.axes.slice(0, 2).map((digits) => digits.map((one) => ({ ...one, rank: one.stride }))),
    ...outputs,
  ]
  const domain = lists.flat().sort((a, b) => Math.abs(b.rank) - Math.abs(a.rank))
  return { domain, places: lists.map((list) => list.map((loop) => domain.indexOf(loop))) }
}

/** The value with every position axis as one loop. */
function singleDigits(builder: Builder, x: Value): Value {
  const { layout } = builder.stored(x)
  return layout.axes.slice(2).every((digits) => digits.length <= 1)
    ? x
    : builder.arranged(x, [...x.shape.keys()])
}

/** About how many chunks one window lies in. */
function chunks(axes: readonly WindowAxis[], strides: readonly number[], width: number): number {
  return axes.reduce((all, { kernel, dilation }, i) => {
    const step = Math.min(dilation * Math.abs(strides[i]) * width, CHUNK_BYTES)
    return all * Math.ceil(((kernel - 1) * step) / CHUNK_BYTES + 1)
  }, 1)
}
