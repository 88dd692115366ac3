import { product } from "../../../../src/engine/program/view.ts"
import {
  INTEGERS,
  NUMBERS,
  type Random,
  TYPES,
  type TypeName,
  anyTensor,
  between,
  broadcasting,
  float,
  floatsIn,
  int,
  listOf,
  onceIn,
  partOf,
  pick,
  shape,
  some,
  string,
  tensor,
  within,
} from "./draw.ts"
import type { Attributes, MakeSpec, Makers } from "./spec.ts"

/** Types from an opset on. */
type Since = readonly (readonly [opset: number, types: readonly TypeName[]])[]

const FLOAT = ["float32"] as const
const SIGNED = ["float32", "int8", "int32", "int64"] as const

/** One of the versions, and one of the types that it has. */
function version(random: Random, since: Since): { opset: number; type: TypeName } {
  const [opset, types] = pick(random, since)
  return { opset, type: pick(random, types) }
}

/** A function of one tensor whose floats lie between two numbers. */
const unary =
  (since: Since, low = -4, high = 4, attributes: (random: Random) => Attributes = () => ({})): MakeSpec =>
  (random) => {
    const { opset, type } = version(random, since)
    const dims = shape(random)
    const x = type === "float32" ? floatsIn(random, dims, low, high) : anyTensor(random, type, dims)
    return { inputs: [x], opset, attributes: attributes(random) }
  }

/** A function of some tensors that broadcast. */
const broadcast =
  (since: Since, least = 2, most = least): MakeSpec =>
  (random) => {
    const { opset, type } = version(random, since)
    const dims = broadcasting(random, between(random, least, most))
    return { opset, inputs: dims.map((one) => anyTensor(random, type, one)) }
  }

const parameters =
  (...names: readonly string[]) =>
  (random: Random): Attributes =>
    some(random, Object.fromEntries(names.map((name) => [name, float(between(random, -40, 60) / 16)])))

const floatsSince = (...opsets: readonly number[]): Since => opsets.map((opset) => [opset, FLOAT])

/** Divisors are not zero: what onnxruntime makes of integers then is no answer. */
const divided =
  (make: MakeSpec): MakeSpec =>
  (random) => {
    const spec = make(random)
    const [a, b] = spec.inputs
    const { elementType, dims } = b!
    const type = elementType as TypeName
    const numbers = listOf(
      product(dims),
      () => between(random, 1, 9) * (type === "uint8" ? 1 : pick(random, [1, -1])),
    )
    // Nor is the lowest number divided by -1.
    const dividend = type === "float32" ? a! : within(random, type, a!.dims, type === "uint8" ? 0 : -120, 120)
    return { ...spec, inputs: [dividend, tensor(type, dims, numbers)] }
  }

const mod: MakeSpec = (random) => {
  const spec = divided(
    broadcast([
      [10, NUMBERS],
      [13, NUMBERS],
    ]),
  )(random)
  const isFloat = spec.inputs[0]!.elementType === "float32"
  return {
    ...spec,
    attributes: isFloat || onceIn(random, 2) ? { fmod: int(1) } : some(random, { fmod: int(0) }),
  }
}

const clip: MakeSpec = (random) => {
  const opset = pick(random, [7, 11, 12, 13])
  const type = opset < 12 ? "float32" : pick(random, NUMBERS)
  const x = anyTensor(random, type, shape(random))
  const [low, high] = type === "uint8" ? [20, 120] : [-3, 3]
  const bound = (from: number, to: number) =>
    onceIn(random, 4) ? undefined : within(random, type, [], from, to)
  if (opset >= 11) return { opset, inputs: [x, bound(low, 0), bound(-1, high)] }
  const attributes = some(random, {
    min: float(between(random, -8, 0) / 3),
    max: float(between(random, 0, 8) / 3),
  })
  return { opset, inputs: [x], attributes }
}

