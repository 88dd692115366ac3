import { ElementType, Op } from "../../../../protocol/program.ts"
import type { NodeContext } from "../../node.ts"
import { fold, sumOfSquares } from "../../reductions.ts"
import { powConstant } from "../../scalar/pow.ts"
import type { Value } from "../../value.ts"
import { pool, poolAxes, poolSquares } from "./pool.ts"

/** LpPool of float32 values: the p-th root of the sum of the p-th powers of the magnitudes in the window. */
export function lowerLpPool(node: NodeContext): Value[] {
  const { builder } = node
  const x = node.requireType(0, ElementType.Float32)
  const axes = poolAxes(node, x)
  const p = node.int("p", 2)
  if (p === 2) return [rootOf(node, poolSquares(builder, x, axes), p)]
  return [rootOf(node, pool(builder, powers(node, x, p), axes, Op.Add), p)]
}

/** GlobalLpPool: every channel as one window. */
export function lowerGlobalLpPool(node: NodeContext): Value[] {
  const x = node.requireType(0, ElementType.Float32)
  return [lpNorm(node, x, [...x.shape.keys()].slice(2), node.int("p", 2))]
}

/** The p-norm over axes of a value, which stay as axes of size 1. */
export function lpNorm(node: NodeContext, x: Value, axes: readonly number[], p: number): Value {
  const { builder } = node
  if (p === 2) return rootOf(node, sumOfSquares(builder, x, axes, true), p)
  return rootOf(node, fold(builder, powers(node, x, p), axes, Op.Add, true), p)
}

function powers(node: NodeContext, x: Value, p: number): Value {
  if (p < 1) node.fail(`p is ${p}; it has to be 1 or more`)
  return node.builder.map([x], (e, [x]) => (p === 1 ? e.abs(x) : powConstant(e, e.abs(x), p)))
}

function rootOf(node: NodeContext, sum: Value, p: number): Value {
  if (p === 1) return sum
  return node.builder.map([sum], (e, [sum]) => (p === 2 ? e.sqrt(sum) : powConstant(e, sum, 1 / p)))
}
