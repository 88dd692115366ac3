import type { Builder } from "./builder.ts"
import { requirePositions } from "./limits.ts"
import type { Value } from "./value.ts"
import { type Digit, denseLayout, normalised, product, reshaped } from "./view.ts"

/*
 * Operators that move no data: the same elements in another layout. Only a reshape that no strides can express
 * copies, into row-major order.
 */

/** The axes in another order: axis i of the result is axis `order[i]` of the value. */
export function transpose(builder: Builder, value: Value, order: readonly number[]): Value {
  const { layout } = builder.stored(value)
  const axes = order.map((axis) => layout.axes[axis])
  return builder.view(
    value,
    { base: layout.base, axes },
    order.map((axis) => value.shape[axis]),
  )
}

/** The same elements in row-major order of another shape with as many. */
export function reshape(builder: Builder, value: Value, shape: readonly number[]): Value {
  if (String(shape) === String(value.shape)) return value
  if (product(shape) === 0) return builder.view(value, { base: 0, axes: shape.map(() => []) }, shape)
  const layout = reshaped(builder.stored(value).layout, shape)
  if (layout) return builder.view(value, layout, shape)
  const dense = builder.arranged(value, [...value.shape.keys()])
  return builder.view(dense, denseLayout(shape), shape)
}

/** Axes of size 1 before the axes that the value has: as many as make the rank `rank`. */
export function withRank(builder: Builder, value: Value, rank: number): Value {
  const missing = rank - value.shape.length
  return missing > 0
    ? reshape(builder, value, [...new Array<number>(missing).fill(1), ...value.shape])
    : value
}

/** The value repeated along axes of size 1, and along new axes in front: no element is stored twice. */
export function expand(builder: Builder, value: Value, shape: readonly number[]): Value {
  return builder.view(value, builder.reader(value, shape).layout, shape)
}

/** `size` elements of one axis from `start` on, `step` (of either sign) apart. */
export function slice(
  builder: Builder,
  value: Value,
  axis: number,
  start: number,
  step: number,
  size: number,
): Value {
  const shape = value.shape.map((one, i) => (i === axis ? size : one))
  if (product(shape) === 0) return builder.view(value, { base: 0, axes: shape.map(() => []) }, shape)
  const { layout } = builder.stored(value)
  const cut = progression(layout.axes[axis], start, step, size)
  if (!cut) return slice(builder, builder.arranged(value, [...shape.keys()]), axis, start, step, size)
  const axes = layout.axes.map((one, i) => (i === axis ? cut.digits : one))
  return builder.view(value, { base: layout.base + cut.offset, axes }, shape)
}

/** Every `step`th element of an axis as digits of its own; `undefined` if no strides can express it. */
function progression(
  digits: readonly Digit[],
  start: number,
  step: number,
  size: number,
): { digits: Digit[]; offset: number } | undefined {
  if (digits.length <= 1) {
    const stride = digits[0]?.stride ?? 0
    return { digits: normalised([{ size, stride: stride * step }]), offset: start * stride }
  }
  const offsets = Array.from({ length: requirePositions(size) }, (_, i) => offsetOf(digits, start + i * step))
  const cut = digitsOf(offsets)
  return cut && { digits: cut, offset: offsets[0] }
}

/** How far the element at `index` of an axis lies behind its first one. */
export function offsetOf(digits: readonly Digit[], index: number): number {
  let offset = 0
  for (let i = digits.length - 1; i >= 0; i--) {
    offset += (index % digits[i].size) * digits[i].stride
    index = Math.floor(index / digits[i].size)
  }
  return offset
}

/** The digits of an axis whose elements lie at the given offsets; `undefined` if there are none. */
export function digitsOf(offsets: readonly number[]): Digit[] | undefined {
  const digits: Digit[] = []
  for (let rest = offsets; rest.length > 1;) {
    const stride = rest[1] - rest[0]
    let size = 2
    while (size < rest.length && rest[size] - rest[size - 1] === stride) size++
    const repeats = rest.every((offset, i) => offset - rest[i - (i % size)] === (i % size) * stride)
    if (rest.length % size !== 0 || !repeats) return undefined
    rest = rest.filter((_, i) => i % size === 0)
    digits.unshift({ size, stride })
  }
  return digits
}
