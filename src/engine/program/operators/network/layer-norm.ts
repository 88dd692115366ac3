import { ElementType } from "../../../../protocol/program.ts"
import { broadcast } from "../../builder.ts"
import type { NodeContext } from "../../node.ts"
import type { Value } from "../../value.ts"
import { centred, inverseRoot, meanSquare } from "./normalise.ts"

/** LayerNormalization of float32 values: (x - mean) / deviation * scale + bias over all axes from `axis` on. */
export function lowerLayerNormalization(node: NodeContext): Value[] {
  const { builder } = node
  const { x, axes, scale } = operands(node)
  const { mean, difference } = centred(builder, x, axes)
  const inverse = inverseRoot(builder, meanSquare(builder, difference, axes), node.float("epsilon", 1e-5))
  builder.stored(inverse)
  const bias = node.optional(2) && affine(node, 2, x)
  const result = builder.map(
    [difference, inverse, scale, ...(bias ? [bias] : [])],
    (e, [d, inverse, scale, bias]) => {
      const scaled = e.mul(e.mul(d, inverse), scale)
      return bias === undefined ? scaled : e.add(scaled, bias)
    },
  )
  return [result, mean, inverse]
}

/** RMSNormalization of float32 values: x / root of the mean square * scale over all axes from `axis` on. */
export function lowerRmsNormalization(node: NodeContext): Value[] {
  const { builder } = node
  const { x, axes, scale } = operands(node)
  const inverse = inverseRoot(builder, meanSquare(builder, x, axes), node.float("epsilon", 1e-5))
  return [builder.map([x, inverse, scale], (e, [x, inverse, scale]) => e.mul(e.mul(x, inverse), scale))]
}

function operands(node: NodeContext): { x: Value; axes: number[]; scale: Value } {
  const x = node.requireType(0, ElementType.Float32)
  if (node.int("stash_type", 1) !== 1) node.fail("stash_type is not 1 (float32)")
  const first = node.axis(node.int("axis", -1), x.shape.length)
  return { x, axes: [...x.shape.keys()].slice(first), scale: affine(node, 1, x) }
}

/** A scale or bias, which broadcasts to the input. */
function affine(node: NodeContext, index: number, x: Value): Value {
  const value = node.requireType(index, ElementType.Float32)
  if (String(broadcast([x.shape, value.shape])) === String(x.shape)) return value
  return node.fail(`input ${index} of shape [${value.shape}] does not broadcast to [${x.shape}]`)
}
