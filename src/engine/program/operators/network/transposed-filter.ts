import type { Builder } from "../../builder.ts"
import { reshape } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { type Digit, normalised, product } from "../../view.ts"
import type { TransposedAxis } from "./window-transposed.ts"

/** Weights as [half, phase, ..., out channel, tap..., in channel of the group], row-major. */
export function packedFilter(
  builder: Builder,
  w: Value,
  groups: number,
  axes: readonly TransposedAxis[],
): Value {
  const padded = paddedFilter(builder, w, axes)
  const { layout } = builder.stored(padded)
  const [channel, member, ...positions] = layout.axes.map((digits) => digits[0]?.stride ?? 0)
  const groupChannels = w.shape[0] / groups
  const phases = axes.map((axis) => axis.stride / axis.halves)
  const digits: Digit[][] = [
    ...axes.flatMap((axis, i) => [
      [{ size: axis.halves, stride: -phases[i] * positions[i] }],
      [{ size: phases[i], stride: positions[i] }],
    ]),
    [
      { size: groups, stride: groupChannels * channel },
      { size: w.shape[1], stride: member },
    ],
    ...axes.map((axis, i) => [{ size: axis.taps, stride: axis.stride * positions[i] }]),
    [{ size: groupChannels, stride: channel }],
  ]
  const start = axes.map(
    (axis, i) => (axis.halves - 1) * phases[i] + leading(axis) * axis.spread - axis.front,
  )
  const base = start.reduce((sum, offset, i) => sum + offset * positions[i], layout.base)
  const shape = digits.map((list) => product(list.map((digit) => digit.size)))
  const view = builder.view(padded, { base, axes: digits.map(normalised) }, shape)
  return builder.arranged(view, [...shape.keys()])
}

/** Kernel positions of nothing in front: as many as cover `front`. */
const leading = (axis: TransposedAxis): number => Math.ceil(axis.front / axis.spread)

/** Weights with zeros in front of the kernel, between its positions, and behind it, as far as the taps go. */
function paddedFilter(builder: Builder, w: Value, axes: readonly TransposedAxis[]): Value {
  const { layout } = builder.stored(w)
  const single = layout.axes.every((digits) => digits.length <= 1)
  const straight = single ? w : builder.arranged(w, [...w.shape.keys()])
  const whole = axes.every((axis) => axis.spread === 1 && axis.taps * axis.stride === axis.kernel)
  if (whole) return straight
  // An axis of kernel positions, and one of the places from each to the next: only the first holds a weight.
  const sizes = axes.map((axis) => {
    return Math.ceil((leading(axis) * axis.spread - axis.front + axis.taps * axis.stride) / axis.spread)
  })
  const shape = [...w.shape.slice(0, 2), ...axes.flatMap((axis, i) => [sizes[i], axis.spread])]
  const along = (place: number) => shape.map((_, i) => Number(i === place))
  const reader = builder.reader(straight)
  const strides = reader.layout.axes.map((digits) => digits[0]?.stride ?? 0)
  const padded = builder.read(w.type, shape, [
    {
      ...reader,
      layout: {
        base: axes.reduce((sum, axis, i) => sum - leading(axis) * strides[2 + i], reader.layout.base),
        axes: [
          ...reader.layout.axes.slice(0, 2),
          ...axes.flatMap((axis, i) => [
            normalised([{ size: sizes[i], stride: strides[2 + i] }]),
            normalised([{ size: axis.spread, stride: 0 }]),
          ]),
        ],
      },
      guards: axes.flatMap((axis, i) => [
        { coefficients: along(2 + 2 * i), offset: -leading(axis), size: axis.kernel },
        { coefficients: along(3 + 2 * i), offset: 0, size: 1 },
      ]),
    },
  ])
  const dense = builder.arranged(padded, [...shape.keys()])
  return reshape(builder, dense, [...w.shape.slice(0, 2), ...axes.map((axis, i) => sizes[i] * axis.spread)])
}
