import { ElementType } from "../../../../protocol/program.ts"
import type { NodeContext } from "../../node.ts"
import type { Value } from "../../value.ts"

/** An input of the given type and shape, `undefined` if it is left out. */
export function optionalShaped(
  node: NodeContext,
  index: number,
  shape: readonly number[],
  type: ElementType = ElementType.Float32,
): Value | undefined {
  if (!node.optional(index)) return undefined
  const value = node.requireType(index, type)
  if (String(value.shape) === String(shape)) return value
  return node.fail(`input ${index} has the shape [${value.shape}] instead of [${shape}]`)
}
