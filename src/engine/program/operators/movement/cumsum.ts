import { Body, ElementType, Op } from "../../../../protocol/program.ts"
import type { NodeContext } from "../../node.ts"
import type { Value } from "../../value.ts"
import { near, straight, strideOf } from "./readers.ts"

/**
 * CumSum: element i is the sum of the elements up to i (from i on if `reverse`), itself only unless `exclusive`,
 * added in order from the end of the axis where the sums start.
 */
export function lowerCumSum(node: NodeContext): Value[] {
  const { builder } = node
  const { Float32, Int8, Uint8, Int32, Int64 } = ElementType
  const given = node.requireType(0, Float32, Int8, Uint8, Int32, Int64)
  const { shape } = given
  const [only, ...more] = node.staticInts(1)
  if (only === undefined || more.length > 0) node.fail("axis is not one number")
  const axis = node.axis(only, shape.length)
  if (shape.includes(0)) return [builder.fill(given.type, shape, 0n)]
  const [exclusive, reverse] = [node.int("exclusive", 0) !== 0, node.int("reverse", 0) !== 0]

  const { source, layout } = builder.stored(straight(builder, near(builder, given, axis)))
  const strides = layout.axes.map(strideOf)
  // Loops: the axes in the order in which they lie | the terms of the sum.
  const order = [...shape.keys()].sort((a, b) => Math.abs(strides[b]) - Math.abs(strides[a]))
  const last = shape[axis] - 1
  const sign = reverse ? -1 : 1
  const still = order.map((one) => (one === axis ? 0 : strides[one]))
  const guard = {
    coefficients: [...order.map((one) => (one === axis ? sign : 0)), -1],
    offset: (reverse ? last : 0) - (exclusive ? 1 : 0),
    size: shape[axis],
  }
  const sums = builder.reduce(given.type, shape, {
    body: Body.Fold,
    mode: Op.Add,
    domain: order.map((one) => shape[one]),
    reduction: [shape[axis]],
    axes: [...shape.keys()].map((one) => [order.indexOf(one)]),
    operands: [
      {
        source,
        base: layout.base + (reverse ? last * strides[axis] : 0),
        strides: [...still, sign * strides[axis]],
        guards: [guard],
        lookups: [],
      },
    ],
  })
  return [sums]
}
