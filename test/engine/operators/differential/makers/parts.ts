import { product } from "../../../../../src/engine/program/view.ts"
import {
  NUMBERS,
  TYPES,
  anyTensor,
  between,
  int,
  ints,
  list,
  listOf,
  onceIn,
  pick,
  shape,
  signed,
  size,
  solid,
  some,
  someAxes,
  string,
  tensor,
  version,
} from "../draw.ts"
import type { Attributes, MakeSpec, Makers } from "../spec.ts"
import { anyType, axisOf } from "./common.ts"

const concat: MakeSpec = (random) => {
  const dims = shape(random, 1, 4)
  const opset = version(random, [7, 11, 13])
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
  const opset = version(random, [7, 10, 11, 13])
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
  const opset = version(random, [7, 11, 13, 18])
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
  const opset = version(random, [7, 11, 13, 18, 19, 21])
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

const trilu: MakeSpec = (random) => {
  const dims = shape(random, 2, 4)
  const k = onceIn(random, 3) ? [] : [tensor("int64", onceIn(random, 2) ? [] : [1], [between(random, -6, 6)])]
  return {
    opset: 14,
    inputs: [anyType(random, dims), ...k],
    attributes: some(random, { upper: int(random() % 2) }),
  }
}

const compress: MakeSpec = (random) => {
  const dims = solid(random, 1, 4)
  const opset = version(random, [9, 11])
  const axis = axisOf(random, dims.length, opset)
  const has = onceIn(random, 2)
  const size = has ? dims.at(axis) : product(dims)
  const condition = anyTensor(random, "bool", [between(random, 1, size)])
  return { opset, inputs: [anyType(random, dims), condition], attributes: has ? { axis: int(axis) } : {} }
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

/** Operators that cut tensors and put them together. */
export const PART_MAKERS: Makers = {
  CenterCropPad: centerCropPad,
  Compress: compress,
  Concat: concat,
  Pad: pad,
  ReverseSequence: reverseSequence,
  Slice: slice,
  Split: split,
  Trilu: trilu,
}
