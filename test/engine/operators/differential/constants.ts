import { product } from "../../../../src/engine/program/view.ts"
import {
  CODES,
  type Random,
  TYPES,
  anyTensor,
  between,
  float,
  floats,
  floatsIn,
  int,
  ints,
  list,
  listOf,
  onceIn,
  pick,
  shape,
  signed,
  solid,
  some,
  tensor,
  within,
} from "./draw.ts"
import type { Attributes, MakeSpec, Makers } from "./spec.ts"

const cast: MakeSpec = (random) => {
  const opset = pick(random, [7, 9, 13, 19, 21])
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
  opset: pick(random, [7, 13, 14, 16, 21]),
  inputs: [anyTensor(random, pick(random, TYPES), shape(random))],
})

const dropout: MakeSpec = (random) => {
  const opset = pick(random, [7, 10, 12, 13, 22])
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
  const opset = pick(random, [7, 9, 11, 12, 13, 19])
  return { opset, inputs: [], attributes: opset < 12 ? forms[0] : pick(random, forms) }
}

const constantOfShape: MakeSpec = (random) => {
  const dims = shape(random)
  const value = anyTensor(random, pick(random, TYPES), [1])
  return {
    opset: pick(random, [9, 20]),
    inputs: [list(dims)],
    attributes: some(random, { value: { type: "tensor", value } }),
  }
}

const shapeOf: MakeSpec = (random) => {
  const opset = pick(random, [7, 13, 15, 19])
  const dims = shape(random)
  const end = () => int(between(random, -dims.length - 1, dims.length + 1))
  const attributes = opset < 15 ? {} : some(random, { start: end(), end: end() })
  return { opset, inputs: [anyTensor(random, pick(random, TYPES), dims)], attributes }
}

const sizeOf: MakeSpec = (random) => ({
  opset: pick(random, [7, 13]),
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
  opset: pick(random, [9, 22]),
  inputs: [anyTensor(random, pick(random, ["float32", "int32", "int64"]), solid(random, 2, 2))],
  attributes: some(random, {
    dtype: int(CODES[pick(random, ["float32", "int32", "int64", "uint8"] as const)]),
    k: int(between(random, -5, 5)),
  }),
})

/** A shape of parameters, and the attributes that say which elements they are for. */
function granularity(
  random: Random,
  opset: number,
  dims: readonly number[],
): { own: number[]; attributes: Attributes } {
  const axis = random() % dims.length
  const kind = random() % (opset < 13 ? 1 : opset < 21 ? 2 : 3)
  if (kind === 0) return { own: onceIn(random, 4) ? [1] : [], attributes: {} }
  const given = { axis: int(signed(random, axis, dims.length)) }
  if (kind === 1) return { own: [dims[axis]], attributes: axis === 1 && onceIn(random, 2) ? {} : given }
  const block = between(random, 1, dims[axis])
  const own = dims.map((size, i) => (i === axis ? Math.ceil(size / block) : size))
  return { own, attributes: { ...given, block_size: int(block) } }
}

const scales = (random: Random, dims: readonly number[]) =>
  tensor(
    "float32",
    dims,
    listOf(product(dims), () => between(random, 1, 64) / 32),
  )

const quantize: MakeSpec = (random) => {
  const opset = pick(random, [10, 13, 19, 21, 23])
  const dims = solid(random, 1, 4)
  const { own, attributes } = granularity(random, opset, dims)
  const type = pick(random, ["int8", "uint8"] as const)
  const isFloat = !onceIn(random, 6) || opset >= 19
  const x = isFloat ? floatsIn(random, dims, -200, 200) : within(random, "int32", dims, -300, 300)
  const zero = onceIn(random, 3) ? [] : [anyTensor(random, type, own)]
  const declared: Attributes = opset >= 21 && onceIn(random, 2) ? { output_dtype: int(CODES[type]) } : {}
  return { opset, inputs: [x, scales(random, own), ...zero], attributes: { ...attributes, ...declared } }
}

const dequantize: MakeSpec = (random) => {
  const opset = pick(random, [10, 13, 19, 21, 23])
  const dims = solid(random, 1, 4)
  const { own, attributes } = granularity(random, opset, dims)
  const type = pick(random, ["int8", "uint8", "int8", "uint8", "int32"] as const)
  const x = type === "int32" ? within(random, type, dims, -9999, 9999) : anyTensor(random, type, dims)
  const zero = onceIn(random, 3)
    ? []
    : [
        type === "int32"
          ? tensor(type, own, new Array<number>(product(own)).fill(0))
          : anyTensor(random, type, own),
      ]
  return { opset, inputs: [x, scales(random, own), ...zero], attributes }
}

const dynamicQuantize: MakeSpec = (random) => {
  const low = between(random, -4, 3)
  const x = floatsIn(random, solid(random, 0, 4), low, low + between(random, 1, 6))
  // onnxruntime has a scale of 1 for nothing but zeros.
  const isZero = x.data.every((byte) => byte === 0)
  return { opset: 11, outputs: 3, inputs: [isZero ? tensor("float32", [2], [0, 1]) : x] }
}

/** Conversions, constants and quantisation. */
export const CONSTANT_MAKERS: Makers = {
  Cast: cast,
  CastLike: castLike,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  DequantizeLinear: dequantize,
  Dropout: dropout,
  DynamicQuantizeLinear: dynamicQuantize,
  EyeLike: eyeLike,
  Identity: identity,
  QuantizeLinear: quantize,
  Range: range,
  Shape: shapeOf,
  Size: sizeOf,
}
