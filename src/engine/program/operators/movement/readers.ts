import { Body, ElementType } from "../../../../protocol/program.ts"
import { bytesOf } from "../../../executor.ts"
import type { Builder } from "../../builder.ts"
import { reshape } from "../../shapes.ts"
import { type AxisGuard, type Reader, type Value, isStored } from "../../value.ts"
import { type Digit, aligned, normalised, sizeOf } from "../../view.ts"

/*
 * What moves elements is a read of candidates with guards and lookups. Such a reader cannot be cut again once it is
 * handed in: one whose axes have several digits is emitted at once, so that nothing that follows can ask for that.
 */

/** An axis along which a read stands still. */
export const still = (size: number): Digit[] => normalised([{ size, stride: 0 }])

/** The stride of an axis of at most one digit. */
export const strideOf = (digits: readonly Digit[]): number => digits[0]?.stride ?? 0

/** The value with at most one digit per axis: moved into row-major order if it has more. */
export function straight(builder: Builder, value: Value): Value {
  const { layout } = builder.stored(value)
  return layout.axes.every((digits) => digits.length <= 1)
    ? value
    : builder.arranged(value, [...value.shape.keys()])
}

/** Whole numbers as a constant that lies along one axis of a value of `rank` axes. */
export function indicesAlong(
  builder: Builder,
  indices: readonly number[],
  axis: number,
  rank: number,
): Value {
  const shape = Array.from({ length: rank }, (_, i) => (i === axis ? indices.length : 1))
  return builder.constant(ElementType.Int32, shape, bytesOf(Int32Array.from(indices)))
}

/** Coordinates by the axes `first`, `first + 1`, ... of a value, the same along its other axes. */
export function coordinateOf(
  builder: Builder,
  coordinates: Value,
  first: number,
  shape: readonly number[],
): Reader {
  const last = new Array<number>(shape.length - first - coordinates.shape.length).fill(1)
  return builder.reader(reshape(builder, coordinates, [...coordinates.shape, ...last]), shape)
}

/**
 * The candidates of a value: its own if it is a read that only this one reads, so that nothing is moved twice.
 */
export function candidatesOf(builder: Builder, value: Value): readonly Reader[] {
  const { state, uses, output } = value
  if (!isStored(state) && uses === 1 && output === undefined) {
    if (state.core.body === Body.Read && state.instructions.length === 0) return state.core.candidates
  }
  return [builder.reader(value)]
}

/**
 * The reader behind `start` other elements of an axis that has `total` with them; the other elements are padding.
 *
 * @param size How many elements of the axis the reader has.
 * @returns `undefined` if the axis has several digits and not all of these sizes are whole turns of the first one.
 */
export function shifted(
  reader: Reader,
  axis: number,
  start: number,
  size: number,
  total: number,
): Reader | undefined {
  const { source, layout, guards, lookups } = reader
  const [{ stride } = { stride: 0 }, ...lower] = layout.axes[axis]
  const turn = sizeOf(lower)
  if (start % turn !== 0 || total % turn !== 0) return undefined
  const digits = normalised([{ size: total / turn, stride }, ...lower])
  const moved = guards.map((one) => ({ ...one, offset: one.offset - start * one.coefficients[axis] }))
  const coordinates = lookups.map((one) => shifted(one.coordinate, axis, start, size, total))
  if (coordinates.includes(undefined)) return undefined
  return {
    source,
    layout: { base: layout.base - (start / turn) * stride, axes: layout.axes.with(axis, digits) },
    guards: start === 0 && size === total ? moved : [...moved, within(axis, layout.axes.length, start, size)],
    lookups: lookups.map((one, i) => ({ ...one, coordinate: coordinates[i]! })),
  }
}

/** Holds for `size` elements of an axis, from `start` on. */
export function within(axis: number, rank: number, start: number, size: number): AxisGuard {
  const coefficients = Array.from({ length: rank }, (_, i) => (i === axis ? 1 : 0))
  return { coefficients, offset: -start, size }
}

/**
 * Reads candidates that are made of values.
 *
 * @param make Gives the readers by the axes of `shape`; `undefined` where it needs an axis of one digit and finds
 * several, which cannot happen once all values are {@link straight}.
 */
export function read(
  builder: Builder,
  shape: readonly number[],
  values: readonly Value[],
  make: (values: readonly Value[]) => readonly Reader[] | undefined,
): Value {
  if (shape.includes(0)) return builder.fill(values[0].type, shape, 0n)
  const first = make(values)
  if (first && fit(first, shape)) return emit(builder, shape, first)
  return emit(builder, shape, make(values.map((value) => straight(builder, value)))!)
}

/** A value of the first candidate that is not on padding. The candidates must fit each other. */
export function emit(builder: Builder, shape: readonly number[], candidates: readonly Reader[]): Value {
  const result = builder.read(candidates[0].source.type, shape, candidates)
  const isFixed = ({ guards, lookups, layout }: Reader) =>
    guards.length + lookups.length > 0 && layout.axes.some((digits) => digits.length > 1)
  if (candidates.some(isFixed)) builder.stored(result)
  return result
}

/** True when the readers can be cut into common loops. */
function fit(readers: readonly Reader[], shape: readonly number[]): boolean {
  const all = [...readers, ...readers.flatMap(({ lookups }) => lookups.map((one) => one.coordinate))]
  return shape.every((_, axis) => aligned(all.map(({ layout }) => layout.axes[axis])) !== undefined)
}

/** An axis with more elements than this is moved to the end of storage before every element reads all of it. */
const NEAR = 32

/** The value with an axis of one digit, whose elements lie side by side if they are many. */
export function near(builder: Builder, value: Value, axis: number): Value {
  const digits = builder.stored(value).layout.axes[axis]
  const isNear = value.shape[axis] <= NEAR || Math.abs(strideOf(digits)) <= 1
  if (digits.length <= 1 && isNear) return value
  return builder.arranged(value, [...[...value.shape.keys()].filter((one) => one !== axis), axis])
}
