import { expect } from "chai"
import { ulps } from "../../../scripts/accuracy/error.ts"
import * as exact from "../../../scripts/accuracy/exact.ts"
import { FUNCTIONS, type Measured } from "../../../scripts/accuracy/functions.ts"
import {
  hardSigmoid,
  hardSwish,
  leakyRelu,
  shrink,
  softsign,
  thresholdedRelu,
} from "../../../src/engine/program/scalar/activation.ts"
import type { Emitter, Register } from "../../../src/engine/program/scalar/emitter.ts"
import { erf, gelu, geluTanh } from "../../../src/engine/program/scalar/erf.ts"
import { celu, elu, selu } from "../../../src/engine/program/scalar/expm1.ts"
import { log } from "../../../src/engine/program/scalar/log.ts"
import { sigmoid, silu, swish } from "../../../src/engine/program/scalar/sigmoid.ts"
import { mish, softplus } from "../../../src/engine/program/scalar/softplus.ts"
import { scaledTanh, tanh } from "../../../src/engine/program/scalar/tanh.ts"
import { fromBits, toBits } from "../../../src/engine/reference/scalar.ts"
import { seeded } from "../../referee/float32-cases.ts"
import { apply, applyOne, floats } from "./apply.ts"

const COUNT = 20_000

/** Floats from `low` to `high`: half of them evenly spread, half of them over all exponents. */
function argumentsOf(low: number, high: number): Float32Array {
  const random = seeded(0x756c7073)
  const spread = Math.min(high, 100) - Math.max(low, -100)
  return Float32Array.from({ length: COUNT }, (_, i) => {
    if (i % 2 === 0) return Math.max(low, -100) + (spread * random()) / 2 ** 32
    const side = low < 0 && (high <= 0 || (random() & 1) === 0) ? low : high
    return Math.sign(side) * fromBits(random() % (toBits(Math.abs(side)) + 1))
  }).filter((x) => x >= low && x <= high)
}

describe("functions of floats", () => {
  for (const { name, emit, exactly, low, high, bound } of FUNCTIONS) {
    it(`${name} is off by less than ${bound} units in the last place`, () => {
      const xs = argumentsOf(low, high)
      let [worst, at] = [0, NaN]
      apply(emit, floats(xs)).forEach((y: number | bigint, i: number) => {
        const error = ulps(Number(y), exactly(xs[i]))
        if (error > worst) [worst, at] = [error, xs[i]]
      })
      expect(worst, `at ${at}`).to.be.below(bound)
    })
  }

  it("have their limits at the ends", () => {
    const ends = (f: (e: Emitter, x: Register) => Register) =>
      [-Infinity, -0, 0, Infinity, NaN].map((x) => applyOne(f, x))
    expect(ends(sigmoid)).to.deep.equal([0, 0.5, 0.5, 1, NaN])
    expect(ends(tanh)).to.deep.equal([-1, 0, 0, 1, NaN])
    expect(ends(erf)).to.deep.equal([-1, -0, 0, 1, NaN])
    expect(ends(gelu)).to.deep.equal([0, 0, 0, Infinity, NaN])
    expect(ends(geluTanh)).to.deep.equal([NaN, -0, 0, Infinity, NaN])
    expect(ends(silu)).to.deep.equal([NaN, -0, 0, Infinity, NaN])
    expect(ends(softplus)).to.deep.equal([0, applyOne(softplus, 0), applyOne(softplus, 0), Infinity, NaN])
    expect(ends(log)).to.deep.equal([NaN, -Infinity, -Infinity, Infinity, NaN])
    expect(ends((e, x) => elu(e, x, 2))).to.deep.equal([-2, -0, 0, Infinity, NaN])
  })

  it("stay within their bounds", () => {
    const range = (f: Measured["emit"], xs: Float32Array): [number, number] => {
      const ys = apply(f, floats(xs)) as Float32Array
      return ys.reduce(([low, high], y) => [Math.min(low, y), Math.max(high, y)], [Infinity, -Infinity] as [
        number,
        number,
      ])
    }
    expect(range(tanh, argumentsOf(-20, 20))).to.deep.equal([-1, 1])
    expect(range(erf, argumentsOf(-20, 20))).to.deep.equal([-1, 1])
    expect(range(sigmoid, argumentsOf(-200, 200))).to.deep.equal([0, 1])
  })

  it("with parameters follow their formulas", () => {
    const close = (actual: number, expected: number) =>
      expect(Math.abs(actual - expected), `${actual}, ${expected}`).to.be.at.most(
        1e-6 * (1 + Math.abs(expected)),
      )
    for (const x of [-30, -3, -1, -0.75, -0.25, 0, 0.25, 0.75, 1, 3, 30]) {
      const one = (f: (e: Emitter, x: Register) => Register) => applyOne(f, x)
      close(
        one((e, x) => leakyRelu(e, x, 0.1)),
        x < 0 ? 0.1 * x : x,
      )
      close(
        one((e, x) => thresholdedRelu(e, x, 0.75)),
        x > 0.75 ? x : 0,
      )
      close(one(softsign), x / (1 + Math.abs(x)))
      close(
        one((e, x) => hardSigmoid(e, x, 0.2, 0.5)),
        Math.max(0, Math.min(1, 0.2 * x + 0.5)),
      )
      close(one(hardSwish), x * Math.max(0, Math.min(1, x / 6 + 0.5)))
      close(
        one((e, x) => shrink(e, x, 1.5, 0.5)),
        x < -0.5 ? x + 1.5 : x > 0.5 ? x - 1.5 : 0,
      )
      close(
        one((e, x) => swish(e, x, 1.5)),
        x * exact.sigmoid(1.5 * x),
      )
      close(
        one((e, x) => scaledTanh(e, x, 1.5, 0.5)),
        1.5 * Math.tanh(0.5 * x),
      )
      close(
        one((e, x) => elu(e, x, 1.5)),
        x < 0 ? 1.5 * Math.expm1(x) : x,
      )
      close(
        one((e, x) => selu(e, x, 1.5, 2)),
        2 * (x < 0 ? 1.5 * Math.expm1(x) : x),
      )
      close(
        one((e, x) => celu(e, x, 1.5)),
        x < 0 ? 1.5 * Math.expm1(x / 1.5) : x,
      )
      close(one(mish), exact.mish(x))
    }
  })
})
