import { product } from "../../../../src/engine/program/view.ts"
import {
  NUMBERS,
  type Random,
  TYPES,
  type TypeName,
  anyTensor,
  between,
  floatsIn,
  int,
  ints,
  list,
  listOf,
  onceIn,
  partOf,
  pick,
  shape,
  shuffled,
  signed,
  size,
  solid,
  some,
  someAxes,
  string,
  tensor,
  within,
} from "./draw.ts"
import type { Attributes, MakeSpec, Makers } from "./spec.ts"

const anyType = (random: Random, dims: readonly number[]) => anyTensor(random, pick(random, TYPES), dims)

/** An axis of a rank: from an opset on, now and then counted from the end. */
const axisOf = (random: Random, rank: number, opset: number, since = 11): number =>
  opset < since ? random() % rank : signed(random, random() % rank, rank)

const transpose: MakeSpec = (random) => {
  const dims = shape(random, 0, 5)
  const perm = shuffled(random, [...dims.keys()])
  return {
    opset: pick(random, [7, 13, 21]),
    inputs: [anyType(random, dims)],
    attributes: some(random, { perm: ints(perm) }),
  }
}

const reshape: MakeSpec = (random) => {
  const dims = shape(random, 0, 4)
  const opset = pick(random, [7, 13, 14, 19])
  const digits = shuffled(
    random,
    dims.flatMap((one) => (one === 4 ? [2, 2] : [one])),
  )
  const wanted = onceIn(random, 3) ? [...digits, 1] : digits
  const joined = wanted.length > 1 && onceIn(random, 2) ? [wanted[0] * wanted[1], ...wanted.slice(2)] : wanted
  const hasEmpty = dims.includes(0)
  const target = hasEmpty ? [...dims] : joined
  const copied = target.map((one, i) => (one === dims[i] && onceIn(random, 3) ? 0 : one))
  if (!hasEmpty && copied.length > 0 && onceIn(random, 2)) copied[random() % copied.length] = -1
  const allow = opset >= 14 && hasEmpty && onceIn(random, 2)
  return {
    opset,
    inputs: [anyType(random, dims), list(allow ? shuffled(random, dims) : copied)],
    attributes: allow ? { allowzero: int(1) } : {},
  }
}

const flatten: MakeSpec = (random) => {
  const dims = shape(random, 1, 4)
  const opset = pick(random, [7, 9, 11, 13])
  const axis = between(random, 0, dims.length)
  const type = opset < 9 ? "float32" : pick(random, TYPES)
  const given = opset >= 11 && onceIn(random, 2) ? axis - dims.length : axis
  return { opset, inputs: [anyTensor(random, type, dims)], attributes: some(random, { axis: int(given) }) }
}

const squeeze: MakeSpec = (random) => {
  const dims = shape(random, 0, 4).map((one) => (onceIn(random, 2) ? 1 : one))
  const opset = pick(random, [7, 11, 13, 21])
  const ones = [...dims.keys()].filter((axis) => dims[axis] === 1)
  const chosen = shuffled(random, ones).slice(0, between(random, 0, ones.length))
  const axes = chosen.map((axis) => (opset < 11 ? axis : signed(random, axis, dims.length)))
  const x = anyType(random, dims)
  if (axes.length === 0) return { opset, inputs: [x] }
  return opset < 13
    ? { opset, inputs: [x], attributes: { axes: ints(axes) } }
    : { opset, inputs: [x, list(axes)] }
}

const unsqueeze: MakeSpec = (random) => {
  const dims = shape(random, 0, 3)
  const opset = pick(random, [7, 11, 13, 21])
  const rank = dims.length + between(random, 1, 3)
  const chosen = shuffled(
    random,
    listOf(rank, (i) => i),
  ).slice(0, rank - dims.length)
  const axes = chosen.map((axis) => (opset < 11 ? axis : signed(random, axis, rank)))
  const x = anyType(random, dims)
  return opset < 13
    ? { opset, inputs: [x], attributes: { axes: ints(axes) } }
    : { opset, inputs: [x, list(axes)] }
}

const expand: MakeSpec = (random) => {
  const whole = shape(random, 0, 4)
  return {
    opset: pick(random, [8, 13]),
    inputs: [anyType(random, partOf(random, whole)), list(partOf(random, whole))],
  }
}

