import { product } from "../../../../../src/engine/program/view.ts"
import {
  CODES,
  anyTensor,
  between,
  floatsIn,
  int,
  listOf,
  onceIn,
  pick,
  signed,
  solid,
  tensor,
  within,
  type Random,
  version,
} from "../draw.ts"
import type { Attributes, MakeSpec, Makers } from "../spec.ts"
import { convolution } from "./windows.ts"
import { factors } from "./products.ts"

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
  const opset = version(random, [10, 13, 19, 21, 23])
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
  const opset = version(random, [10, 13, 19, 21, 23])
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

const eight = (random: Random) => pick(random, ["int8", "uint8"] as const)

/** One number, as a scalar or as a list of one. */
const single = (random: Random): number[] => (onceIn(random, 2) ? [] : [1])

/** Scales whose products round alike in either order. */
const scale = (random: Random, dims: readonly number[] = []) =>
  tensor(
    "float32",
    dims,
    listOf(product(dims), () => 2 ** -between(random, 2, 6)),
  )

const matMulInteger: MakeSpec = (random) => {
  const [a, b] = factors(random)
  const [typeA, typeB] = [eight(random), eight(random)]
  // onnxruntime has no zero points for rows.
  const hasRows = a.length > 1 && b.length > 1 && onceIn(random, 4)
  const zeroA = onceIn(random, 3)
    ? undefined
    : anyTensor(random, typeA, hasRows ? [a.at(-2)] : single(random))
  const columns = b.length > 1 && onceIn(random, 3) ? [b.at(-1)] : single(random)
  const zeroB = onceIn(random, 3) ? undefined : anyTensor(random, typeB, columns)
  const inputs = [anyTensor(random, typeA, a), anyTensor(random, typeB, b), zeroA, zeroB]
  return { opset: 10, inputs, comparable: !hasRows }
}

const qLinearMatMul: MakeSpec = (random) => {
  const [a, b] = factors(random, solid)
  const [typeA, typeB] = pick(random, [
    ["uint8", "uint8"],
    ["uint8", "int8"],
    ["int8", "int8"],
  ] as const)
  const columns = b.length === 2 && onceIn(random, 3) ? [b[1]] : []
  return {
    opset: version(random, [10, 21]),
    inputs: [
      anyTensor(random, typeA, a),
      scale(random, single(random)),
      anyTensor(random, typeA, single(random)),
      anyTensor(random, typeB, b),
      scale(random, columns),
      anyTensor(random, typeB, columns),
      scale(random, single(random)),
      anyTensor(random, typeA, single(random)),
    ],
  }
}

const convInteger: MakeSpec = (random) => {
  const { x, w, attributes } = convolution(random)
  const typeW = eight(random)
  const inputs = [anyTensor(random, "uint8", x), anyTensor(random, typeW, w)]
  const zeros = [
    onceIn(random, 3) ? undefined : anyTensor(random, "uint8", single(random)),
    onceIn(random, 3) ? undefined : anyTensor(random, typeW, single(random)),
  ]
  return { opset: 10, inputs: [...inputs, ...zeros], attributes }
}

const qLinearConv: MakeSpec = (random) => {
  const { x, w, outer, attributes } = convolution(random)
  const [typeX, typeW] = pick(random, [
    ["uint8", "uint8"],
    ["uint8", "int8"],
    ["int8", "int8"],
  ] as const)
  const each = onceIn(random, 2) ? [outer] : []
  const zeroW =
    each.length === 0 || typeW === "uint8"
      ? anyTensor(random, typeW, single(random))
      : tensor(typeW, each, new Array<number>(outer).fill(0))
  return {
    opset: 10,
    inputs: [
      anyTensor(random, typeX, x),
      scale(random, single(random)),
      anyTensor(random, typeX, single(random)),
      anyTensor(random, typeW, w),
      scale(random, each),
      zeroW,
      scale(random, single(random)),
      anyTensor(random, typeX, single(random)),
      ...(onceIn(random, 2) ? [within(random, "int32", [outer], -3000, 3000)] : []),
    ],
    attributes,
  }
}

/** Quantisation, and products of what is quantised. */
export const QUANTIZED_MAKERS: Makers = {
  DequantizeLinear: dequantize,
  DynamicQuantizeLinear: dynamicQuantize,
  QuantizeLinear: quantize,
  ConvInteger: convInteger,
  MatMulInteger: matMulInteger,
  QLinearConv: qLinearConv,
  QLinearMatMul: qLinearMatMul,
}
