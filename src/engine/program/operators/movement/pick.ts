import type { Builder } from "../../builder.ts"
import { requirePositions } from "../../limits.ts"
import { digitsOf, expand, offsetOf } from "../../shapes.ts"
import type { AxisLookup, Value } from "../../value.ts"
import { coordinateOf, emit, indicesAlong, still } from "./readers.ts"

/** Stands for an element that lies on padding. */
export const NONE = -1

/** For every element of some axes of a result which element of the same axis of a value it is, or {@link NONE}. */
export type Picks = ReadonlyMap<number, readonly number[]>

/**
 * Elements of a value by their place on each axis. No data moves where strides can say which ones; other axes look
 * their positions up in a constant, all in one step.
 *
 * @param otherwise The element where an axis picks none; zero if it is left out.
 */
export function pick(builder: Builder, value: Value, picks: Picks, otherwise?: Value): Value {
  const shape = value.shape.map((size, axis) => picks.get(axis)?.length ?? size)
  if (shape.includes(0)) return builder.fill(value.type, shape, 0n)
  if ([...picks.values()].some((indices) => indices.every((index) => index === NONE))) {
    return otherwise ? expand(builder, otherwise, shape) : builder.fill(value.type, shape, 0n)
  }
  const { source, layout } = builder.stored(value)
  const axes = [...layout.axes]
  const lookups: AxisLookup[] = []
  let { base } = layout
  for (const [axis, indices] of picks) {
    const offsets = indices.map((index) => (index === NONE ? NONE : offsetOf(layout.axes[axis], index)))
    const isWhole = !indices.includes(NONE)
    const digits = isWhole ? digitsOf(offsets) : undefined
    axes[axis] = digits ?? still(indices.length)
    if (digits) base += offsets[0]
    else {
      const { least, steps, stride, size } = stepsOf(indices, offsets)
      const coordinate = coordinateOf(builder, indicesAlong(builder, steps, axis, shape.length), 0, shape)
      lookups.push({ coordinate, stride, size })
      base += least
    }
  }
  const picked = { base, axes }
  if (lookups.length === 0) return builder.view(value, picked, shape)
  const reader = { source, layout: picked, guards: [], lookups }
  return emit(builder, shape, otherwise ? [reader, builder.reader(otherwise, shape)] : [reader])
}

/** Offsets as whole steps from the least of them, {@link NONE} where no index is picked. */
function stepsOf(indices: readonly number[], offsets: readonly number[]) {
  const known = offsets.filter((_, i) => indices[i] !== NONE)
  const least = known.reduce((a, b) => Math.min(a, b))
  const common = known.reduce((so, offset) => divisor(so, offset - least), 0)
  const stride = Math.max(1, common)
  const steps = offsets.map((offset, i) => (indices[i] === NONE ? NONE : (offset - least) / stride))
  return { least, stride, steps, size: steps.reduce((a, b) => Math.max(a, b)) + 1 }
}

/** The greatest common divisor. */
function divisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b]
  return a
}

/** The whole numbers from 0 up to `size`. */
export const range = (size: number): number[] => Array.from({ length: requirePositions(size) }, (_, i) => i)
