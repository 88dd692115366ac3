import type { Lowering, NodeContext } from "../../node.ts"
import { reshape } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { product } from "../../view.ts"
import { forwarded } from "./identity.ts"
import { pointwise } from "./pointwise.ts"
import { FLOAT, NUMBERS } from "./types.ts"

/** The largest finite float32. */
const LARGEST = 3.4028234663852886e38

/** Clip: min(max(x, low), high), so that the result is `high` where `low` is larger. */
export const lowerClip: Lowering = (node) => {
  if (node.opset < 11) {
    const [low, high] = [node.float("min", -LARGEST), node.float("max", LARGEST)]
    return pointwise(node, 1, FLOAT, (e, x) => e.clamp(x, e.float(low), e.float(high)))
  }
  const x = node.requireType(0, ...NUMBERS)
  const [low, high] = [bound(node, 1), bound(node, 2)]
  const raised = low ? node.builder.map([x, low], (e, [a, limit]) => e.max(a, limit)) : x
  return [
    high
      ? node.builder.map([raised, high], (e, [a, limit]) => e.min(a, limit))
      : forwarded(node.builder, raised),
  ]
}

/** A bound as a scalar, if it is given. */
function bound(node: NodeContext, index: number): Value | undefined {
  if (!node.optional(index)) return undefined
  const limit = node.requireType(index, node.input(0).type)
  if (product(limit.shape) !== 1) node.fail(`input ${index} of shape [${limit.shape}] is not one number`)
  return limit.shape.length === 0 ? limit : reshape(node.builder, limit, [])
}
