import { product } from "../../../../../src/engine/program/view.ts"
import {
  between,
  int,
  ints,
  list,
  listOf,
  onceIn,
  pick,
  shuffled,
  someAxes,
  string,
  tensor,
} from "../draw.ts"
import { weights, type Layer } from "./layer.ts"

const transpose: Layer = ({ random, maker, x }) => [
  maker.node("Transpose", [x.name], { perm: ints(shuffled(random, [...x.dims.keys()])) }),
]

const reshape: Layer = ({ random, maker, x }) => {
  const digits = shuffled(
    random,
    x.dims.flatMap((size) => (size === 4 ? [2, 2] : size === 6 ? [3, 2] : [size])),
  )
  const joined = digits.length > 2 && onceIn(random, 2) ? [digits[0] * digits[1], ...digits.slice(2)] : digits
  return [
    maker.node("Reshape", [
      x.name,
      maker.constant(list(joined.slice(0, 5).concat(joined.slice(5).reduce((a, b) => a * b, 1)))),
    ]),
  ]
}

const slice: Layer = ({ random, maker, x }) => {
  const axes = someAxes(random, x.dims.length).filter((axis) => x.dims[axis] > 1)
  if (axes.length === 0) return undefined
  const steps = axes.map(() => pick(random, [1, 1, 2, -1]))
  const starts = axes.map((axis, i) => (steps[i] < 0 ? x.dims[axis] - 1 : random() % 2))
  const ends = axes.map((axis, i) => (steps[i] < 0 ? -x.dims[axis] - 1 : x.dims[axis]))
  return [
    maker.node("Slice", [x.name, ...[starts, ends, axes, steps].map((one) => maker.constant(list(one)))]),
  ]
}

const pad: Layer = ({ random, maker, x }) => {
  const mode = pick(random, ["constant", "edge", "reflect"])
  const pads = [...x.dims, ...x.dims].map((size) => Math.min(random() % 2, size - 1))
  return [maker.node("Pad", [x.name, maker.constant(list(pads))], { mode: string(mode) })]
}

const concat: Layer = (site) => {
  const { random, maker, x, others } = site
  const axis = random() % x.dims.length
  const alike = others.filter(
    ({ dims }) => dims.length === x.dims.length && dims.every((size, i) => i === axis || size === x.dims[i]),
  )
  const rest =
    alike.length > 0
      ? shuffled(random, alike)
          .slice(0, 2)
          .map(({ name }) => name)
      : [weights(site, x.dims)]
  return [maker.node("Concat", shuffled(random, [x.name, ...rest]), { axis: int(axis) })]
}

const split: Layer = ({ random, maker, x }) => {
  const axes = [...x.dims.keys()].filter((axis) => x.dims[axis] > 1)
  if (axes.length === 0) return undefined
  const axis = pick(random, axes)
  const first = between(random, 1, x.dims[axis] - 1)
  const sizes = maker.constant(list([first, x.dims[axis] - first]))
  return maker.nodes("Split", [x.name, sizes], { axis: int(axis) }, 2)
}

const gather: Layer = ({ random, maker, x }) => {
  const axis = random() % x.dims.length
  const indices = list(listOf(between(random, 1, 4), () => random() % x.dims[axis]))
  return [
    maker.node("Gather", [x.name, onceIn(random, 2) ? maker.constant(indices) : maker.input(indices)], {
      axis: int(axis),
    }),
  ]
}

const expand: Layer = ({ random, maker, x }) => {
  if (product(x.dims) > 150) return undefined
  const dims =
    x.dims.length < 4 ? [2, ...x.dims] : x.dims.map((size) => (size === 1 ? between(random, 1, 3) : size))
  return [maker.node("Expand", [x.name, maker.constant(list(dims))])]
}

const tile: Layer = ({ random, maker, x }) => {
  if (product(x.dims) > 100) return undefined
  return [maker.node("Tile", [x.name, maker.constant(list(x.dims.map(() => between(random, 1, 2))))])]
}

const cumSum: Layer = ({ random, maker, x }) => [
  maker.node("CumSum", [x.name, maker.constant(tensor("int64", [], [random() % x.dims.length]))]),
]

/** Layers that move elements. */
export const MOVERS: readonly Layer[] = [
  transpose,
  transpose,
  reshape,
  slice,
  pad,
  concat,
  split,
  gather,
  expand,
  tile,
  cumSum,
]
