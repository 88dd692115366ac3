import { requirePositions } from "../../limits.ts"
import type { NodeContext } from "../../node.ts"
import type { Value } from "../../value.ts"
import { pick } from "./pick.ts"

/** Slice: from `starts` to in front of `ends` by `steps`, cut off at the ends of each axis. */
export function lowerSlice(node: NodeContext): Value[] {
  const x = node.input(0)
  const rank = x.shape.length
  const isAttribute = node.opset < 10
  const starts = isAttribute ? node.ints("starts", []) : node.staticInts(1)
  const ends = isAttribute ? node.ints("ends", []) : node.staticInts(2)
  const given = (isAttribute ? node.ints("axes") : node.optionalInts(3)) ?? [...starts.keys()]
  const steps = (isAttribute ? undefined : node.optionalInts(4)) ?? starts.map(() => 1)
  if ([ends, given, steps].some((list) => list.length !== starts.length)) {
    node.fail(`starts [${starts}], ends [${ends}], axes [${given}] and steps [${steps}] are not as many`)
  }
  if (steps.includes(0)) node.fail("a step is 0")
  node.axes(given, rank)
  const picks = given.map((one, i) => {
    const axis = node.axis(one, rank)
    return [axis, sliceIndices(x.shape[axis], starts[i], ends[i], steps[i])] as const
  })
  // As many elements from the first one on are all of them.
  const moves = picks.filter(([axis, indices]) => indices.length !== x.shape[axis] || indices[0] !== 0)
  return [moves.length === 0 ? x : pick(node.builder, x, new Map(moves))]
}

/**
 * The elements of an axis of `size` that a slice takes. As in NumPy, but that a backward slice which starts in front
 * of the axis starts at its first element.
 */
function sliceIndices(size: number, start: number, end: number, step: number): number[] {
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1]
  const bound = (index: number) => Math.max(low, Math.min(high, index < 0 ? index + size : index))
  if (size === 0) return []
  const first = Math.max(0, bound(start))
  const count = Math.max(0, Math.ceil((bound(end) - first) / step))
  return Array.from({ length: requirePositions(count) }, (_, i) => first + i * step)
}
