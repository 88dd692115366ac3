import { expect } from "chai"
import type { OnnxAttribute } from "../../../src/engine/onnx/graph.ts"
import { expectRefusal } from "../onnx/models.ts"
import { expectNear, f32, float, lowered, run, string, tensor, valuesFor } from "./elementwise-run.ts"

const POINTS = [-20, -6.5, -3, -1, -0.75, -0.5, -0.1, 0, 0.1, 0.5, 0.75, 1, 2.5, 4, 30]
const ROUNDED = POINTS.map(Math.fround)

const exact = { 0.1: Math.fround(0.1), 0.01: Math.fround(0.01), 0.2: Math.fround(0.2) }
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
const softplus = (x: number) => Math.log1p(Math.exp(x))

/** Abramowitz and Stegun 7.1.5 for small and the continued fraction 7.1.14 for large arguments. */
function erf(x: number): number {
  if (x < 0) return -erf(-x)
  if (x > 3) {
    let fraction = 0
    for (let k = 60; k > 0; k--) fraction = k / 2 / (x + fraction)
    return 1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * (x + fraction))
  }
  let [sum, term] = [0, x]
  for (let k = 0; k < 80; k++) {
    sum += term / (2 * k + 1)
    term *= (-x * x) / (k + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

type Formula = (x: number) => number
const FUNCTIONS: Readonly<Record<string, Formula>> = {
  Acos: Math.acos,
  Acosh: Math.acosh,
  Asin: Math.asin,
  Asinh: Math.asinh,
  Atan: Math.atan,
  Atanh: Math.atanh,
  Cos: Math.cos,
  Cosh: Math.cosh,
  Erf: erf,
  Exp: (x) => Math.fround(Math.exp(x)),
  HardSwish: (x) => x * Math.max(0, Math.min(1, x / 6 + 0.5)),
  Log: Math.log,
  Mish: (x) => x * Math.tanh(softplus(x)),
  Relu: (x) => Math.max(x, 0),
  Sigmoid: sigmoid,
  Sin: Math.sin,
  Sinh: Math.sinh,
  Softplus: softplus,
  Softsign: (x) => x / (1 + Math.abs(x)),
  Tan: Math.tan,
  Tanh: Math.tanh,
}

const [A, B] = [0.7, 0.3].map(Math.fround)
const ACTIVATIONS: Readonly<Record<string, [Readonly<Record<string, number>>, Formula, Formula]>> = {
  Celu: [
    { alpha: A },
    (x) => Math.max(0, x) + Math.min(0, Math.expm1(x)),
    (x) => Math.max(0, x) + Math.min(0, A * Math.expm1(x / A)),
  ],
  Elu: [{ alpha: A }, (x) => (x < 0 ? Math.expm1(x) : x), (x) => (x < 0 ? A * Math.expm1(x) : x)],
  HardSigmoid: [
    { alpha: A, beta: B },
    (x) => Math.max(0, Math.min(1, exact[0.2] * x + 0.5)),
    (x) => Math.max(0, Math.min(1, A * x + B)),
  ],
  LeakyRelu: [{ alpha: A }, (x) => (x < 0 ? exact[0.01] * x : x), (x) => (x < 0 ? A * x : x)],
  Selu: [
    { alpha: A, gamma: B },
    (x) => 1.0507010221481323 * (x > 0 ? x : 1.6732632160186768 * Math.expm1(x)),
    (x) => B * (x > 0 ? x : A * Math.expm1(x)),
  ],
  Shrink: [
    { lambd: A, bias: B },
    (x) => (Math.abs(x) > 0.5 ? x : 0),
    (x) => (x < -A ? x + B : x > A ? x - B : 0),
  ],
  Swish: [{ alpha: A }, (x) => x * sigmoid(x), (x) => x * sigmoid(A * x)],
  ThresholdedRelu: [{ alpha: A }, (x) => (x > 1 ? x : 0), (x) => (x > A ? x : 0)],
}

describe("element-wise operators: functions", () => {
  for (const [op, formula] of Object.entries(FUNCTIONS)) {
    it(`${op} is near its formula`, () => {
      const [result] = run({ op, inputs: [f32(POINTS, [3, 5])] })
      expect(result.shape).to.deep.equal([3, 5])
      expectNear(result.values, ROUNDED.map(formula), 2e-6)
    })
  }

  for (const [op, [attributes, plain, formula]] of Object.entries(ACTIVATIONS)) {
    it(`${op} takes its parameters or those of ONNX`, () => {
      const given = Object.entries(attributes).map(([name, value]): [string, OnnxAttribute] => [
        name,
        float(value),
      ])
      const inputs = [f32(POINTS)]
      expectNear(valuesFor({ op, inputs }), ROUNDED.map(plain), 2e-6)
      expectNear(valuesFor({ op, inputs, attributes: Object.fromEntries(given) }), ROUNDED.map(formula), 2e-6)
    })
  }

  it("Gelu is exact or by tanh", () => {
    const inputs = [f32(POINTS.slice(1))]
    const points = ROUNDED.slice(1)
    expectNear(
      valuesFor({ op: "Gelu", inputs }),
      points.map((x) => 0.5 * x * (1 + erf(x / Math.SQRT2))),
      1e-4,
    )
    const tanh = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
    const attributes = { approximate: string("tanh") }
    expectNear(
      valuesFor({ op: "Gelu", inputs: [f32(POINTS.slice(3))], attributes }),
      ROUNDED.slice(3).map(tanh),
      1e-5,
    )
    expectRefusal(
      () => lowered({ op: "Gelu", inputs, attributes: { approximate: string("fast") } }),
      "OperatorUnsupported",
      "fast",
    )
  })

  it("Relu takes signed integers too", () => {
    for (const type of ["int8", "int32", "int64"] as const) {
      const inputs = [tensor(type, [3], [-5, 0, 7])]
      expect(valuesFor({ op: "Relu", inputs }).map(Number)).to.deep.equal([0, 0, 7])
    }
    expect(valuesFor({ op: "Relu", inputs: [f32([-1, -0, NaN, 2])] })).to.deep.equal([0, 0, NaN, 2])
  })

  it("PRelu has slopes that broadcast to the shape of the data", () => {
    const x = f32([-1, 2, -3, 4, -5, -6], [2, 3])
    expect(valuesFor({ op: "PRelu", inputs: [x, f32([10, 20], [2, 1])] })).to.deep.equal([
      -10, 2, -30, 4, -100, -120,
    ])
    expect(valuesFor({ op: "PRelu", inputs: [x, f32([1, 2, 3])] })).to.deep.equal([-1, 2, -9, 4, -10, -18])
    const integers = [tensor("int32", [2], [-3, 3]), tensor("int32", [], [2])]
    expect(valuesFor({ op: "PRelu", inputs: integers })).to.deep.equal([-6, 3])
    const wide = [f32([1, 2]), f32([1, 2], [2, 1])]
    expectRefusal(
      () => lowered({ op: "PRelu", inputs: wide }),
      "OperatorUnsupported",
      "slopes of shape [2,1]",
    )
  })

  it("SwiGLU multiplies the gate by the other input", () => {
    const [a, b] = [POINTS, POINTS.map((_, i) => i - 7)]
    const wanted = ROUNDED.map((x, i) => x * sigmoid(0.5 * x) * b[i])
    expectNear(
      valuesFor({ op: "SwiGLU", inputs: [f32(a), f32(b)], attributes: { alpha: float(0.5) } }),
      wanted,
      2e-6,
    )
    expectRefusal(() => lowered({ op: "SwiGLU", inputs: [f32(a), f32([1])] }), "OperatorUnsupported", "[1]")
  })
})
