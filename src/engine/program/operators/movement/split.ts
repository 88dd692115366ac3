import type { NodeContext } from "../../node.ts"
import type { Value } from "../../value.ts"
import { pick, range } from "./pick.ts"

/** Split: parts of an axis behind each other, of the sizes given or as even as `num_outputs` allows. */
export function lowerSplit(node: NodeContext): Value[] {
  const x = node.input(0)
  const axis = node.axis(node.int("axis", 0), x.shape.length)
  const sizes = partSizes(node, x.shape[axis])
  let start = 0
  return sizes.map((size) => {
    const first = start
    start += size
    return pick(node.builder, x, new Map([[axis, range(size).map((i) => first + i)]]))
  })
}

function partSizes(node: NodeContext, total: number): readonly number[] {
  const given = node.opset < 13 ? node.ints("split") : node.optionalInts(1)
  const outputs = node.node.outputs.length
  if (given) {
    const sum = given.reduce((all, size) => all + size, 0)
    const fits = sum === total && given.length === outputs && given.every((size) => size >= 0)
    return fits ? given : node.fail(`split [${given}] does not divide ${total} among ${outputs} outputs`)
  }
  const declared = node.int("num_outputs")
  const parts = declared ?? outputs
  if (parts !== outputs || (declared === undefined && total % parts !== 0)) {
    node.fail(`${total} elements do not divide among ${outputs} outputs`)
  }
  const size = Math.ceil(total / parts)
  return Array.from({ length: parts }, (_, i) => Math.max(0, Math.min(size, total - i * size)))
}
