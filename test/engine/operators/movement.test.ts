import { seeded } from "../../referee/float32-cases.ts"
import { between, onceIn, pick } from "../program/words.ts"
import type { TypeName } from "./elementwise-run.ts"
import { type Grid, type Operand, Sheet, at, gridOf, moved, placeOf, shuffled } from "./movement-sheet.ts"

const SEED = 0x6d6f7665
const TYPES: readonly TypeName[] = ["float32", "int8", "uint8", "int32", "int64", "bool"]
const SHAPES = [[4, 6, 6], [12], [2, 4, 3, 4], [6, 1, 4], [1, 8]]

const range = (size: number): number[] => Array.from({ length: size }, (_, i) => i)

/** Makes one node from values in any layout. */
type Maker = (sheet: Sheet, type: TypeName, shape: readonly number[]) => Operand

const axisOf = (sheet: Sheet, shape: readonly number[]): number => between(sheet.random, 0, shape.length - 1)

const concat: Maker = (sheet, type, shape) => {
  const axis = axisOf(sheet, shape)
  const parts = range(between(sheet.random, 1, 3)).map(() =>
    sheet.value(type, shape.with(axis, between(sheet.random, 0, 6))),
  )
  const total = parts.reduce((sum, part) => sum + part.shape[axis], 0)
  const grid = gridOf(shape.with(axis, total), (place) => {
    let i = place[axis]
    const part = parts.find((one) => (i < one.shape[axis] ? true : ((i -= one.shape[axis]), false)))!
    return at(part, moved(place, axis, i))
  })
  return sheet.node("Concat", parts, { axis: axis - shape.length }, grid)
}

const pad: Maker = (sheet, type, shape) => {
  const x = sheet.value(type, shape)
  const mode = pick(sheet.random, ["constant", "reflect", "edge", "wrap"])
  const pads = [...shape, ...shape].map((size, i) => {
    const low = onceIn(sheet.random, 3) && size > 2 ? -1 : 0
    return between(sheet.random, low, i === 0 ? 9 : 2)
  })
  const fill = onceIn(sheet.random, 2) ? 1 : 0
  const value = onceIn(sheet.random, 2) ? sheet.constant(type, [], [fill]) : sheet.input(type, [], [fill])
  const begin = pads.slice(0, shape.length)
  const cuts = shape.map((size, axis) => ({
    first: Math.max(0, -pads[axis]),
    size: size + Math.min(0, pads[axis]) + Math.min(0, pads[axis + shape.length]),
  }))
  const grid = gridOf(
    shape.map((size, axis) => size + pads[axis] + pads[axis + shape.length]),
    (place) => {
      const from = place.map((i, axis) => {
        const own = i - Math.max(0, begin[axis])
        return mode === "constant" ? own : bounce(mode, own, cuts[axis].size)
      })
      const isInside = from.every((i, axis) => i >= 0 && i < cuts[axis].size)
      return isInside
        ? at(
            x,
            from.map((i, axis) => i + cuts[axis].first),
          )
        : fill
    },
  )
  return sheet.node("Pad", [x, sheet.ints(...pads), value], { mode }, grid)
}

function bounce(mode: string, i: number, size: number): number {
  while (i < 0 || i >= size) {
    if (mode === "edge") i = i < 0 ? 0 : size - 1
    else if (mode === "wrap") i += i < 0 ? size : -size
    else if (size === 1) i = 0
    else i = i < 0 ? -i : 2 * (size - 1) - i
  }
  return i
}

