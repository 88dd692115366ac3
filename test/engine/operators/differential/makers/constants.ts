import {
  CODES,
  TYPES,
  anyTensor,
  between,
  float,
  floats,
  floatsIn,
  int,
  ints,
  list,
  onceIn,
  pick,
  shape,
  solid,
  some,
  tensor,
  version,
} from "../draw.ts"
import type { Attributes, MakeSpec, Makers } from "../spec.ts"

const cast: MakeSpec = (random) => {
  const opset = version(random, [7, 9, 13, 19, 21])
  const to = pick(random, TYPES)
  const from = pick(random, TYPES)
  // Floats beyond the range of the type have no answer.
  const [low, high] = to === "uint8" ? [0, 255] : [-128, 127]
  const dims = shape(random)
  const x = from === "float32" ? floatsIn(random, dims, low, high) : anyTensor(random, from, dims)
  return { opset, inputs: [x], attributes: { to: int(CODES[to]) } }
}

const castLike: MakeSpec = (random) => {
  const { inputs, opset, attributes } = cast(random)
  const type = TYPES.find((one) => BigInt(CODES[one]) === attributes!.to.value)!
  return { opset: Math.max(15, opset), inputs: [...inputs, anyTensor(random, type, shape(random))] }
}

const identity: MakeSpec = (random) => ({
  opset: version(random, [7, 13, 14, 16, 21]),
  inputs: [anyTensor(random, pick(random, TYPES), shape(random))],
})

const dropout: MakeSpec = (random) => {
  const opset = version(random, [7, 10, 12, 13, 22])
  const ratio = between(random, 0, 3) / 4
  const x = floatsIn(random, shape(random))
  // The mask in opset 10 is all false in onnxruntime.
  const outputs = between(random, 1, opset < 12 ? 1 : 2)
  if (opset < 12) return { opset, outputs, inputs: [x], attributes: some(random, { ratio: float(ratio) }) }
  const rate = onceIn(random, 2) ? tensor("float32", [], [ratio]) : undefined
  const training = onceIn(random, 2) ? [tensor("bool", [], [0])] : []
  return { opset, outputs, inputs: [x, rate, ...training], attributes: some(random, { seed: int(7) }) }
}

const constant: MakeSpec = (random) => {
  const dims = shape(random)
  const forms: readonly Attributes[] = [
    { value: { type: "tensor", value: anyTensor(random, pick(random, TYPES), dims) } },
    { value_float: float(1.5) },
    { value_floats: floats([1.5, -2, 0]) },
    { value_int: int(-7) },
    { value_ints: ints([3, -1, 2]) },
  ]
  const opset = version(random, [7, 9, 11, 12, 13, 19])
  return { opset, inputs: [], attributes: opset < 12 ? forms[0] : pick(random, forms) }
}

const constantOfShape: MakeSpec = (random) => {
  const dims = shape(random)
  const value = anyTensor(random, pick(random, TYPES), [1])
  return {
    opset: version(random, [9, 20]),
    inputs: [list(dims)],
    attributes: some(random, { value: { type: "tensor", value } }),
  }
}

const shapeOf: MakeSpec = (random) => {
  const opset = version(random, [7, 13, 15, 19])
  const dims = shape(random)
  const end = () => int(between(random, -dims.length - 1, dims.length + 1))
  const attributes = opset < 15 ? {} : some(random, { start: end(), end: end() })
  return { opset, inputs: [anyTensor(random, pick(random, TYPES), dims)], attributes }
}

const sizeOf: MakeSpec = (random) => ({
  opset: version(random, [7, 13]),
  inputs: [anyTensor(random, pick(random, TYPES), shape(random))],
})

const range: MakeSpec = (random) => {
  const type = pick(random, ["float32", "int32", "int64"] as const)
  const unit = type === "float32" ? 0.25 : 1
  const step = between(random, 1, 4) * pick(random, [1, -1])
  const [from, to] = [between(random, -9, 9), between(random, -9, 9)]
  return { opset: 11, inputs: [from, to, step].map((one) => tensor(type, [], [one * unit])) }
}

const eyeLike: MakeSpec = (random) => ({
  opset: version(random, [9, 22]),
  inputs: [anyTensor(random, pick(random, ["float32", "int32", "int64"]), solid(random, 2, 2))],
  attributes: some(random, {
    dtype: int(CODES[pick(random, ["float32", "int32", "int64", "uint8"] as const)]),
    k: int(between(random, -5, 5)),
  }),
})

/** Conversions and constants. */
export const CONSTANT_MAKERS: Makers = {
  Cast: cast,
  CastLike: castLike,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Dropout: dropout,
  EyeLike: eyeLike,
  Identity: identity,
  Range: range,
  Shape: shapeOf,
  Size: sizeOf,
}