const tile: MakeSpec = (random) => {
  const dims = shape(random, 1, 4, 4)
  const repeats = dims.map(() => (onceIn(random, 30) ? 0 : between(random, 1, 3)))
  return { opset: pick(random, [7, 13]), inputs: [anyType(random, dims), list(repeats)] }
}

const concat: MakeSpec = (random) => {
  const dims = shape(random, 1, 4)
  const opset = pick(random, [7, 11, 13])
  const axis = random() % dims.length
  const type = pick(random, TYPES)
  const parts = listOf(between(random, 1, onceIn(random, 10) ? 40 : 4), () =>
    anyTensor(
      random,
      type,
      dims.map((one, i) => (i === axis ? size(random, 3) : one)),
    ),
  )
  const given = opset < 11 ? axis : signed(random, axis, dims.length)
  return { opset, inputs: parts, attributes: { axis: int(given) } }
}

const slice: MakeSpec = (random) => {
  const dims = shape(random, 1, 4, 7)
  const opset = pick(random, [7, 10, 11, 13])
  const axes = someAxes(random, dims.length)
  const far = [1000, -1000, -(2 ** 31)]
  const bound = (axis: number) =>
    onceIn(random, 8) ? pick(random, far) : between(random, -dims[axis] - 1, dims[axis] + 1)
  const starts = axes.map(bound)
  const ends = axes.map(bound)
  const given = axes.map((axis) => (opset < 11 ? axis : signed(random, axis, dims.length)))
  const isPrefix = axes.every((axis, i) => axis === i)
  const x = anyType(random, dims)
  if (opset < 10) {
    const named = { starts: ints(starts), ends: ints(ends) }
    return {
      opset,
      inputs: [x],
      attributes: isPrefix && onceIn(random, 2) ? named : { ...named, axes: ints(given) },
    }
  }
  const type = pick(random, ["int32", "int64"] as const)
  const steps = axes.map(() => pick(random, [1, 1, 1, 2, 3, -1, -2]))
  const kept = isPrefix && onceIn(random, 2) ? undefined : list(given, type)
  return {
    opset,
    inputs: [
      x,
      list(starts, type),
      list(ends, type),
      kept,
      ...(onceIn(random, 3) ? [] : [list(steps, type)]),
    ],
  }
}

const split: MakeSpec = (random) => {
  const opset = pick(random, [7, 11, 13, 18])
  const outputs = between(random, 1, 4)
  const isEven = onceIn(random, 2)
  const parts = listOf(outputs, () => (isEven ? 2 : between(random, opset < 13 ? 1 : 0, 3)))
  const dims = solid(random, 1, 4)
  const axis = random() % dims.length
  dims[axis] = parts.reduce((sum, one) => sum + one, 0)
  if (isEven && opset >= 18 && onceIn(random, 2)) dims[axis] -= 1
  const isCut = dims[axis] !== 2 * outputs
  const given = opset < 11 ? axis : signed(random, axis, dims.length)
  const attributes: Attributes = axis === 0 && onceIn(random, 2) ? {} : { axis: int(given) }
  const x = anyType(random, dims)
  if (isEven && (isCut || onceIn(random, 2))) {
    const counted = opset >= 18 ? { ...attributes, num_outputs: int(outputs) } : attributes
    return { opset, inputs: [x], outputs, attributes: counted }
  }
  if (opset < 13) return { opset, inputs: [x], outputs, attributes: { ...attributes, split: ints(parts) } }
  return { opset, inputs: [x, list(parts)], outputs, attributes }
}

const pad: MakeSpec = (random) => {
  const opset = pick(random, [7, 11, 13, 18, 19, 21])
  const dims = solid(random, 1, 4)
  const mode = pick(random, ["constant", "constant", "reflect", "edge", ...(opset >= 19 ? ["wrap"] : [])])
  const axes = opset >= 18 && onceIn(random, 2) ? someAxes(random, dims.length) : [...dims.keys()]
  const most = (axis: number) => (mode === "reflect" ? dims[axis] - 1 : mode === "wrap" ? dims[axis] : 3)
  const one = (axis: number) => between(random, 0, Math.min(3, most(axis)))
  const pads = [...axes.map(one), ...axes.map(one)]
  if (mode === "constant" && onceIn(random, 3)) {
    // Negative pads cut off, but leave something.
    axes.forEach((axis, i) => (pads[i] = dims[axis] > 1 ? -1 : 0))
  }
  const type = opset < 11 ? "float32" : pick(random, opset < 13 ? NUMBERS : TYPES)
  const x = anyTensor(random, type, dims)
  const named = some(random, { mode: string(mode) })
  const attributes = mode === "constant" ? named : { mode: string(mode) }
  if (opset < 11)
    return {
      opset,
      inputs: [x],
      attributes: {
        ...attributes,
        pads: ints(pads),
        ...some(random, { value: { type: "float", value: 1.5 } }),
      },
    }
  const fill = onceIn(random, 2)
    ? anyTensor(random, type, onceIn(random, 2) || opset < 13 ? [] : [1])
    : undefined
  const named2 = axes.length === dims.length && axes.every((axis, i) => axis === i) && onceIn(random, 2)
  const given = list(
    axes.map((axis) => signed(random, axis, dims.length)),
    pick(random, ["int32", "int64"]),
  )
  return { opset, inputs: [x, list(pads), fill, ...(opset < 18 || named2 ? [] : [given])], attributes }
}