const slice: Maker = (sheet, type, shape) => {
  const x = sheet.value(type, shape)
  const axes = shuffled(sheet.random, range(shape.length)).slice(0, between(sheet.random, 1, shape.length))
  const steps = axes.map(() => pick(sheet.random, [1, 1, 2, 3, -1, -2]))
  const starts = axes.map((axis) => between(sheet.random, -shape[axis] - 2, shape[axis] + 2))
  const ends = axes.map((axis, i) =>
    onceIn(sheet.random, 3)
      ? Math.sign(steps[i]) * (2 ** 31 - 1)
      : between(sheet.random, -shape[axis] - 2, shape[axis] + 2),
  )
  const lists = shape.map((size, axis) => {
    const i = axes.indexOf(axis)
    if (i < 0) return range(size)
    const [from, to] = [starts[i], ends[i]].map((one) => (one < 0 ? one + size : one))
    const taken = range(size).filter((at) => {
      const first = Math.max(0, steps[i] > 0 ? from : Math.min(size - 1, from))
      return steps[i] > 0
        ? at >= first && at < to && (at - first) % steps[i] === 0
        : at <= first && at > to && (first - at) % -steps[i] === 0
    })
    return steps[i] > 0 ? taken : taken.reverse()
  })
  const grid = gridOf(
    lists.map((list) => list.length),
    (place) =>
      at(
        x,
        place.map((i, axis) => lists[axis][i]),
      ),
  )
  const inputs = [x, ...[starts, ends, axes, steps].map((list) => sheet.ints(...list))]
  return sheet.node("Slice", inputs, {}, grid)
}

const split: Maker = (sheet, type, shape) => {
  const x = sheet.value(type, shape)
  const axis = axisOf(sheet, shape)
  const cut = between(sheet.random, 0, shape[axis])
  const parts = [[0, cut] as const, [cut, shape[axis] - cut] as const].map(([start, size]) => ({
    ...gridOf(shape.with(axis, size), (place) => at(x, moved(place, axis, place[axis] + start))),
    type,
  }))
  const outputs = sheet.nodes("Split", [x, sheet.ints(cut, shape[axis] - cut)], { axis }, parts)
  sheet.output(outputs[0])
  return outputs[1]
}

/** Indices as constants, or as a value in any layout whose numbers are therefore wrapped by a step. */
function indices(sheet: Sheet, shape: readonly number[], size: number): Operand {
  const type = pick(sheet.random, ["int32", "int64"] as const)
  const numbers = gridOf(shape, () => between(sheet.random, -size, size - 1)).data
  if (onceIn(sheet.random, 3)) return sheet.constant(type, shape, numbers)
  if (shape.length < 2) return sheet.input(type, shape, numbers)
  const order = shuffled(sheet.random, range(shape.length))
  const raw = gridOf(
    order.map((axis) => shape[axis]),
    (place) =>
      at(
        { shape, data: numbers },
        shape.map((_, axis) => place[order.indexOf(axis)]),
      ),
  )
  return sheet.transposed(
    sheet.input(type, raw.shape, raw.data),
    range(shape.length).map((axis) => order.indexOf(axis)),
  )
}

const wrap = (index: number, size: number): number => (index < 0 ? index + size : index)

const gather: Maker = (sheet, type, shape) => {
  const x = sheet.value(type, shape)
  const axis = axisOf(sheet, shape)
  const own = pick(sheet.random, [[], [3], [2, 3], [1], [4]])
  const list = indices(sheet, own, shape[axis])
  const grid = gridOf([...shape.slice(0, axis), ...own, ...shape.slice(axis + 1)], (place) => {
    const index = at(list, place.slice(axis, axis + own.length))
    return at(x, [...place.slice(0, axis), wrap(index, shape[axis]), ...place.slice(axis + own.length)])
  })
  return sheet.node("Gather", [x, list], { axis }, grid)
}

const gatherElements: Maker = (sheet, type, shape) => {
  const x = sheet.value(type, shape)
  const axis = axisOf(sheet, shape)
  const own = shape.map((size, i) => between(sheet.random, 1, i === axis ? size + 2 : size))
  const list = indices(sheet, own, shape[axis])
  const grid = gridOf(own, (place) => at(x, moved(place, axis, wrap(at(list, place), shape[axis]))))
  return sheet.node("GatherElements", [x, list], { axis }, grid)
}

const gatherND: Maker = (sheet, type, shape) => {
  const x = sheet.value(type, shape)
  const depth = between(sheet.random, 1, shape.length)
  const batch = between(sheet.random, 0, shape.length - depth)
  const tuples = [...shape.slice(0, batch), ...pick(sheet.random, [[], [3], [2, 2]])]
  const looked = shape.slice(batch, batch + depth)
  const list = indices(sheet, [...tuples, depth], Math.min(...looked))
  const grid = gridOf([...tuples, ...shape.slice(batch + depth)], (place) => {
    const tuple = looked.map((size, i) => wrap(at(list, [...place.slice(0, tuples.length), i]), size))
    return at(x, [...place.slice(0, batch), ...tuple, ...place.slice(tuples.length)])
  })
  return sheet.node("GatherND", [x, list], { batch_dims: batch }, grid)
}

