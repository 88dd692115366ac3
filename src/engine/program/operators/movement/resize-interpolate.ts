import { Body, ElementType } from "../../../../protocol/program.ts"
import { bytesOf } from "../../../executor.ts"
import type { Builder } from "../../builder.ts"
import type { LoopAccess, Value } from "../../value.ts"
import { NONE, pick } from "./pick.ts"
import { straight, strideOf } from "./readers.ts"
import type { Taps } from "./resize-taps.ts"

/**
 * One axis of a value interpolated: a dot product of weights and the elements that a table names, by rising index.
 * Where every position is one element of weight 1, it only picks them. Positions without taps are zero.
 */
export function interpolate(builder: Builder, x: Value, axis: number, taps: readonly Taps[]): Value {
  if (taps.every((own) => own.length === 1 && own[0][1] === 1)) {
    return pick(builder, x, new Map([[axis, taps.map(([[index]]) => index)]]))
  }
  const { source, layout } = builder.stored(straight(builder, x))
  const strides = layout.axes.map(strideOf)
  const order = [...x.shape.keys()].sort((a, b) => Math.abs(strides[b]) - Math.abs(strides[a]))
  const shape = x.shape.map((size, i) => (i === axis ? taps.length : size))
  const count = taps.reduce((most, own) => Math.max(most, own.length), 0)
  const numbers = taps.flatMap((own) => Array.from({ length: count }, (_, i) => own[i] ?? [NONE, 0]))

  // Loops: the axes in the order in which they lie | taps.
  const table = (constant: Value): LoopAccess => ({
    source: builder.stored(constant).source,
    base: 0,
    strides: [...order.map((one) => (one === axis ? count : 0)), 1],
    guards: [],
    lookups: [],
  })
  const sizes = [taps.length, count]
  const weights = Float32Array.from(numbers, ([, weight]) => weight)
  const indices = Int32Array.from(numbers, ([index]) => index)
  return builder.reduce(ElementType.Float32, shape, {
    body: Body.Dot,
    mode: 0,
    domain: order.map((one) => shape[one]),
    reduction: [count],
    axes: [...shape.keys()].map((one) => [order.indexOf(one)]),
    operands: [
      {
        source,
        base: layout.base,
        strides: [...order.map((one) => (one === axis ? 0 : strides[one])), 0],
        guards: [],
        lookups: [{ operand: 2, stride: strides[axis], size: x.shape[axis] }],
      },
      table(builder.constant(ElementType.Float32, sizes, bytesOf(weights))),
      table(builder.constant(ElementType.Int32, sizes, bytesOf(indices))),
    ],
  })
}
