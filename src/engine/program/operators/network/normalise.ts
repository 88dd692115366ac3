import { Op } from "../../../../protocol/program.ts"
import type { Builder } from "../../builder.ts"
import { fold, sumOfSquares } from "../../reductions.ts"
import type { Emitter, Register } from "../../scalar/emitter.ts"
import type { Value } from "../../value.ts"
import { product } from "../../view.ts"

/** The mean over axes of a value, which stay as axes of size 1: the sum divided by the count. */
export function meanOver(builder: Builder, x: Value, axes: readonly number[]): Value {
  const count = product(axes.map((axis) => x.shape[axis]))
  return builder.map([fold(builder, x, axes, Op.Add, true)], (e, [sum]) => e.div(sum, e.float(count)))
}

/** The mean of the squares over axes of a value, which stay as axes of size 1. */
export function meanSquare(builder: Builder, x: Value, axes: readonly number[]): Value {
  const count = product(axes.map((axis) => x.shape[axis]))
  return builder.map([sumOfSquares(builder, x, axes, true)], (e, [sum]) => e.div(sum, e.float(count)))
}

/** 1 / sqrt(x + epsilon) of each element. */
export function inverseRoot(builder: Builder, x: Value, epsilon: number): Value {
  const root = (e: Emitter, [x]: Register[]) => e.div(e.float(1), e.sqrt(e.add(x, e.float(epsilon))))
  return builder.map([x], root)
}

/** The mean over axes, and the differences from it: stored, because they are read for the variance and after it. */
export function centred(
  builder: Builder,
  x: Value,
  axes: readonly number[],
): { mean: Value; difference: Value } {
  const mean = meanOver(builder, x, axes)
  builder.stored(mean)
  const difference = builder.map([x, mean], (e, [x, mean]) => e.sub(x, mean))
  builder.stored(difference)
  return { mean, difference }
}
