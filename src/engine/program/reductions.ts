import { Body, ElementType, Op, widthOf } from "../../protocol/program.ts"
import type { Builder } from "./builder.ts"
import { blocksOf } from "./reduction-blocks.ts"
import type { LoopAccess, LoopCore, Value } from "./value.ts"
import { type Digit, normalised } from "./view.ts"

/** The operations that a Fold repeats. */
export type FoldOp = typeof Op.Add | typeof Op.Mul | typeof Op.Min | typeof Op.Max

/** A loop over some axis of a value. */
interface AxisLoop {
  readonly axis: number
  readonly digit: Digit
}

/**
 * The loops over `axes` in the order in which the elements lie in storage (falling stride; equal strides stay in
 * the order of the axes): neighbours in the order of evaluation are neighbours in the chunks of a proof.
 */
function loopsOver(digits: readonly (readonly Digit[])[], axes: readonly number[]): AxisLoop[] {
  const loops = axes.flatMap((axis) => digits[axis].map((digit) => ({ axis, digit })))
  return loops.sort((a, b) => Math.abs(b.digit.stride) - Math.abs(a.digit.stride))
}

/**
 * What a reduction over some axes of one value runs through: the other axes are its domain, in storage order,
 * followed by loops of the sizes `extra`, over which it stands still.
 */
export function reductionLoops(
  builder: Builder,
  value: Value,
  axes: readonly number[],
  extra: readonly number[] = [],
): Pick<LoopCore, "domain" | "reduction"> & { access: LoopAccess; kept: number[][] } {
  const { source, layout } = builder.stored(value)
  const keptAxes = value.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  const outer = loopsOver(layout.axes, keptAxes)
  const inner = loopsOver(layout.axes, axes)
  const stride = ({ digit }: AxisLoop) => digit.stride
  const strides = [...outer.map(stride), ...extra.map(() => 0), ...inner.map(stride)]
  const place = (digit: Digit) => outer.findIndex((loop) => loop.digit === digit)
  return {
    domain: [...outer.map(({ digit }) => digit.size), ...extra],
    reduction: inner.map(({ digit }) => digit.size),
    access: { source, base: layout.base, strides, guards: [], lookups: [] },
    kept: keptAxes.map((axis) => layout.axes[axis].map(place)),
  }
}

/** Folds the axes of a value into one element each; they stay as axes of size 1 if `keep`. */
export function fold(
  builder: Builder,
  value: Value,
  axes: readonly number[],
  mode: FoldOp,
  keep: boolean,
): Value {
  const shape = reducedShape(value, axes, keep)
  if (axes.some((axis) => value.shape[axis] === 0)) {
    return builder.fill(value.type, shape, startOf(mode, value.type))
  }
  return folded(builder, value, resultAxes(value, axes, keep), mode)
}

/** The sum of squares over axes of a value of type Float32, Int32 or Int64. */
export function sumOfSquares(builder: Builder, value: Value, axes: readonly number[], keep: boolean): Value {
  const shape = reducedShape(value, axes, keep)
  if (axes.some((axis) => value.shape[axis] === 0)) return builder.fill(value.type, shape, 0n)
  const dot = (access: LoopAccess) => ({ body: Body.Dot, mode: 0, operands: [access, access] })
  return reduced(builder, value, resultAxes(value, axes, keep), Op.Add, 2, dot)
}

const folded = (builder: Builder, value: Value, result: ResultAxes, mode: FoldOp): Value =>
  reduced(builder, value, result, mode, 1, (access) => ({ body: Body.Fold, mode, operands: [access] }))

/** The axis of the value that each axis of the result is; `undefined` for one of size 1. All others are reduced. */
type ResultAxes = readonly (number | undefined)[]

const resultAxes = ({ shape }: Value, axes: readonly number[], keep: boolean): ResultAxes =>
  shape.flatMap((_, axis) => (axes.includes(axis) ? (keep ? [undefined] : []) : [axis]))

const reducedShape = ({ shape }: Value, axes: readonly number[], keep: boolean): number[] =>
  shape.flatMap((size, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [size]))

/**
 * Reduces axes of a value. What is too long for one element is cut into blocks, which are folded into one another
 * by `mode`.
 */
function reduced(
  builder: Builder,
  value: Value,
  result: ResultAxes,
  mode: FoldOp,
  operands: number,
  make: (access: LoopAccess) => Pick<LoopCore, "body" | "mode" | "operands">,
): Value {
  const { source, layout } = builder.stored(value)
  const keptAxes = [...value.shape.keys()].filter((axis) => result.includes(axis))
  const axes = [...value.shape.keys()].filter((axis) => !result.includes(axis))
  const inner = normalised(loopsOver(layout.axes, axes).map((loop) => loop.digit))
  const cuts = blocksOf(inner, widthOf(value.type), operands)
  const blocks = cuts.filter((one) => one.blocks > 1)
  // The domain in storage order: digits of the axes that stay, and blocks.
  const outer = [
    ...loopsOver(layout.axes, keptAxes).map((loop) => loop.digit),
    ...blocks.map((one) => one.outer),
  ].sort((a, b) => Math.abs(b.stride) - Math.abs(a.stride))
  const loops = [...outer, ...cuts.map((one) => one.inner)]
  const access: LoopAccess = {
    source,
    base: layout.base,
    strides: loops.map((digit) => digit.stride),
    guards: cuts.flatMap(({ outer, inner, size }) => {
      if (outer.size * inner.size === size) return []
      const coefficients = loops.map((digit) => (digit === inner ? 1 : digit === outer ? inner.size : 0))
      return [{ coefficients, offset: 0, size }]
    }),
    lookups: [],
  }
  const place = (digit: Digit) => outer.indexOf(digit)
  const placeAxis = (axis: number | undefined) => (axis === undefined ? [] : layout.axes[axis].map(place))
  const step = (shape: readonly number[], axes: readonly (readonly number[])[]) =>
    builder.reduce(value.type, shape, {
      ...make(access),
      domain: outer.map((digit) => digit.size),
      reduction: cuts.map((one) => one.inner.size),
      axes,
    })
  const sizes = (list: ResultAxes) => list.map((axis) => (axis === undefined ? 1 : value.shape[axis]))
  if (blocks.length === 0) return step(sizes(result), result.map(placeAxis))
  // One result per block first: the axes that stay, and one axis for each cut.
  const partial = step(
    [...sizes(keptAxes), ...blocks.map((one) => one.blocks)],
    [...keptAxes.map(placeAxis), ...blocks.map((one) => [place(one.outer)])],
  )
  const rest = result.map((axis) => (axis === undefined ? axis : keptAxes.indexOf(axis)))
  return folded(builder, partial, rest, mode)
}

/** What a fold over nothing is, as the bytes of an element. */
function startOf(op: FoldOp, type: ElementType): bigint {
  const isFloat = type === ElementType.Float32
  if (op === Op.Add) return 0n
  if (op === Op.Mul) return isFloat ? 0x3f800000n : 1n
  if (isFloat) return op === Op.Max ? 0xff800000n : 0x7f800000n
  if (type === ElementType.Bool) return op === Op.Max ? 0n : 1n
  const bits = BigInt(8 * widthOf(type))
  const lowest = type === ElementType.Uint8 ? 0n : 1n << (bits - 1n)
  return op === Op.Max ? lowest : lowest ^ ((1n << bits) - 1n)
}
