import { ElementType } from "../../../../protocol/program.ts"
import type { NodeContext } from "../../node.ts"
import { reshape } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { range } from "./pick.ts"
import { indicesAlong, read, still, strideOf } from "./readers.ts"

/** ReverseSequence: the first `sequence_lens[b]` elements along `time_axis` the other way round, for each b. */
export function lowerReverseSequence(node: NodeContext): Value[] {
  const { builder } = node
  const [x, given] = [node.input(0), node.requireType(1, ElementType.Int32, ElementType.Int64)]
  const rank = x.shape.length
  const time = node.axis(node.int("time_axis", 0), rank)
  const batch = node.axis(node.int("batch_axis", 1), rank)
  const [size, count] = [x.shape[time], x.shape[batch]]
  if (time === batch) node.fail(`time_axis and batch_axis are both ${time}`)
  if (String(given.shape) !== String(count))
    node.fail(`lengths of shape [${given.shape}] for ${count} sequences`)
  if (x.shape.includes(0)) return [x]
  const lengths = reshape(
    builder,
    given,
    x.shape.map((one, axis) => (axis === batch ? one : 1)),
  )
  const places = indicesAlong(builder, range(size), time, rank)
  const one = builder.fill(ElementType.Int64, [], 1n)
  const coordinates = builder.map([lengths, places, one], (e, [length, place, single]) => {
    const [n, t] = [length, place].map((register) => e.cast(register, ElementType.Int64))
    return e.select(e.lt(t, n), e.sub(e.sub(n, single), t), t)
  })
  const reversed = read(builder, x.shape, [x, coordinates], ([value, all]) => {
    const { source, layout } = builder.stored(value)
    if (layout.axes[time].length > 1) return undefined
    const axes = layout.axes.map((digits, axis) => (axis === time ? still(size) : digits))
    const coordinate = builder.reader(all, x.shape)
    const lookups = [{ coordinate, stride: strideOf(layout.axes[time]), size }]
    return [{ source, layout: { base: layout.base, axes }, guards: [], lookups }]
  })
  return [reversed]
}
