import { product } from "../../../../../src/engine/program/view.ts"
import {
  INTEGERS,
  NUMBERS,
  anyTensor,
  between,
  float,
  floatsIn,
  int,
  listOf,
  pick,
  shape,
  some,
  string,
  tensor,
  type Random,
  version,
} from "../draw.ts"
import type { Attributes, MakeSpec, Makers } from "../spec.ts"
import { FLOAT, SIGNED, floatsSince, typed, type Since } from "./versions.ts"

/** A function of one tensor whose floats lie between two numbers. */
const unary =
  (since: Since, low = -4, high = 4, attributes: (random: Random) => Attributes = () => ({})): MakeSpec =>
  (random) => {
    const { opset, type } = typed(random, since)
    const dims = shape(random)
    const x = type === "float32" ? floatsIn(random, dims, low, high) : anyTensor(random, type, dims)
    return { inputs: [x], opset, attributes: attributes(random) }
  }

const parameters =
  (...names: readonly string[]) =>
  (random: Random): Attributes =>
    some(random, Object.fromEntries(names.map((name) => [name, float(between(random, -40, 60) / 16)])))

const special = (random: Random, dims: readonly number[]) =>
  tensor(
    "float32",
    dims,
    listOf(product(dims), () => pick(random, [NaN, Infinity, -Infinity, 0, -0, 1, 1e-40, 3e38])),
  )

const isInf: MakeSpec = (random) => ({
  opset: version(random, [10, 20]),
  inputs: [special(random, shape(random))],
  attributes: some(random, { detect_positive: int(random() % 2), detect_negative: int(random() % 2) }),
})

const isNaN: MakeSpec = (random) => ({
  opset: version(random, [9, 13, 20]),
  inputs: [special(random, shape(random))],
})

/** Functions of one element. */
export const FUNCTION_MAKERS: Makers = {
  Abs: unary([
    [7, NUMBERS],
    [13, NUMBERS],
  ]),
  Acos: unary(floatsSince(7, 22), -1, 1),
  Acosh: unary(floatsSince(9, 22), 1, 9),
  Asin: unary(floatsSince(7, 22), -1, 1),
  Asinh: unary(floatsSince(9, 22)),
  Atan: unary(floatsSince(7, 22)),
  Atanh: unary(floatsSince(9, 22), -0.95, 0.95),
  BitwiseNot: unary([[18, INTEGERS]]),
  Ceil: unary(floatsSince(7, 13)),
  Celu: unary(floatsSince(12), -4, 4, (random) =>
    some(random, { alpha: float(between(random, 1, 40) / 16) }),
  ),
  Cos: unary(floatsSince(7, 22), -40, 40),
  Cosh: unary(floatsSince(9, 22)),
  Elu: unary(floatsSince(7, 22), -4, 4, parameters("alpha")),
  Erf: unary(floatsSince(9, 13)),
  Exp: unary(floatsSince(7, 13), -9, 9),
  Floor: unary(floatsSince(7, 13)),
  Gelu: unary(floatsSince(20), -4, 4, (random) =>
    some(random, { approximate: string(pick(random, ["none", "tanh"])) }),
  ),
  HardSigmoid: unary(floatsSince(7, 22), -4, 4, parameters("alpha", "beta")),
  HardSwish: unary(floatsSince(14, 22)),
  IsInf: isInf,
  IsNaN: isNaN,
  LeakyRelu: unary(floatsSince(7, 16), -4, 4, parameters("alpha")),
  Log: unary(floatsSince(7, 13), 0.01, 9),
  Mish: unary(floatsSince(18, 22)),
  Neg: unary([
    [7, SIGNED],
    [13, SIGNED],
  ]),
  Not: unary([[7, ["bool"]]]),
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
  Swish: unary(floatsSince(24), -4, 4, parameters("alpha")),
  Tan: unary(floatsSince(7, 22), -1.4, 1.4),
  Tanh: unary(floatsSince(7, 13)),
  ThresholdedRelu: unary(floatsSince(10, 22), -4, 4, parameters("alpha")),
}