const centerCropPad: MakeSpec = (random) => {
  const dims = solid(random, 1, 4)
  const axes = someAxes(random, dims.length)
  const isAll = axes.every((axis, i) => axis === i) && axes.length === dims.length
  const sizes = axes.map(() => between(random, 1, 7))
  const attributes: Attributes = isAll
    ? {}
    : { axes: ints(axes.map((axis) => signed(random, axis, dims.length))) }
  return {
    opset: 18,
    inputs: [anyType(random, dims), list(sizes)],
    attributes,
  }
}

/** Indices of an axis, now and then from its end. */
const places = (random: Random, dims: readonly number[], reach: (i: number) => number, isSigned: boolean) =>
  tensor(
    pick(random, ["int32", "int64"] as const),
    dims,
    listOf(product(dims), (i) => between(random, isSigned ? -reach(i) : 0, reach(i) - 1)),
  )

const gather: MakeSpec = (random) => {
  const dims = solid(random, 1, 4)
  const opset = pick(random, [7, 11, 13])
  const axis = random() % dims.length
  const indices = places(random, shape(random, 0, 3, 4), () => dims[axis], opset >= 11)
  const given = opset < 11 ? axis : signed(random, axis, dims.length)
  return {
    opset,
    inputs: [anyType(random, dims), indices],
    attributes: axis === 0 ? some(random, { axis: int(given) }) : { axis: int(given) },
  }
}

const gatherElements: MakeSpec = (random) => {
  const dims = solid(random, 1, 4)
  const axis = random() % dims.length
  const own = dims.map((one, i) => (i === axis ? size(random, 4) : between(random, 1, one)))
  const attributes = { axis: int(signed(random, axis, dims.length)) }
  return {
    opset: pick(random, [11, 13]),
    inputs: [anyType(random, dims), places(random, own, () => dims[axis], true)],
    attributes: axis === 0 ? some(random, attributes) : attributes,
  }
}

const gatherND: MakeSpec = (random) => {
  const opset = pick(random, [11, 12, 13])
  const dims = solid(random, 1, 5, 4)
  const batch = opset < 12 ? 0 : between(random, 0, Math.min(2, dims.length - 1))
  const depth = between(random, 1, dims.length - batch)
  const tuples = [...dims.slice(0, batch), ...solid(random, 0, 2, 4)]
  const count = tuples.length < batch + 0 ? tuples : tuples
  const indices = places(random, [...count, depth], (i) => dims[batch + (i % depth)], true)
  const int64 = { ...indices, ...tensor("int64", indices.dims, numbersOf(indices)) }
  return {
    opset,
    inputs: [anyType(random, dims), int64],
    attributes:
      batch === 0 ? (opset < 12 ? {} : some(random, { batch_dims: int(0) })) : { batch_dims: int(batch) },
  }
}

const numbersOf = ({ elementType, data }: { elementType: string; data: Uint8Array }): (number | bigint)[] => {
  const { buffer } = data.slice()
  return [...(elementType === "int64" ? new BigInt64Array(buffer) : new Int32Array(buffer))]
}

const REDUCED = ["float32", "int8", "uint8", "int32", "int64"] as const

/** A type and a reduction of it that an opset has. */
function reduction(random: Random, opset: number): { type: TypeName; attributes: Attributes } {
  const names = opset < 16 ? [] : opset < 18 ? ["add", "mul"] : ["add", "mul", "max", "min"]
  const name = pick(random, ["none", ...names])
  const type = name === "none" ? pick(random, TYPES) : pick(random, REDUCED)
  return { type, attributes: name === "none" ? {} : { reduction: string(name) } }
}

