import { IMAGE_LAYERS } from "./images.ts"
import { MOVERS } from "./movers.ts"
import { CODES, between, float, int, ints, list, onceIn, pick, signed, someAxes, tensor } from "../draw.ts"
import { binary, partner, pointwise, weights, type Layer } from "./layer.ts"

const softmax: Layer = ({ random, maker, x }) => [
  maker.node(pick(random, ["Softmax", "LogSoftmax"]), [x.name], {
    axis: int(signed(random, random() % x.dims.length, x.dims.length)),
  }),
]

const reduce: Layer = ({ random, maker, x }) => {
  const name = pick(random, [
    "ReduceMean",
    "ReduceSum",
    "ReduceMax",
    "ReduceMin",
    "ReduceL2",
    "ReduceSumSquare",
  ])
  const axes = list(someAxes(random, x.dims.length))
  const isInput = maker.opset >= 18 || name === "ReduceSum"
  const keep = { keepdims: int(random() % 3 === 0 ? 0 : 1) }
  if (isInput) return [maker.node(name, [x.name, maker.constant(axes)], keep)]
  return [
    maker.node(name, [x.name], {
      ...keep,
      axes: ints([...new BigInt64Array(axes.data.slice().buffer)].map(Number)),
    }),
  ]
}

const layerNormalization: Layer = (site) => {
  const { maker, x } = site
  const last = [x.dims.at(-1)!]
  return [
    maker.node("LayerNormalization", [x.name, weights(site, last), weights(site, last)], {
      epsilon: float(0.1),
    }),
  ]
}

const matMul: Layer = (site) => {
  const { random, maker, x, others } = site
  if (x.dims.length < 2) return undefined
  const fitting = others.filter(({ dims }) => dims.length === 2 && dims[0] === x.dims.at(-1))
  const right =
    fitting.length > 0 ? pick(random, fitting).name : weights(site, [x.dims.at(-1)!, between(random, 1, 5)])
  return [maker.node("MatMul", [x.name, right])]
}

/** A value times its own transpose, as attention has it. */
const square: Layer = ({ maker, x }) => {
  if (x.dims.length < 2) return undefined
  const order = [...x.dims.keys()]
  const swapped = [...order.slice(0, -2), order.length - 1, order.length - 2]
  return [maker.node("MatMul", [x.name, maker.node("Transpose", [x.name], { perm: ints(swapped) })])]
}

const gemm: Layer = (site) => {
  const { random, maker, x } = site
  if (x.dims.length !== 2) return undefined
  const columns = between(random, 1, 5)
  const inputs = [x.name, weights(site, [columns, x.dims[1]]), weights(site, [columns])]
  return [maker.node("Gemm", inputs, { transB: int(1), alpha: float(0.5) })]
}

/** Layers whose results change little where their inputs do. */
export const SMOOTH_LAYERS: readonly Layer[] = [
  pointwise(
    "Relu",
    "Sigmoid",
    "Tanh",
    "Neg",
    "Abs",
    "HardSwish",
    "Softplus",
    "Gelu",
    "LeakyRelu",
    "Identity",
    "Erf",
  ),
  pointwise("Relu", "Sigmoid", "Tanh", "Neg", "Abs", "Softsign", "Elu", "Mish", "HardSigmoid", "Dropout"),
  binary("Add", "Mul", "Sub", "Max", "Min"),
  binary("Add", "Mul", "Sub", "Mean", "Sum"),
  ...MOVERS,
  ...IMAGE_LAYERS,
  softmax,
  reduce,
  layerNormalization,
  matMul,
  square,
  gemm,
]

/** Whatever a value is cast to, as a float again. */
const cast: Layer = ({ random, maker, x }) => {
  const to = pick(random, ["int8", "uint8", "int32", "int64", "bool"] as const)
  return [
    maker.node("Cast", [maker.node("Cast", [x.name], { to: int(CODES[to]) })], { to: int(CODES.float32) }),
  ]
}

const quantize: Layer = (site) => {
  const { maker, x } = site
  const scale = maker.constant(tensor("float32", [], [0.25]))
  const zero = maker.constant(tensor("int8", [], [3]))
  return [maker.node("DequantizeLinear", [maker.node("QuantizeLinear", [x.name, scale, zero]), scale, zero])]
}

const choose: Layer = (site) => {
  const { random, maker, x } = site
  const condition = maker.node(pick(random, ["Less", "GreaterOrEqual"]), [x.name, partner(site)])
  return [maker.node("Where", [condition, x.name, partner(site)])]
}

const rank: Layer = ({ random, maker, x }) => {
  const axis = random() % x.dims.length
  if (onceIn(random, 2)) {
    const k = maker.constant(list([between(random, 1, x.dims[axis])]))
    const [values, indices] = maker.nodes("TopK", [x.name, k], { axis: int(axis) }, 2)
    return [values, maker.node("Cast", [indices], { to: int(CODES.float32) })]
  }
  return [
    maker.node("Cast", [maker.node("ArgMax", [x.name], { axis: int(axis) })], { to: int(CODES.float32) }),
  ]
}

/** All layers, also those where a small change of the input is a large one of the result. */
export const LAYERS: readonly Layer[] = [
  ...SMOOTH_LAYERS,
  pointwise("Floor", "Round", "Sign", "Ceil"),
  cast,
  quantize,
  choose,
  rank,
]