const REDUCE: Record<string, (a: number, b: number) => number> = {
  none: (_, b) => b,
  add: (a, b) => a + b,
  mul: (a, b) => a * b,
  max: Math.max,
  min: Math.min,
}

/** The grid after updates were written to places in their order. */
function written(
  x: Grid,
  reduction: string,
  updates: readonly (readonly [place: number[], value: number])[],
): Grid {
  const places = new Map<string, number>()
  for (const [place, value] of updates) {
    const old = places.get(String(place)) ?? at(x, place)
    places.set(String(place), REDUCE[reduction](old, value))
  }
  return gridOf(x.shape, (place) => places.get(String(place)) ?? at(x, place))
}

/** Products stay exact in int64; booleans only have an order. */
function reductionOf(sheet: Sheet, type: TypeName): string {
  if (type === "int8" || type === "uint8") return "none"
  const order = ["none", "max", "min"]
  return pick(sheet.random, type === "bool" ? order : [...order, type === "int64" ? "mul" : "add"])
}

const scatterElements: Maker = (sheet, type, shape) => {
  const x = sheet.value(type, shape)
  const axis = axisOf(sheet, shape)
  const own = shape.map((size, i) => between(sheet.random, 1, i === axis ? Math.min(4, size + 1) : size))
  const numbers = gridOf(own, () => between(sheet.random, -shape[axis], shape[axis] - 1)).data
  const list = sheet.constant("int64", own, numbers)
  const updates = sheet.value(type, own)
  const reduction = reductionOf(sheet, type)
  const all = numbers.map((index, i) => {
    return [moved(placeOf(own, i), axis, wrap(index, shape[axis])), updates.data[i]] as const
  })
  return sheet.node("ScatterElements", [x, list, updates], { axis, reduction }, written(x, reduction, all))
}

const scatterND: Maker = (sheet, type, shape) => {
  const x = sheet.value(type, shape)
  const depth = between(sheet.random, 1, shape.length)
  const tuples = pick(sheet.random, [[], [3], [2, 2]])
  const rows = gridOf([...tuples, depth], (place) => {
    const size = shape[place.at(-1)]
    return between(sheet.random, -size, size - 1)
  })
  const list = sheet.constant("int64", rows.shape, rows.data)
  const updates = sheet.value(type, [...tuples, ...shape.slice(depth)])
  const reduction = reductionOf(sheet, type)
  const all = updates.data.map((value, i) => {
    const place = placeOf(updates.shape, i)
    const tuple = range(depth).map((j) => wrap(at(rows, [...place.slice(0, tuples.length), j]), shape[j]))
    return [[...tuple, ...place.slice(tuples.length)], value] as const
  })
  return sheet.node("ScatterND", [x, list, updates], { reduction }, written(x, reduction, all as never))
}

const tile: Maker = (sheet, type, shape) => {
  const x = sheet.value(type, shape)
  const repeats = shape.map(() => between(sheet.random, 1, 3))
  const grid = gridOf(
    shape.map((size, axis) => size * repeats[axis]),
    (place) =>
      at(
        x,
        place.map((i, axis) => i % shape[axis]),
      ),
  )
  return sheet.node("Tile", [x, sheet.ints(...repeats)], {}, grid)
}

const expand: Maker = (sheet, type, shape) => {
  const x = sheet.value(type, shape)
  const wanted = [2, ...shape.map((size) => (size === 1 ? 3 : pick(sheet.random, [1, size])))]
  const full = wanted.map((size, i) => (i === 0 ? size : Math.max(size, shape[i - 1])))
  const grid = gridOf(full, (place) =>
    at(
      x,
      shape.map((size, axis) => (size === 1 ? 0 : place[axis + 1])),
    ),
  )
  return sheet.node("Expand", [x, sheet.ints(...wanted)], {}, grid)
}

