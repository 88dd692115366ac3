import { expect } from "chai"
import { expectRefusal } from "../onnx/models.ts"
import { hostileWords } from "../program/words.ts"
import { seeded } from "../../referee/float32-cases.ts"
import {
  type TypeName,
  expectNear,
  f32,
  float,
  i64,
  int,
  lowered,
  run,
  tensor,
  valuesFor,
} from "./elementwise-run.ts"

const BITS = { int8: 8, uint8: 8, int32: 32, int64: 64 } as const
type IntegerName = keyof typeof BITS
const INTEGERS = Object.keys(BITS) as IntegerName[]

/** The integer that a type keeps of any other. */
const wrapped = (type: IntegerName, value: bigint): bigint =>
  type === "uint8" ? BigInt.asUintN(8, value) : BigInt.asIntN(BITS[type], value)

/** Pairs of every edge of a type and some numbers in between. */
function pairs(type: IntegerName): [bigint[], bigint[]] {
  const top = 1n << BigInt(BITS[type])
  const edges = [0n, 1n, 2n, 3n, 7n, top - 1n, top - 2n, top - 7n, top / 2n, top / 2n - 1n, top / 3n]
  const values = edges.map((one) => wrapped(type, one))
  return [values.flatMap((a) => values.map(() => a)), values.flatMap(() => values)]
}

const TRUNCATED = {
  Add: (a: bigint, b: bigint) => a + b,
  Sub: (a: bigint, b: bigint) => a - b,
  Mul: (a: bigint, b: bigint) => a * b,
  Div: (a: bigint, b: bigint) => (b === 0n ? 0n : a / b),
  Max: (a: bigint, b: bigint) => (a > b ? a : b),
  Min: (a: bigint, b: bigint) => (a < b ? a : b),
  Mod: (a: bigint, b: bigint) => (b === 0n ? 0n : ((a % b) + b) % b),
} as const

