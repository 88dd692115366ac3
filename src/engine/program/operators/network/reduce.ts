import { ElementType, Op } from "../../../../protocol/program.ts"
import type { Builder } from "../../builder.ts"
import type { Lowering } from "../../node.ts"
import { type FoldOp, fold, sumOfSquares } from "../../reductions.ts"
import { log } from "../../scalar/log.ts"
import type { Value } from "../../value.ts"
import { product } from "../../view.ts"

const { Float32, Int8, Uint8, Int32, Int64, Bool } = ElementType

const NUMBERS = [Float32, Int32, Int64] as const

/** How axes of a value are reduced; `keep` says whether they stay as axes of size 1. */
type Reduction = (builder: Builder, x: Value, axes: readonly number[], keep: boolean) => Value

/** ReduceSum, ReduceMax and the like. */
export const REDUCTIONS: Readonly<Record<string, Lowering>> = {
  ReduceSum: reduction(NUMBERS, folding(Op.Add), true),
  ReduceProd: reduction(NUMBERS, folding(Op.Mul), true),
  ReduceMax: reduction([...NUMBERS, Int8, Uint8, Bool], folding(Op.Max), true),
  ReduceMin: reduction([...NUMBERS, Int8, Uint8, Bool], folding(Op.Min), true),
  ReduceMean: reduction(NUMBERS, mean, true),
  ReduceSumSquare: reduction(NUMBERS, sumOfSquares),
  ReduceL1: reduction(NUMBERS, (builder, x, axes, keep) => {
    const magnitudes = builder.map([x], (e, [x]) => e.abs(x))
    return fold(builder, magnitudes, axes, Op.Add, keep)
  }),
  ReduceL2: reduction(NUMBERS, (builder, x, axes, keep) =>
    builder.map([sumOfSquares(builder, x, axes, keep)], (e, [sum]) =>
      e.cast(e.sqrt(e.cast(sum, Float32)), x.type),
    ),
  ),
  ReduceLogSum: reduction(NUMBERS, (builder, x, axes, keep) =>
    builder.map([fold(builder, x, axes, Op.Add, keep)], (e, [sum]) =>
      e.cast(log(e, e.cast(sum, Float32)), x.type),
    ),
  ),
  ReduceLogSumExp: reduction(NUMBERS, logSumExp),
}

function folding(op: FoldOp): Reduction {
  return (builder, x, axes, keep) => fold(builder, x, axes, op, keep)
}

/** The sum divided by the count; integers truncate. */
function mean(builder: Builder, x: Value, axes: readonly number[], keep: boolean): Value {
  const count = product(axes.map((axis) => x.shape[axis]))
  return builder.map([fold(builder, x, axes, Op.Add, keep)], (e, [sum]) =>
    e.div(sum, e.number(x.type, count)),
  )
}

/** log(sum(exp(x - m))) + m, where m is the maximum, or 0 if that is infinite. */
function logSumExp(builder: Builder, x: Value, axes: readonly number[], keep: boolean): Value {
  const floats = builder.map([x], (e, [x]) => e.cast(x, Float32))
  const max = builder.map([fold(builder, floats, axes, Op.Max, true)], (e, [max]) => {
    return e.select(e.isInf(max), e.float(0), max)
  })
  builder.stored(max)
  const exponentials = builder.map([floats, max], (e, [x, max]) => e.exp(e.sub(x, max)))
  const sum = fold(builder, exponentials, axes, Op.Add, keep)
  return builder.map([sum, keep ? max : without(builder, max, axes)], (e, [sum, max]) => {
    return e.cast(e.add(log(e, sum), max), x.type)
  })
}

/** The value without axes of size 1. */
function without(builder: Builder, value: Value, axes: readonly number[]): Value {
  const { layout } = builder.stored(value)
  const kept = [...value.shape.keys()].filter((axis) => !axes.includes(axis))
  return builder.view(
    value,
    { base: layout.base, axes: kept.map((axis) => layout.axes[axis]) },
    kept.map((axis) => value.shape[axis]),
  )
}

/**
 * Reads `axes`, an attribute before opset 18 (13 for ReduceSum) and an input since then, `keepdims` and
 * `noop_with_empty_axes`.
 *
 * @param selective Whether the reduction of a single element is that element.
 */
function reduction(types: readonly ElementType[], reduce: Reduction, selective = false): Lowering {
  return (node) => {
    const x = node.requireType(0, ...types)
    const given = node.optionalInts(1) ?? node.ints("axes") ?? []
    const all = [...x.shape.keys()]
    const none = given.length === 0 && node.int("noop_with_empty_axes", 0) !== 0
    if (none && selective) return [x]
    const axes = none ? [] : given.length === 0 ? all : node.axes(given, x.shape.length)
    return [reduce(node.builder, x, axes, node.int("keepdims", 1) !== 0)]
  }
}