const trilu: Maker = (sheet, type, shape) => {
  if (shape.length < 2) return slice(sheet, type, shape)
  const x = sheet.value(type, shape)
  const [upper, k] = [between(sheet.random, 0, 1), between(sheet.random, -9, 9)]
  const grid = gridOf(shape, (place) => {
    const over = place.at(-1) - place.at(-2) - k
    return (upper === 1 ? over >= 0 : over <= 0) ? at(x, place) : 0
  })
  return sheet.node("Trilu", [x, sheet.constant("int64", [], [k])], { upper }, grid)
}

const compress: Maker = (sheet, type, shape) => {
  const x = sheet.value(type, shape)
  const axis = axisOf(sheet, shape)
  const holds = range(between(sheet.random, 1, shape[axis])).map(() => between(sheet.random, 0, 1))
  const taken = holds.flatMap((one, i) => (one === 1 ? [i] : []))
  const grid = gridOf(shape.with(axis, taken.length), (place) =>
    at(x, moved(place, axis, taken[place[axis]])),
  )
  return sheet.node("Compress", [x, sheet.constant("bool", [holds.length], holds)], { axis }, grid)
}

const reverseSequence: Maker = (sheet, type, shape) => {
  if (shape.length < 2) return slice(sheet, type, shape)
  const x = sheet.value(type, shape)
  const [time, batch] = shuffled(sheet.random, range(shape.length))
  const data = range(shape[batch]).map(() => between(sheet.random, 1, shape[time]))
  const lengths = onceIn(sheet.random, 2) ? sheet.ints(...data) : sheet.input("int64", [data.length], data)
  const grid = gridOf(shape, (place) => {
    const length = data[place[batch]]
    return at(x, place[time] < length ? moved(place, time, length - 1 - place[time]) : place)
  })
  return sheet.node("ReverseSequence", [x, lengths], { time_axis: time, batch_axis: batch }, grid)
}

const nearest: Maker = (sheet, type, shape) => {
  const x = sheet.value(type, shape)
  const sizes = shape.map((size) => pick(sheet.random, [size, 2 * size, size + 1, Math.max(1, size - 1)]))
  const grid = gridOf(sizes, (place) =>
    at(
      x,
      place.map((i, axis) => Math.floor((i * shape[axis]) / sizes[axis])),
    ),
  )
  const attributes = { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }
  return sheet.node("Resize", [x, undefined, undefined, sheet.ints(...sizes)], attributes, grid)
}

const cumsum: Maker = (sheet, type, shape) => {
  if (type === "bool" || type === "int8" || type === "uint8") return trilu(sheet, type, shape)
  const x = sheet.value(type, shape)
  const axis = axisOf(sheet, shape)
  const [exclusive, reverse] = [between(sheet.random, 0, 1), between(sheet.random, 0, 1)]
  const grid = gridOf(shape, (place) =>
    range(shape[axis])
      .filter((k) => (reverse ? k >= place[axis] : k <= place[axis]) && !(exclusive && k === place[axis]))
      .reduce((sum, k) => sum + at(x, moved(place, axis, k)), 0),
  )
  return sheet.node("CumSum", [x, sheet.constant("int64", [], [axis])], { exclusive, reverse }, grid)
}

const topK: Maker = (sheet, type, shape) => {
  const x = sheet.value(type, shape)
  const axis = axisOf(sheet, shape)
  const [k, largest] = [between(sheet.random, 1, shape[axis]), between(sheet.random, 0, 1)]
  const order = (place: readonly number[]) => {
    const sign = largest ? -1 : 1
    const own = (i: number) => at(x, moved(place, axis, i))
    return range(shape[axis]).sort((a, b) => sign * (own(a) - own(b)) || a - b)
  }
  const ranks = gridOf(shape.with(axis, k), (place) => order(place)[place[axis]])
  const best = gridOf(ranks.shape, (place) => at(x, moved(place, axis, at(ranks, place))))
  const results = [
    { ...best, type },
    { ...ranks, type: "int64" as const },
  ]
  const [values, places] = sheet.nodes("TopK", [x, sheet.ints(k)], { axis, largest }, results)
  if (onceIn(sheet.random, 2)) sheet.output(places)
  return values
}