const pow: MakeSpec = (random) => {
  const bases = ["float32", "int32", "int64"] as const
  const [opset, types] = pick(random, [
    [7, FLOAT],
    [12, bases],
    [13, bases],
    [15, bases],
  ] as const)
  const type = pick(random, types)
  const exponent = opset === 7 ? type : pick(random, ["float32", "int32", "int64"] as const)
  const [a, b] = broadcasting(random, 2)
  const isWhole = exponent !== "float32"
  const x = type === "float32" ? floatsIn(random, a, isWhole ? -4 : 0.1, 4) : within(random, type, a, -9, 9)
  const y = isWhole ? within(random, exponent, b, 0, 5) : floatsIn(random, b, type === "float32" ? -3 : 0, 3)
  // A power of an integer that is not whole is cut off; where it is close to a whole number the two may differ.
  const whole = type === "float32" || isWhole ? y : within(random, "int32", b, 0, 4)
  const powers = whole === y ? y : tensor("float32", b, [...new Int32Array(whole.data.buffer)])
  return { opset, inputs: [x, powers] }
}

const where: MakeSpec = (random) => {
  const dims = broadcasting(random, 3)
  const type = pick(random, TYPES)
  const [a, b] = dims.slice(1).map((one) => anyTensor(random, type, one))
  return { opset: pick(random, [9, 16]), inputs: [anyTensor(random, "bool", dims[0]), a, b] }
}

const prelu: MakeSpec = (random) => {
  const [opset, types] = pick(random, [
    [7, FLOAT],
    [9, ["float32", "int32", "int64"]],
    [16, ["float32", "int32", "int64"]],
  ] as const)
  const type = pick(random, types)
  const dims = shape(random)
  return { opset, inputs: [anyTensor(random, type, dims), anyTensor(random, type, partOf(random, dims))] }
}

const special = (random: Random, dims: readonly number[]) =>
  tensor(
    "float32",
    dims,
    listOf(product(dims), () => pick(random, [NaN, Infinity, -Infinity, 0, -0, 1, 1e-40, 3e38])),
  )

const isInf: MakeSpec = (random) => ({
  opset: pick(random, [10, 20]),
  inputs: [special(random, shape(random))],
  attributes: some(random, { detect_positive: int(random() % 2), detect_negative: int(random() % 2) }),
})

const isNaN: MakeSpec = (random) => ({
  opset: pick(random, [9, 13, 20]),
  inputs: [special(random, shape(random))],
})

const bitShift: MakeSpec = (random) => {
  const [a, b] = broadcasting(random, 2)
  return {
    opset: 11,
    inputs: [anyTensor(random, "uint8", a), within(random, "uint8", b, 0, 9)],
    attributes: { direction: string(pick(random, ["LEFT", "RIGHT"])) },
  }
}

const swiGlu: MakeSpec = (random) => {
  const dims = shape(random)
  const inputs = [floatsIn(random, dims), floatsIn(random, dims)]
  return { opset: 28, inputs, attributes: some(random, { alpha: float(between(random, 1, 32) / 16) }) }
}

const COMPARED: Since = [
  [9, ["float32", "int32", "int64"]],
  [13, NUMBERS],
]
const ARITHMETIC: Since = [
  [7, ["float32", "int32", "int64"]],
  [13, ["float32", "int32", "int64"]],
  [14, NUMBERS],
]
const EXTREMES: Since = [
  [8, FLOAT],
  [12, NUMBERS],
  [13, NUMBERS],
]

