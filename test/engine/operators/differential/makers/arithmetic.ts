import { product } from "../../../../../src/engine/program/view.ts"
import {
  INTEGERS,
  NUMBERS,
  TYPES,
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
  type TypeName,
  version,
} from "../draw.ts"
import type { MakeSpec, Makers } from "../spec.ts"
import { FLOAT, floatsSince, typed, type Since } from "./versions.ts"

/** A function of some tensors that broadcast. */
const broadcast =
  (since: Since, least = 2, most = least): MakeSpec =>
  (random) => {
    const { opset, type } = typed(random, since)
    const dims = broadcasting(random, between(random, least, most))
    return { opset, inputs: dims.map((one) => anyTensor(random, type, one)) }
  }

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
  const opset = version(random, [7, 11, 12, 13])
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
  const { opset, type } = typed(random, [
    [7, FLOAT],
    [12, bases],
    [13, bases],
    [15, bases],
  ])
  const exponent = opset < 12 ? type : pick(random, ["float32", "int32", "int64"] as const)
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
  return { opset: version(random, [9, 16]), inputs: [anyTensor(random, "bool", dims[0]), a, b] }
}

const prelu: MakeSpec = (random) => {
  const { opset, type } = typed(random, [
    [7, FLOAT],
    [9, ["float32", "int32", "int64"]],
    [16, ["float32", "int32", "int64"]],
  ])
  const dims = shape(random)
  return { opset, inputs: [anyTensor(random, type, dims), anyTensor(random, type, partOf(random, dims))] }
}

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

/** Functions of several elements. */
export const ARITHMETIC_MAKERS: Makers = {
  Add: broadcast(ARITHMETIC),
  And: broadcast([[7, ["bool"]]]),
  BitShift: bitShift,
  BitwiseAnd: broadcast([[18, INTEGERS]]),
  BitwiseOr: broadcast([[18, INTEGERS]]),
  BitwiseXor: broadcast([[18, INTEGERS]]),
  Clip: clip,
  Div: divided(broadcast(ARITHMETIC)),
  Equal: broadcast([
    [7, ["bool", "int32", "int64"]],
    [11, ["bool", "float32", "int32", "int64"]],
    [13, TYPES],
    [19, TYPES],
  ]),
  Greater: broadcast(COMPARED),
  GreaterOrEqual: broadcast([
    [12, NUMBERS],
    [16, NUMBERS],
  ]),
  Less: broadcast(COMPARED),
  LessOrEqual: broadcast([
    [12, NUMBERS],
    [16, NUMBERS],
  ]),
  Max: broadcast(EXTREMES, 1, 10),
  Mean: broadcast(floatsSince(8, 13), 1, 10),
  Min: broadcast(EXTREMES, 1, 10),
  Mod: mod,
  Mul: broadcast(ARITHMETIC),
  Or: broadcast([[7, ["bool"]]]),
  PRelu: prelu,
  Pow: pow,
  Sub: broadcast(ARITHMETIC),
  Sum: broadcast(floatsSince(8, 13), 1, 10),
  SwiGLU: swiGlu,
  Where: where,
  Xor: broadcast([[7, ["bool"]]]),
}
