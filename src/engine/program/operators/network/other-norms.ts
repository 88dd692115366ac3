import { ElementType } from "../../../../protocol/program.ts"
import type { NodeContext } from "../../node.ts"
import type { Value } from "../../value.ts"
import { lpNorm } from "./lp-pool.ts"
import { centred, meanSquare } from "./normalise.ts"

/** MeanVarianceNormalization of float32 values: (x - mean) / (deviation + 1e-9). */
export function lowerMeanVarianceNormalization(node: NodeContext): Value[] {
  const { builder } = node
  const x = node.requireType(0, ElementType.Float32)
  const axes = node.axes(node.ints("axes", [0, 2, 3]), x.shape.length)
  const { difference } = centred(builder, x, axes)
  const deviation = builder.map([meanSquare(builder, difference, axes)], (e, [variance]) => {
    return e.add(e.sqrt(variance), e.float(1e-9))
  })
  return [builder.map([difference, deviation], (e, [d, deviation]) => e.div(d, deviation))]
}

/** LpNormalization of float32 values: x divided by its norm along `axis`; 0 where the norm is. */
export function lowerLpNormalization(node: NodeContext): Value[] {
  const x = node.requireType(0, ElementType.Float32)
  const p = node.int("p", 2)
  if (p !== 1 && p !== 2) node.fail(`p is ${p}; it has to be 1 or 2`)
  const norm = lpNorm(node, x, [node.axis(node.int("axis", -1), x.shape.length)], p)
  const divide = node.builder.map([x, norm], (e, [x, norm]) => {
    const zero = e.float(0)
    return e.select(e.eq(norm, zero), zero, e.div(x, norm))
  })
  return [divide]
}