/** Functions of single elements. */
export const ELEMENTWISE_MAKERS: Makers = {
  Abs: unary([
    [7, NUMBERS],
    [13, NUMBERS],
  ]),
  Acos: unary(floatsSince(7, 22), -1, 1),
  Acosh: unary(floatsSince(9, 22), 1, 9),
  Add: broadcast(ARITHMETIC),
  And: broadcast([[7, ["bool"]]]),
  Asin: unary(floatsSince(7, 22), -1, 1),
  Asinh: unary(floatsSince(9, 22)),
  Atan: unary(floatsSince(7, 22)),
  Atanh: unary(floatsSince(9, 22), -0.95, 0.95),
  BitShift: bitShift,
  BitwiseAnd: broadcast([[18, INTEGERS]]),
  BitwiseNot: unary([[18, INTEGERS]]),
  BitwiseOr: broadcast([[18, INTEGERS]]),
  BitwiseXor: broadcast([[18, INTEGERS]]),
  Ceil: unary(floatsSince(7, 13)),
  Celu: unary(floatsSince(12), -4, 4, (random) =>
    some(random, { alpha: float(between(random, 1, 40) / 16) }),
  ),
  Clip: clip,
  Cos: unary(floatsSince(7, 22), -40, 40),
  Cosh: unary(floatsSince(9, 22)),
  Div: divided(broadcast(ARITHMETIC)),
  Elu: unary(floatsSince(7, 22), -4, 4, parameters("alpha")),
  Equal: broadcast([
    [7, ["bool", "int32", "int64"]],
    [11, ["bool", "float32", "int32", "int64"]],
    [13, TYPES],
    [19, TYPES],
  ]),
  Erf: unary(floatsSince(9, 13)),
  Exp: unary(floatsSince(7, 13), -9, 9),
  Floor: unary(floatsSince(7, 13)),
  Gelu: unary(floatsSince(20), -4, 4, (random) =>
    some(random, { approximate: string(pick(random, ["none", "tanh"])) }),
  ),
  Greater: broadcast(COMPARED),
  GreaterOrEqual: broadcast([
    [12, NUMBERS],
    [16, NUMBERS],
  ]),
  HardSigmoid: unary(floatsSince(7, 22), -4, 4, parameters("alpha", "beta")),
  HardSwish: unary(floatsSince(14, 22)),
  IsInf: isInf,
  IsNaN: isNaN,
  LeakyRelu: unary(floatsSince(7, 16), -4, 4, parameters("alpha")),
  Less: broadcast(COMPARED),
  LessOrEqual: broadcast([
    [12, NUMBERS],
    [16, NUMBERS],
  ]),
  Log: unary(floatsSince(7, 13), 0.01, 9),
  Max: broadcast(EXTREMES, 1, 10),
  Mean: broadcast(floatsSince(8, 13), 1, 10),
  Min: broadcast(EXTREMES, 1, 10),
  Mish: unary(floatsSince(18, 22)),
  Mod: mod,
  Mul: broadcast(ARITHMETIC),
  Neg: unary([
    [7, SIGNED],
    [13, SIGNED],
  ]),
  Not: unary([[7, ["bool"]]]),
  Or: broadcast([[7, ["bool"]]]),
  PRelu: prelu,
  Pow: pow,
  Reciprocal: unary(floatsSince(7, 13), 0.1, 9),
  Relu: unary([
    [7, FLOAT],
    [13, FLOAT],
    [14, SIGNED],
  ]),
  Round: unary(floatsSince(11, 22)),
  Selu: unary(floatsSince(7, 22), -4, 4, parameters("alpha", "gamma")),
  Shrink: unary(floatsSince(9), -4, 4, (random) =>
    some(random, { bias: float(between(random, -8, 8) / 4), lambd: float(between(random, 0, 12) / 4) }),
  ),
  Sigmoid: unary(floatsSince(7, 13), -9, 9),
  Sign: unary([
    [9, NUMBERS],
    [13, NUMBERS],
  ]),
  Sin: unary(floatsSince(7, 22), -40, 40),
  Sinh: unary(floatsSince(9, 22)),
  Softplus: unary(floatsSince(7, 22), -30, 30),
  Softsign: unary(floatsSince(7, 22)),
  Sqrt: unary(floatsSince(7, 13), 0, 9),
  Sub: broadcast(ARITHMETIC),
  Sum: broadcast(floatsSince(8, 13), 1, 10),
  SwiGLU: swiGlu,
  Swish: unary(floatsSince(24), -4, 4, parameters("alpha")),
  Tan: unary(floatsSince(7, 22), -1.4, 1.4),
  Tanh: unary(floatsSince(7, 13)),
  ThresholdedRelu: unary(floatsSince(10, 22), -4, 4, parameters("alpha")),
  Where: where,
  Xor: broadcast([[7, ["bool"]]]),
}