const small = (random: Random, type: TypeName, dims: readonly number[]) =>
  type === "float32" ? floatsIn(random, dims, -2, 2) : anyTensor(random, type, dims)

const scatterElements =
  (opsets: readonly number[]): MakeSpec =>
  (random) => {
    const opset = pick(random, opsets)
    const dims = solid(random, 1, 4)
    const axis = random() % dims.length
    const { type, attributes } = reduction(random, opset)
    const own = dims.map((one, i) =>
      i === axis && "reduction" in attributes ? between(random, 1, 4) : between(random, 1, one),
    )
    // Without a reduction no two updates may meet.
    const strides = own.slice(axis + 1).reduce((all, one) => all * one, 1)
    const indices =
      "reduction" in attributes
        ? places(random, own, () => dims[axis], true)
        : tensor(
            "int64",
            own,
            listOf(
              product(own),
              (i) =>
                (Math.floor(i / strides) % own[axis]) - (onceIn(random, 3) && opset >= 11 ? dims[axis] : 0),
            ),
          )
    return {
      opset,
      inputs: [small(random, type, dims), indices, small(random, type, own)],
      attributes: { ...attributes, axis: int(opset < 11 ? axis : signed(random, axis, dims.length)) },
    }
  }

const scatterND: MakeSpec = (random) => {
  const opset = pick(random, [11, 13, 16, 18])
  const dims = solid(random, 1, 4, 4)
  const depth = between(random, 1, dims.length)
  const outer = dims.slice(0, depth)
  const { type, attributes } = reduction(random, opset)
  const all = shuffled(
    random,
    listOf(product(outer), (i) => i),
  )
  const rows = between(random, 1, Math.min(6, all.length))
  const chosen = "reduction" in attributes ? listOf(rows, () => pick(random, all)) : all.slice(0, rows)
  const numbers = chosen.flatMap((place) =>
    outer.map((one, axis) => {
      const at = Math.floor(place / product(outer.slice(axis + 1))) % one
      return onceIn(random, 3) ? at - one : at
    }),
  )
  const tuples = onceIn(random, 4) ? [1, rows] : [rows]
  return {
    opset,
    inputs: [
      small(random, type, dims),
      tensor("int64", [...tuples, depth], numbers),
      small(random, type, [...tuples, ...dims.slice(depth)]),
    ],
    attributes,
  }
}

const depthToSpace: MakeSpec = (random) => {
  const opset = pick(random, [7, 11, 13])
  const block = between(random, 1, 3)
  const dims = [
    between(random, 1, 2),
    block * block * between(random, 1, 3),
    between(random, 1, 4),
    between(random, 1, 4),
  ]
  const mode = opset < 11 ? {} : some(random, { mode: string(pick(random, ["DCR", "CRD"])) })
  return { opset, inputs: [floatsIn(random, dims)], attributes: { blocksize: int(block), ...mode } }
}

const spaceToDepth: MakeSpec = (random) => {
  const block = between(random, 1, 3)
  const dims = [
    between(random, 1, 2),
    between(random, 1, 3),
    block * between(random, 1, 3),
    block * between(random, 1, 3),
  ]
  return {
    opset: pick(random, [7, 13]),
    inputs: [floatsIn(random, dims)],
    attributes: { blocksize: int(block) },
  }
}

const extreme: MakeSpec = (random) => {
  const opset = pick(random, [7, 11, 12, 13])
  const dims = solid(random, 1, 4, onceIn(random, 8) ? 40 : 6).slice(0, 4)
  const type = pick(random, [
    "float32",
    "int32",
    ...(opset >= 12 ? (["int8", "uint8", "int64"] as const) : []),
  ] as const)
  const attributes = some(random, {
    axis: int(axisOf(random, dims.length, opset)),
    keepdims: int(random() % 2),
    ...(opset >= 12 ? { select_last_index: int(random() % 2) } : {}),
  })
  // Few values, so that some are equal.
  return { opset, inputs: [within(random, type, dims, type === "uint8" ? 0 : -2, 2)], attributes }
}

