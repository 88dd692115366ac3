import { ElementType } from "../../../../protocol/program.ts"
import { bytesOf } from "../../../executor.ts"
import type { Builder } from "../../builder.ts"
import type { NodeContext } from "../../node.ts"
import type { Reader, Value } from "../../value.ts"
import { pick, range } from "./pick.ts"
import { candidatesOf, read, shifted } from "./readers.ts"

/** How many elements an axis gains in front and behind; it loses as many where they are negative. */
type Pads = ReadonlyMap<number, readonly [begin: number, end: number]>

/** Pad with a constant, or with elements of the input: mirrored, those at the edges, or repeated. */
export function lowerPad(node: NodeContext): Value[] {
  const x = node.input(0)
  const pads = padsOf(node, x)
  const mode = node.string("mode", "constant")
  for (const [axis, [begin, end]] of pads) {
    if (x.shape[axis] + begin + end < 0)
      node.fail(`pads ${begin}, ${end} leave less than nothing of axis ${axis}`)
  }
  if (mode === "constant") return [padded(node.builder, x, pads, fillOf(node, x))]
  const place = PLACES.get(mode) ?? node.fail(`mode "${mode}" is unknown`)
  const picks = [...pads].map(([axis, [begin, end]]) => {
    const size = x.shape[axis] + Math.min(begin, 0) + Math.min(end, 0)
    if (size <= 0 && begin + end > 0) node.fail(`axis ${axis} has no elements to pad with`)
    const first = Math.max(0, -begin)
    const total = x.shape[axis] + begin + end
    return [axis, range(total).map((i) => first + place(i - Math.max(0, begin), size))] as const
  })
  return [pick(node.builder, x, new Map(picks))]
}

/** Which of `size` elements stands at position `i`, which may lie in front of or behind them. */
const PLACES: ReadonlyMap<string, (i: number, size: number) => number> = new Map([
  ["edge", (i, size) => Math.max(0, Math.min(size - 1, i))],
  ["wrap", (i, size) => modulo(i, size)],
  ["reflect", (i, size) => (size === 1 ? 0 : size - 1 - Math.abs(modulo(i, 2 * size - 2) - size + 1))],
])

const modulo = (i: number, size: number): number => ((i % size) + size) % size

/**
 * A value with padding around it, as one guarded read.
 *
 * @param fill What stands in the padding; zero if it is left out.
 */
export function padded(builder: Builder, x: Value, pads: Pads, fill?: Value): Value {
  const cuts = [...pads].filter(([, [begin, end]]) => begin < 0 || end < 0)
  const cut = cuts.map(([axis, [begin, end]]) => {
    const size = x.shape[axis] + Math.min(begin, 0) + Math.min(end, 0)
    return [axis, range(Math.max(0, size)).map((i) => i - Math.min(begin, 0))] as const
  })
  const inner = cuts.length === 0 ? x : pick(builder, x, new Map(cut))
  const rises = [...pads].filter(([, pad]) => Math.max(...pad) > 0)
  if (rises.length === 0) return inner
  const shape = x.shape.map((size, axis) => size + (pads.get(axis)?.[0] ?? 0) + (pads.get(axis)?.[1] ?? 0))
  if (inner.shape.includes(0)) {
    return fill ? builder.read(x.type, shape, [builder.reader(fill, shape)]) : builder.fill(x.type, shape, 0n)
  }
  return read(builder, shape, [inner], ([value]) => {
    const own = candidatesOf(builder, value)
    // Where the value itself is padding it is zero, not what is padded with.
    const hasHoles = own.at(-1)!.guards.length + own.at(-1)!.lookups.length > 0
    const zero = builder.reader(builder.fill(x.type, value.shape, 0n))
    const readers = (fill && hasHoles ? [...own, zero] : own).map((one) =>
      rises.reduce<Reader | undefined>((reader, [axis, [begin]]) => {
        return reader && shifted(reader, axis, Math.max(0, begin), value.shape[axis], shape[axis])
      }, one),
    )
    if (readers.includes(undefined)) return undefined
    return [...(readers as Reader[]), ...(fill ? [builder.reader(fill, shape)] : [])]
  })
}

function padsOf(node: NodeContext, x: Value): Pads {
  const pads = node.opset < 11 ? node.ints("pads") : node.staticInts(1)
  if (!pads) return node.fail("pads are missing")
  const given = (node.opset < 18 ? undefined : node.optionalInts(3)) ?? [...x.shape.keys()]
  if (pads.length !== 2 * given.length) node.fail(`pads [${pads}] do not fit ${given.length} axes`)
  node.axes(given, x.shape.length)
  const all = given.map((axis, i) => {
    return [node.axis(axis, x.shape.length), [pads[i], pads[i + given.length]]] as const
  })
  return new Map(all.filter(([, [begin, end]]) => begin !== 0 || end !== 0))
}

/** What a constant pad fills with; `undefined` for zero, which padding is by itself. */
function fillOf(node: NodeContext, x: Value): Value | undefined {
  if (node.opset < 11) {
    const value = node.float("value", 0)
    if (Object.is(value, 0)) return undefined
    node.requireType(0, ElementType.Float32)
    return node.builder.constant(ElementType.Float32, [], bytesOf(Float32Array.of(value)))
  }
  const fill = node.optional(2)
  if (!fill) return undefined
  if (fill.type !== x.type || fill.shape.some((size) => size !== 1)) {
    node.fail(`the value to pad with is not one element of the input's type`)
  }
  return node.builder.bytesOf(fill)?.every((byte) => byte === 0) ? undefined : fill
}

/** CenterCropPad: every axis cut or padded with zeros to a size, both as evenly as possible, the odd one behind. */
export function lowerCenterCropPad(node: NodeContext): Value[] {
  const [x, sizes] = [node.input(0), node.staticInts(1)]
  const given = node.ints("axes") ?? [...x.shape.keys()]
  if (sizes.length !== given.length || sizes.some((size) => size < 0)) {
    node.fail(`the shape [${sizes}] does not fit ${given.length} axes`)
  }
  node.axes(given, x.shape.length)
  const pads = given.map((one, i) => {
    const axis = node.axis(one, x.shape.length)
    const more = sizes[i] - x.shape[axis]
    const begin = Math.trunc(more / 2)
    return [axis, [begin, more - begin]] as const
  })
  return [padded(node.builder, x, new Map(pads.filter(([, [begin, end]]) => begin !== 0 || end !== 0)))]
}