describe("element-wise operators: arithmetic", () => {
  for (const type of INTEGERS) {
    it(`wraps ${type} at its width and defines every division`, () => {
      const [a, b] = pairs(type)
      const inputs = [tensor(type, [a.length], a), tensor(type, [b.length], b)]
      for (const [op, formula] of Object.entries(TRUNCATED)) {
        const wanted = a.map((x, i) => wrapped(type, formula(x, b[i])))
        expect(valuesFor({ op, inputs }).map(BigInt), op).to.deep.equal(wanted)
      }
      const remainders = a.map((x, i) => (b[i] === 0n ? 0n : x % b[i]))
      const attributes = { fmod: int(1) }
      expect(valuesFor({ op: "Mod", inputs, attributes }).map(BigInt)).to.deep.equal(remainders)
    })

    it(`has the signs and magnitudes of ${type}`, () => {
      const [x] = pairs(type)
      const inputs = [tensor(type, [x.length], x)]
      const magnitude = (one: bigint) => wrapped(type, one < 0n ? -one : one)
      expect(valuesFor({ op: "Abs", inputs }).map(BigInt)).to.deep.equal(x.map(magnitude))
      const sign = (one: bigint) => (one > 0n ? 1n : one < 0n ? -1n : 0n)
      expect(valuesFor({ op: "Sign", inputs }).map(BigInt)).to.deep.equal(x.map(sign))
      if (type === "uint8")
        return expectRefusal(() => lowered({ op: "Neg", inputs }), "OperatorUnsupported", "uint8")
      expect(valuesFor({ op: "Neg", inputs }).map(BigInt)).to.deep.equal(x.map((one) => wrapped(type, -one)))
    })
  }

  it("rounds float32 once", () => {
    const [a, b] = [f32([1, 1 / 3, -5.3, 16777216]), f32([3, 0.1, 2, 1])]
    const each = (formula: (x: number, y: number) => number) =>
      [1, 1 / 3, -5.3, 16777216].map((x, i) =>
        Math.fround(formula(Math.fround(x), Math.fround([3, 0.1, 2, 1][i]))),
      )
    const inputs = [a, b]
    expect(valuesFor({ op: "Add", inputs })).to.deep.equal(each((x, y) => x + y))
    expect(valuesFor({ op: "Sub", inputs })).to.deep.equal(each((x, y) => x - y))
    expect(valuesFor({ op: "Mul", inputs })).to.deep.equal(each((x, y) => x * y))
    expect(valuesFor({ op: "Div", inputs })).to.deep.equal(each((x, y) => x / y))
    expect(valuesFor({ op: "Mod", inputs, attributes: { fmod: int(1) } })).to.deep.equal(
      each((x, y) => x % y),
    )
    expect(valuesFor({ op: "Reciprocal", inputs: [f32([4, -0, 3])] })).to.deep.equal([
      0.25,
      -Infinity,
      Math.fround(1 / 3),
    ])
    expect(valuesFor({ op: "Round", inputs: [f32([0.5, 1.5, 2.5, -0.5, -1.5, 2.4])] })).to.deep.equal([
      0, 2, 2, -0, -2, 2,
    ])
    expect(valuesFor({ op: "Floor", inputs: [f32([-1.5, 1.5, 2, -0.2])] })).to.deep.equal([-2, 1, 2, -1])
    expect(valuesFor({ op: "Ceil", inputs: [f32([-1.5, 1.2, 2, 0.2])] })).to.deep.equal([-1, 2, 2, 1])
    expect(valuesFor({ op: "Sqrt", inputs: [f32([2, -1, 0])] })).to.deep.equal([
      Math.fround(Math.SQRT2),
      NaN,
      0,
    ])
  })

  it("takes the remainder of float32 by the sign of the dividend only", () => {
    const inputs = [f32([5, -5]), f32([3, 3])]
    expectRefusal(() => lowered({ op: "Mod", inputs }), "OperatorUnsupported", "fmod is 0")
    expectRefusal(
      () => lowered({ op: "Mod", inputs, attributes: { fmod: int(2) } }),
      "OperatorUnsupported",
      "fmod is 2",
    )
  })

  it("keeps NaN in extremes and orders the zeros", () => {
    const inputs = [f32([NaN, 1, -0, -Infinity]), f32([1, NaN, 0, 3])]
    expect(valuesFor({ op: "Max", inputs })).to.deep.equal([NaN, NaN, 0, 3])
    expect(valuesFor({ op: "Min", inputs })).to.deep.equal([NaN, NaN, -0, -Infinity])
  })

  it("applies any number of inputs from left to right", () => {
    const random = seeded(0x6f6e)
    for (const count of [1, 2, 7, 8, 9, 15, 16, 23]) {
      const numbers = Array.from({ length: count }, () => Math.fround((random() / 2 ** 31 - 1) * 1000))
      const inputs = numbers.map((one) => f32([one, -one]))
      const sum = numbers.reduce((all, one) => Math.fround(all + one))
      const mean = Math.fround(sum / count)
      expect(valuesFor({ op: "Sum", inputs })).to.deep.equal([sum, -sum])
      expect(valuesFor({ op: "Mean", inputs })).to.deep.equal([mean, -mean])
      expect(valuesFor({ op: "Max", inputs })[0]).to.equal(Math.max(...numbers))
      expect(valuesFor({ op: "Min", inputs })[0]).to.equal(Math.min(...numbers))
    }
    const one = f32([1, 2])
    expect(lowered({ op: "Sum", inputs: [one, one, one] }).steps).to.have.length(1)
  })

  it("broadcasts as NumPy does, scalars and empty tensors included", () => {
    const shapes: [number[], number[], number[]][] = [
      [[2, 3], [3], [2, 3]],
      [
        [2, 1],
        [1, 3],
        [2, 3],
      ],
      [[], [2, 2], [2, 2]],
      [[], [], []],
      [
        [3, 1, 2],
        [2, 1],
        [3, 2, 2],
      ],
      [[0], [1], [0]],
      [[2, 0], [], [2, 0]],
      [[1, 1], [1], [1, 1]],
    ]
    const size = (shape: readonly number[]) => shape.reduce((all, one) => all * one, 1)
    for (const [left, right, wanted] of shapes) {
      const ramp = (shape: readonly number[], from: number) =>
        Array.from({ length: size(shape) }, (_, i) => from + i)
      const [a, b] = [ramp(left, 1), ramp(right, 100)]
      const [result] = run({ op: "Sub", inputs: [f32(a, left), f32(b, right)] })
      expect(result.shape).to.deep.equal(wanted)
      const at = (values: number[], shape: readonly number[], element: number) => {
        let [position, stride] = [0, 1]
        for (let axis = wanted.length - 1; axis >= 0; axis--) {
          const own = shape[axis - wanted.length + shape.length] ?? 1
          if (own !== 1) position += (element % wanted[axis]) * stride
          stride *= own
          element = Math.floor(element / wanted[axis])
        }
        return values[position]
      }
      const expected = Array.from({ length: size(wanted) }, (_, i) => at(a, left, i) - at(b, right, i))
      expect(result.values).to.deep.equal(expected)
    }
    const inputs = [f32([1, 2]), f32([1, 2, 3])]
    expectRefusal(() => lowered({ op: "Add", inputs }), "OperatorUnsupported", '"node"', "[2] and [3]")
  })

  it("refuses other types, other numbers of inputs and mixtures", () => {
    const [x, flags] = [f32([1, 2]), tensor("bool", [2], [1, 0])]
    const refused = (op: string, inputs: Parameters<typeof lowered>[0]["inputs"], ...words: string[]) =>
      expectRefusal(() => lowered({ op, inputs: inputs! }), "OperatorUnsupported", `(${op})`, ...words)
    refused("Add", [flags, flags], "bool")
    refused("Add", [x, i64([1, 2])], "float32 and int64")
    refused("Mul", [x, x, x], "3 inputs")
    refused("Exp", [i64([1])], "int64")
    refused("Sum", [i64([1])], "int64")
    refused("Max", [], "no input")
  })

  describe("Pow", () => {
    const pow = (base: TypeName, bases: number[], type: TypeName, exponents: number[], passed = [0, 1]) =>
      valuesFor({
        op: "Pow",
        inputs: [tensor(base, [bases.length], bases), tensor(type, [exponents.length], exponents)],
        passed,
      })

    it("has the type of the base", () => {
      expectNear(pow("float32", [1, 2, 3], "int64", [4, 5, 6]), [1, 32, 729])
      expectNear(pow("float32", [2, 9, 10], "float32", [0.5, 1.5, -2]), [Math.SQRT2, 27, 0.01])
      expect(pow("int32", [1, 2, 3], "float32", [4, 5, 6])).to.deep.equal([1, 32, 729])
      expect(pow("int32", [1, 2, -3], "int32", [4, 5, 3])).to.deep.equal([1, 32, -27])
      expect(pow("int64", [1, 2, -3], "int32", [4, 40, 3])).to.deep.equal([1n, 2n ** 40n, -27n])
      expect(pow("int64", [1, -1, 2, 0], "int64", [-1, -3, -1, 0])).to.deep.equal([1n, -1n, 0n, 1n])
      expect(pow("int32", [3, 3], "int64", [40, 2])).to.deep.equal([Number(BigInt.asIntN(32, 3n ** 40n)), 9])
      expect(pow("int32", [2, 3], "uint8", [3, 2])).to.deep.equal([8, 9])
    })

    it("takes short ways for some exponents, constant or not", () => {
      const words = hostileWords(seeded(0x706f77))
      const bases = [...new Float32Array(Uint32Array.from({ length: 60 }, words).buffer)]
      const exponents = [0, 1, 2, 3, 4, 0.5, -0.5, -1, -2, -3, -4, 5, 6, 1.5, 1 / 3]
      for (const exponent of exponents) {
        const given = pow("float32", bases, "float32", [exponent])
        expect(pow("float32", bases, "float32", [exponent], [0])).to.deep.equal(given)
        const tame = bases.filter((one) => one > 0 && one < Infinity)
        const wanted = tame.map((one) => Math.fround(one ** Math.fround(exponent)))
        expectNear(pow("float32", tame, "float32", [exponent], [0]), wanted)
      }
      const square = lowered({ op: "Pow", inputs: [f32([1, 2]), i64([2], [])], passed: [0] })
      expect(square.steps[0].epilogue).to.have.length(1)
    })
  })

  describe("Clip", () => {
    it("has its bounds as attributes before opset 11", () => {
      const inputs = [f32([-2, 0, 2, Infinity, NaN])]
      const attributes = { min: float(-1), max: float(1) }
      expect(valuesFor({ op: "Clip", inputs, attributes, opset: 10 })).to.deep.equal([-1, 0, 1, 1, NaN])
      expect(valuesFor({ op: "Clip", inputs, attributes: { min: float(0) }, opset: 7 })).to.deep.equal([
        0,
        0,
        2,
        3.4028234663852886e38,
        NaN,
      ])
    })

    it("has them as optional inputs since, of any type", () => {
      for (const type of ["float32", ...INTEGERS] as const) {
        const [x, low, high] = [
          tensor(type, [4], [0, 3, 5, 9]),
          tensor(type, [], [2]),
          tensor(type, [1], [6]),
        ]
        const clipped = (...inputs: Parameters<typeof run>[0]["inputs"] & object) =>
          valuesFor({ op: "Clip", inputs }).map(Number)
        expect(clipped(x, low, high)).to.deep.equal([2, 3, 5, 6])
        expect(clipped(x, low)).to.deep.equal([2, 3, 5, 9])
        expect(clipped(x, undefined, high)).to.deep.equal([0, 3, 5, 6])
        expect(clipped(x)).to.deep.equal([0, 3, 5, 9])
        expect(clipped(x, high, low)).to.deep.equal([2, 2, 2, 2])
      }
      const scalar = run({ op: "Clip", inputs: [f32([5], []), f32([0]), f32([1], [1, 1])] })
      expect(scalar[0].shape).to.deep.equal([])
      expectRefusal(
        () => lowered({ op: "Clip", inputs: [f32([1, 2]), f32([1, 2])] }),
        "OperatorUnsupported",
        "not one number",
      )
    })
  })
})
