import { Body, ElementType, RankMode } from "../../../../protocol/program.ts"
import type { Builder } from "../../builder.ts"
import type { Lowering, NodeContext } from "../../node.ts"
import { reductionLoops } from "../../reductions.ts"
import type { Value } from "../../value.ts"
import { near, read, still, strideOf } from "./readers.ts"

/** TopK: the `k` first elements along an axis, sorted, and their indices; equal ones by rising index. */
export function lowerTopK(node: NodeContext): (Value | undefined)[] {
  const { builder } = node
  const rank = node.input(0).shape.length
  const axis = node.axis(node.int("axis", -1), rank)
  const [k, ...more] = node.opset < 10 ? [node.int("k") ?? node.fail("k is missing")] : node.staticInts(1)
  if (more.length > 0 || k === undefined) node.fail("k is not one number")
  const size = node.input(0).shape[axis]
  if (k < 0 || k > size) node.fail(`k ${k} of ${size} elements`)
  const x = near(builder, node.input(0), axis)
  const mode = node.int("largest", 1) === 0 ? RankMode.Smallest : RankMode.Largest
  const shape = x.shape.map((one, i) => (i === axis ? k : one))
  if (shape.includes(0)) return [builder.fill(x.type, shape, 0n), builder.fill(ElementType.Int64, shape, 0n)]
  const indices = ranked(builder, x, axis, k, mode)
  builder.stored(indices)
  if (!node.hasOutput(0)) return [undefined, indices]
  const values = read(builder, shape, [x, indices], ([from, places]) => {
    const { source, layout } = builder.stored(from)
    const axes = layout.axes.map((digits, i) => (i === axis ? still(k) : digits))
    const lookups = [{ coordinate: builder.reader(places), stride: strideOf(layout.axes[axis]), size }]
    return [{ source, layout: { base: layout.base, axes }, guards: [], lookups }]
  })
  return [values, indices]
}

const lowerExtreme =
  (mode: number): Lowering =>
  (node) => {
    const { builder } = node
    const given = node.input(0)
    const axis = node.axis(node.int("axis", 0), given.shape.length)
    const keep = node.int("keepdims", 1) !== 0
    const last = node.int("select_last_index", 0) !== 0 ? RankMode.LastIndex : 0
    const kept = given.shape.map((one, i) => (i === axis ? 1 : one))
    const shape = keep ? kept : kept.toSpliced(axis, 1)
    if (shape.includes(0)) return [builder.fill(ElementType.Int64, shape, 0n)]
    if (given.shape[axis] === 0) node.fail(`axis ${axis} has no elements`)
    return [ranked(builder, near(builder, given, axis), axis, 1, mode | last, keep)]
  }

/** ArgMax: the index of the first (or last) of the largest elements along an axis. */
export const lowerArgMax = lowerExtreme(RankMode.Largest)

/** ArgMin: as ArgMax, of the smallest elements. */
export const lowerArgMin = lowerExtreme(RankMode.Smallest)

/** The indices of the elements with the ranks 0 to `count` - 1 along an axis of one digit. */
function ranked(builder: Builder, x: Value, axis: number, count: number, mode: number, keep = true): Value {
  const { domain, reduction, access, kept } = reductionLoops(builder, x, [axis], [count])
  const shape = x.shape.map((one, i) => (i === axis ? count : one))
  const loops = kept.toSpliced(axis, 0, [domain.length - 1])
  const operands = [access]
  const all = { body: Body.Rank, mode, domain, reduction, operands } as const
  if (keep) return builder.reduce(ElementType.Int64, shape, { ...all, axes: loops })
  return builder.reduce(ElementType.Int64, shape.toSpliced(axis, 1), { ...all, axes: kept })
}
