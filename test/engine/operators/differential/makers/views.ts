import {
  TYPES,
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
  some,
  string,
  version,
} from "../draw.ts"
import type { MakeSpec, Makers } from "../spec.ts"
import { anyType } from "./common.ts"

const transpose: MakeSpec = (random) => {
  const dims = shape(random, 0, 5)
  const perm = shuffled(random, [...dims.keys()])
  return {
    opset: version(random, [7, 13, 21]),
    inputs: [anyType(random, dims)],
    attributes: some(random, { perm: ints(perm) }),
  }
}

const reshape: MakeSpec = (random) => {
  const dims = shape(random, 0, 4)
  const opset = version(random, [7, 13, 14, 19])
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
  const opset = version(random, [7, 9, 11, 13])
  const axis = between(random, 0, dims.length)
  const type = opset < 9 ? "float32" : pick(random, TYPES)
  const given = opset >= 11 && onceIn(random, 2) ? axis - dims.length : axis
  return { opset, inputs: [anyTensor(random, type, dims)], attributes: some(random, { axis: int(given) }) }
}

const squeeze: MakeSpec = (random) => {
  const dims = shape(random, 0, 4).map((one) => (onceIn(random, 2) ? 1 : one))
  const opset = version(random, [7, 11, 13, 21])
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
  const opset = version(random, [7, 11, 13, 21])
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
    opset: version(random, [8, 13]),
    inputs: [anyType(random, partOf(random, whole)), list(partOf(random, whole))],
  }
}

const tile: MakeSpec = (random) => {
  const dims = shape(random, 1, 4, 4)
  const repeats = dims.map(() => (onceIn(random, 30) ? 0 : between(random, 1, 3)))
  return { opset: version(random, [7, 13]), inputs: [anyType(random, dims), list(repeats)] }
}

const depthToSpace: MakeSpec = (random) => {
  const opset = version(random, [7, 11, 13])
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
    opset: version(random, [7, 13]),
    inputs: [floatsIn(random, dims)],
    attributes: { blocksize: int(block) },
  }
}

/** Operators that move no data. */
export const VIEW_MAKERS: Makers = {
  DepthToSpace: depthToSpace,
  Expand: expand,
  Flatten: flatten,
  Reshape: reshape,
  SpaceToDepth: spaceToDepth,
  Squeeze: squeeze,
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
}