const extreme: Maker = (sheet, type, shape) => {
  const x = sheet.value(type, shape)
  const axis = axisOf(sheet, shape)
  const [last, keepdims] = [between(sheet.random, 0, 1), between(sheet.random, 0, 1)]
  const max = onceIn(sheet.random, 2)
  const grid = gridOf(shape.with(axis, 1), (place) => {
    const line = range(shape[axis]).map((i) => at(x, moved(place, axis, i)))
    const best = max ? Math.max(...line) : Math.min(...line)
    return last ? line.lastIndexOf(best) : line.indexOf(best)
  })
  const attributes = { axis, keepdims, select_last_index: last }
  const result = { ...grid, shape: keepdims ? grid.shape : grid.shape.toSpliced(axis, 1) }
  return sheet.node(max ? "ArgMax" : "ArgMin", [x], attributes, result, "int64")
}

const oneHot: Maker = (sheet, type, shape) => {
  const depth = 5
  const [off, on] = type === "bool" ? [0, 1] : [3, 7]
  const x = sheet.value("int64", shape)
  const axis = between(sheet.random, 0, shape.length)
  const grid = gridOf(shape.toSpliced(axis, 0, depth), (place) =>
    wrap(at(x, place.toSpliced(axis, 1)), depth) === place[axis] ? on : off,
  )
  const depths = sheet.constant("float32", [], [depth])
  return sheet.node("OneHot", [x, depths, sheet.input(type, [2], [off, on])], { axis }, grid, type)
}

const depthToSpace: Maker = (sheet, type) => {
  const x = sheet.value(type, [2, 8, 3, 2])
  const mode = pick(sheet.random, ["DCR", "CRD"])
  const grid = gridOf([2, 2, 6, 4], ([n, c, h, w]) => {
    const inner = 2 * (h % 2) + (w % 2)
    return at(x, [n, mode === "DCR" ? 2 * inner + c : 4 * c + inner, Math.floor(h / 2), Math.floor(w / 2)])
  })
  return sheet.node("DepthToSpace", [x], { blocksize: 2, mode }, grid)
}

const spaceToDepth: Maker = (sheet, type) => {
  const x = sheet.value(type, [2, 3, 4, 6])
  const grid = gridOf([2, 12, 2, 3], ([n, c, h, w]) => {
    const square = Math.floor(c / 3)
    return at(x, [n, c % 3, 2 * h + Math.floor(square / 2), 2 * w + (square % 2)])
  })
  return sheet.node("SpaceToDepth", [x], { blocksize: 2 }, grid)
}

const MAKERS = {
  Concat: concat,
  Pad: pad,
  Slice: slice,
  Split: split,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  Tile: tile,
  Expand: expand,
  Trilu: trilu,
  Compress: compress,
  ReverseSequence: reverseSequence,
  "Resize to the nearest": nearest,
  CumSum: cumsum,
  TopK: topK,
  "ArgMax and ArgMin": extreme,
  OneHot: oneHot,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
}

/** What may follow a node: nothing, itself as the input of another one, or a step that it is fused into. */
function follow(sheet: Sheet, value: Operand): Operand {
  const { shape, type, data } = value
  if (data.length === 0 || type === "bool" || type === "int8" || type === "uint8") return value
  if (onceIn(sheet.random, 3)) return value
  const other = sheet.value(type, shape)
  return sheet.node("Add", [value, other], {}, { shape, data: data.map((one, i) => one + other.data[i]) })
}

describe("operators that move data, from and to any layout", () => {
  for (const [name, make] of Object.entries(MAKERS)) {
    it(name, () => {
      const random = seeded(SEED)
      for (let round = 0; round < 60; round++) {
        const sheet = new Sheet(random, 19)
        const value = make(sheet, pick(random, TYPES), pick(random, SHAPES))
        sheet.output(follow(sheet, value))
        sheet.check()
      }
    })
  }

  it("several of them in a row", () => {
    const random = seeded(SEED + 1)
    for (let round = 0; round < 60; round++) {
      const sheet = new Sheet(random, 19)
      const [first, second] = [concat(sheet, "float32", [2, 4, 6]), pad(sheet, "float32", [2, 4, 6])]
      const both = [first, second].map((one) => {
        const size = one.data.length
        return sheet.node("Reshape", [one, sheet.ints(-1)], {}, { shape: [size], data: one.data })
      })
      const [a, b] = both
      const joined = { shape: [a.data.length + b.data.length], data: [...a.data, ...b.data] }
      sheet.output(sheet.node("Concat", both, { axis: 0 }, joined))
      sheet.check()
    }
  })
})
