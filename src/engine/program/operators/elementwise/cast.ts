import type { Lowering, NodeContext } from "../../node.ts"
import type { ElementType } from "../../../../protocol/program.ts"
import type { Value } from "../../value.ts"
import { forwarded } from "./identity.ts"
import { typeOfCode } from "./types.ts"

/** Cast. `saturate` and `round_mode` are about types that programs do not have. */
export const lowerCast: Lowering = (node) => {
  const code = node.int("to") ?? node.fail("the attribute to is missing")
  return [converted(node, typeOfCode(node, code))]
}

export const lowerCastLike: Lowering = (node) => [converted(node, node.input(1).type)]

function converted(node: NodeContext, type: ElementType): Value {
  const value = node.input(0)
  if (value.type === type) return forwarded(node.builder, value)
  return node.builder.map([value], (e, [x]) => e.cast(x, type))
}
