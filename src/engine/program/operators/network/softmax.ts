import { ElementType, Op } from "../../../../protocol/program.ts"
import type { Builder } from "../../builder.ts"
import { requirePositions } from "../../limits.ts"
import type { NodeContext } from "../../node.ts"
import { fold } from "../../reductions.ts"
import { log } from "../../scalar/log.ts"
import type { Value } from "../../value.ts"
import { product } from "../../view.ts"

/** Softmax of float32 values: e / s with m = max(x), e = exp(x - m), s = sum(e). */
export function lowerSoftmax(node: NodeContext): Value[] {
  const { x, axes } = operand(node)
  return [softmax(node.builder, x, axes)]
}

/** The exponentials of a value less its maximum over axes, divided by their sum over the same axes. */
export function softmax(builder: Builder, x: Value, axes: readonly number[]): Value {
  const exponentials = exponentialsOf(builder, x, fold(builder, x, axes, Op.Max, true))
  return builder.map([exponentials, fold(builder, exponentials, axes, Op.Add, true)], (e, [x, sum]) =>
    e.div(x, sum),
  )
}

/** LogSoftmax of float32 values: (x - m) - log(s). */
export function lowerLogSoftmax(node: NodeContext): Value[] {
  const { builder } = node
  const { x, axes } = operand(node)
  const max = fold(builder, x, axes, Op.Max, true)
  builder.stored(max)
  const sum = fold(builder, exponentialsOf(builder, x, max), axes, Op.Add, true)
  const logarithm = builder.map([sum], (e, [sum]) => log(e, sum))
  return [builder.map([x, max, logarithm], (e, [x, max, logarithm]) => e.sub(e.sub(x, max), logarithm))]
}

function exponentialsOf(builder: Builder, x: Value, max: Value): Value {
  const exponentials = builder.map([x, max], (e, [x, max]) => e.exp(e.sub(x, max)))
  builder.stored(exponentials)
  return exponentials
}

/** Hardmax of float32 values: 1 for the first of the largest elements, 0 for all others. */
export function lowerHardmax(node: NodeContext): Value[] {
  const { builder } = node
  const { x, axes } = operand(node)
  const max = fold(builder, x, axes, Op.Max, true)
  const sizes = x.shape.map((size, axis) => (axes.includes(axis) ? size : 1))
  const count = requirePositions(product(sizes))
  const numbers = Int32Array.from({ length: count }, (_, i) => i)
  const position = builder.constant(ElementType.Int32, sizes, new Uint8Array(numbers.buffer))
  // The positions of the largest elements; the first of them is the least of these numbers.
  const candidates = builder.map([x, max, position], (e, [x, max, position]) => {
    return e.select(e.eq(x, max), position, e.integer(ElementType.Int32, count))
  })
  const first = fold(builder, candidates, axes, Op.Min, true)
  const result = builder.map([position, first], (e, [position, first]) => {
    return e.select(e.eq(position, first), e.float(1), e.float(0))
  })
  return [result]
}

/** The input and the axes that are normalised together: before opset 13 all from `axis` on. */
function operand(node: NodeContext): { x: Value; axes: number[] } {
  const x = node.requireType(0, ElementType.Float32)
  const old = node.opset < 13
  const axis = node.axis(node.int("axis", old ? 1 : -1), x.shape.length)
  return { x, axes: old ? [...x.shape.keys()].slice(axis) : [axis] }
}
