import { ElementType, Op } from "../../../../protocol/program.ts"
import type { Builder } from "../../builder.ts"
import { requirePositions } from "../../limits.ts"
import type { NodeContext } from "../../node.ts"
import { fold } from "../../reductions.ts"
import type { Value } from "../../value.ts"
import { product, rowMajor } from "../../view.ts"
import { pool, poolAxes, requireContent } from "./pool.ts"
import { type WindowAxis, windowCounts } from "./window.ts"

/** AveragePool of float32 values: the sum over the window divided by how many positions count. */
export function lowerAveragePool(node: NodeContext): Value[] {
  const { builder } = node
  const x = node.requireType(0, ElementType.Float32)
  const axes = poolAxes(node, x)
  const includePad = node.int("count_include_pad", 0) !== 0
  if (!includePad) requireContent(node, axes)
  const counts = countsOf(builder, axes, includePad)
  return [builder.map([pool(builder, x, axes, Op.Add), counts], (e, [sum, count]) => e.div(sum, count))]
}

/** GlobalAveragePool and GlobalMaxPool: every channel as one window. */
export function lowerGlobalPool(node: NodeContext): Value[] {
  const { builder } = node
  const x = node.requireType(0, ElementType.Float32)
  const axes = [...x.shape.keys()].slice(2)
  if (node.node.opType === "GlobalMaxPool") return [fold(builder, x, axes, Op.Max, true)]
  const count = product(x.shape.slice(2))
  return [builder.map([fold(builder, x, axes, Op.Add, true)], (e, [sum]) => e.div(sum, e.float(count)))]
}

/** How many positions of each window count; one number if it is the same everywhere. */
function countsOf(builder: Builder, axes: readonly WindowAxis[], includePad: boolean): Value {
  const counts = axes.map((axis) => windowCounts(axis, includePad))
  const alike = counts.every((list) => list.every((count) => count === list[0]))
  const shape = alike ? [] : counts.map((list) => list.length)
  const strides = rowMajor(shape)
  const table = Float32Array.from({ length: requirePositions(product(shape)) }, (_, at) =>
    product(counts.map((list, i) => list[Math.floor(at / (strides[i] ?? 1)) % list.length])),
  )
  return builder.constant(ElementType.Float32, shape, new Uint8Array(table.buffer))
}
