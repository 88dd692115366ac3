import { type Random, between, floatsIn, int, ints, list, pick, tensor, within } from "../draw.ts"
import type { MakeSpec } from "../spec.ts"

/** Shapes with an axis, or several, of more elements or chunks than one element of a step may walk over. */
const SHAPES = [[3000], [2, 2600], [70, 300], [3, 60, 270], [2500, 3]] as const

const long = (random: Random) => floatsIn(random, pick(random, SHAPES), -1, 1)

/** Sums of thousands: what rounding does to them is far from the last place of a small result. */
const absolute = 1e-3

const reduce: MakeSpec = (random) => {
  const x = random() % 4 === 0 ? within(random, "int32", pick(random, SHAPES), -9, 9) : long(random)
  const axis = random() % x.dims.length
  const axes = random() % 3 === 0 ? [...x.dims.keys()] : [axis]
  return { opset: 18, inputs: [x, list(axes)], attributes: { keepdims: int(random() % 2) }, absolute }
}

const softmax: MakeSpec = (random) => {
  const x = long(random)
  return { opset: 13, inputs: [x], attributes: { axis: int(random() % x.dims.length) } }
}

const layerNormalization: MakeSpec = (random) => {
  const x = long(random)
  const axis = random() % x.dims.length
  const scale = floatsIn(random, x.dims.slice(axis), 0.5, 2)
  return { opset: 17, inputs: [x, scale], attributes: { axis: int(axis) }, absolute }
}

const image = (random: Random) =>
  floatsIn(
    random,
    pick(random, [
      [1, 2, 1500],
      [2, 3, 50, 40],
      [1, 2, 3, 20, 30],
    ]),
    -1,
    1,
  )

const instanceNormalization: MakeSpec = (random) => {
  const x = image(random)
  const [scale, bias] = [0, 1].map(() => floatsIn(random, [x.dims[1]], 0.5, 2))
  return { opset: 22, inputs: [x, scale, bias], absolute }
}

const globalPool: MakeSpec = (random) => ({ opset: 22, inputs: [image(random)], absolute })

/** A window of more rows than a step may open chunks for. */
const pool: MakeSpec = (random) => {
  const x = floatsIn(random, [1, 1, 72, 300], -1, 1)
  return {
    opset: 22,
    inputs: [x],
    attributes: { kernel_shape: ints([70, 2]), strides: ints([1, 30]) },
    absolute,
  }
}

const matMul: MakeSpec = (random) => {
  const depth = between(random, 300, 3000)
  return {
    opset: 13,
    inputs: [floatsIn(random, [2, depth], -1, 1), floatsIn(random, [depth, 3], -1, 1)],
    absolute,
  }
}

/** Many channels, which are summed over inside of the window. */
const conv: MakeSpec = (random) => {
  const channels = between(random, 100, 300)
  const inputs = [floatsIn(random, [1, channels, 4, 4], -1, 1), floatsIn(random, [2, channels, 3, 3], -1, 1)]
  return { opset: 22, inputs, attributes: { pads: ints([1, 1, 1, 1]) }, absolute }
}

const ordered = (random: Random) =>
  floatsIn(
    random,
    pick(random, [
      [300, 3],
      [3, 400],
    ]),
    -1,
    1,
  )

const rank: MakeSpec = (random) => ({
  opset: 13,
  inputs: [ordered(random)],
  attributes: { axis: int(random() % 2) },
})

const topK: MakeSpec = (random) => {
  const inputs = [ordered(random), list([between(random, 1, 3)])]
  return { opset: 11, outputs: 2, inputs, attributes: { axis: int(random() % 2) } }
}

const cumSum: MakeSpec = (random) => {
  const x = floatsIn(
    random,
    pick(random, [
      [300, 3],
      [2, 300],
    ]),
    -1,
    1,
  )
  return { opset: 14, inputs: [x, tensor("int64", [], [random() % 2])], absolute }
}

const dynamicQuantize: MakeSpec = (random) => ({ opset: 11, outputs: 3, inputs: [long(random)] })

/** Operators whose elements are made of many others. */
export const LONG_MAKERS: readonly (readonly [op: string, make: MakeSpec])[] = [
  ["ReduceSum", reduce],
  ["ReduceMean", reduce],
  ["ReduceMax", reduce],
  ["ReduceMin", reduce],
  ["ReduceL1", reduce],
  ["ReduceL2", reduce],
  ["ReduceSumSquare", reduce],
  ["Softmax", softmax],
  ["LogSoftmax", softmax],
  ["Hardmax", softmax],
  ["LayerNormalization", layerNormalization],
  ["InstanceNormalization", instanceNormalization],
  ["GlobalAveragePool", globalPool],
  ["GlobalMaxPool", globalPool],
  ["AveragePool", pool],
  ["MaxPool", pool],
  ["MatMul", matMul],
  ["Conv", conv],
  ["ArgMax", rank],
  ["ArgMin", rank],
  ["TopK", topK],
  ["CumSum", cumSum],
  ["DynamicQuantizeLinear", dynamicQuantize],
]