const topK: MakeSpec = (random) => {
  const opset = pick(random, [7, 10, 11])
  const dims = solid(random, 1, 4, onceIn(random, 8) ? 40 : 6).slice(0, 4)
  const axis = random() % dims.length
  const k = between(random, 1, dims[axis])
  const given = opset < 11 ? (axis === dims.length - 1 ? -1 : axis) : signed(random, axis, dims.length)
  const type = opset < 11 ? "float32" : pick(random, NUMBERS)
  const x = within(random, type, dims, type === "uint8" ? 0 : -3, 3)
  const attributes: Attributes = {
    axis: int(given),
    ...(opset < 11 ? {} : some(random, { largest: int(random() % 2), sorted: int(1) })),
  }
  if (opset < 10) return { opset, outputs: 2, inputs: [x], attributes: { ...attributes, k: int(k) } }
  return { opset, outputs: 2, inputs: [x, list([k])], attributes }
}

const cumSum: MakeSpec = (random) => {
  const dims = shape(random, 1, 4, 6)
  const type = pick(random, ["float32", "int32", "int64"] as const)
  const axis = axisOf(random, dims.length, 11)
  return {
    opset: pick(random, [11, 14]),
    inputs: [
      anyTensor(random, type, dims),
      tensor(pick(random, ["int32", "int64"]), onceIn(random, 3) ? [1] : [], [axis]),
    ],
    attributes: some(random, { exclusive: int(random() % 2), reverse: int(random() % 2) }),
  }
}

const trilu: MakeSpec = (random) => {
  const dims = shape(random, 2, 4)
  const k = onceIn(random, 3) ? [] : [tensor("int64", onceIn(random, 2) ? [] : [1], [between(random, -6, 6)])]
  return {
    opset: 14,
    inputs: [anyType(random, dims), ...k],
    attributes: some(random, { upper: int(random() % 2) }),
  }
}

const oneHot: MakeSpec = (random) => {
  const dims = shape(random, 0, 3)
  const depth = between(random, 1, 6)
  const types = ["float32", "int32", "int64"] as const
  const depthType = pick(random, types)
  const rank = dims.length + 1
  const indices = within(random, "int64", dims, -depth - 1, depth)
  const type = pick(random, types)
  const values = within(random, type, [2], -5, 5)
  return {
    opset: pick(random, [9, 11]),
    inputs: [indices, tensor(depthType, onceIn(random, 2) ? [] : [1], [depth]), values],
    attributes: some(random, { axis: int(signed(random, random() % rank, rank)) }),
  }
}

const compress: MakeSpec = (random) => {
  const dims = solid(random, 1, 4)
  const opset = pick(random, [9, 11])
  const axis = axisOf(random, dims.length, opset)
  const has = onceIn(random, 2)
  const size = has ? dims.at(axis)! : product(dims)
  const condition = anyTensor(random, "bool", [between(random, 1, size)])
  return { opset, inputs: [anyType(random, dims), condition], attributes: has ? { axis: int(axis) } : {} }
}

const nonZero: MakeSpec = (random) => {
  const type = pick(random, ["float32", "int32", "int64", "uint8", "bool"] as const)
  return { opset: pick(random, [9, 13]), inputs: [within(random, type, shape(random, 1, 3), 0, 1)] }
}

const reverseSequence: MakeSpec = (random) => {
  const dims = solid(random, 2, 4)
  const time = random() % 2
  const count = dims[1 - time]
  const lengths = tensor(
    "int64",
    [count],
    listOf(count, () => between(random, 1, dims[time])),
  )
  const attributes = { time_axis: int(time), batch_axis: int(1 - time) }
  return {
    opset: 10,
    inputs: [anyType(random, dims), lengths],
    attributes: time === 0 ? (some(random, attributes).time_axis && attributes) || {} : attributes,
  }
}

/** Operators that move, select and order elements. */
export const MOVEMENT_MAKERS: Makers = {
  ArgMax: extreme,
  ArgMin: extreme,
  CenterCropPad: centerCropPad,
  Compress: compress,
  Concat: concat,
  CumSum: cumSum,
  DepthToSpace: depthToSpace,
  Expand: expand,
  Flatten: flatten,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  NonZero: nonZero,
  OneHot: oneHot,
  Pad: pad,
  Reshape: reshape,
  ReverseSequence: reverseSequence,
  Scatter: scatterElements([9, 10]),
  ScatterElements: scatterElements([11, 13, 16, 18]),
  ScatterND: scatterND,
  Slice: slice,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Squeeze: squeeze,
  Tile: tile,
  TopK: topK,
  Transpose: transpose,
  Trilu: trilu,
  Unsqueeze: unsqueeze,
}
