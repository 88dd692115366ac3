import { expect } from "chai"
import { ulps } from "../../../scripts/accuracy/error.ts"
import { integerPow } from "../../../src/engine/program/scalar/integer-pow.ts"
import { pow, powConstant } from "../../../src/engine/program/scalar/pow.ts"
import { fromBits } from "../../../src/engine/reference/scalar.ts"
import { ElementType } from "../../../src/protocol/program.ts"
import { SPECIAL, seeded } from "../../referee/float32-cases.ts"
import { apply, applyOne, floats } from "./apply.ts"

/** `pow` of C: that of JavaScript but for the powers of 1 and -1. */
function powOfC(x: number, y: number): number {
  if (x === 1 || y === 0 || (x === -1 && Math.abs(y) === Infinity)) return 1
  return Math.pow(x, y)
}

describe("pow", () => {
  it("has the special cases of C", () => {
    const named = [1, 2, 3, 0.5, 1.5, 5, 2 ** 23 + 1, 2 ** 24, 2 ** 24 + 2, 1e10].flatMap((x) => [x, -x])
    const all = [...SPECIAL.map(fromBits), ...named.map(Math.fround)]
    const [xs, ys] = [all.flatMap((x) => all.map(() => x)), all.flatMap(() => all)]
    const results = apply(pow, floats(xs), floats(ys)) as Float32Array
    results.forEach((result, i) => {
      const right = powOfC(xs[i], ys[i])
      const isLargest = Math.abs(right) > 3.4027e38 && Math.abs(right) < 3.41e38
      if (isLargest || Math.abs(right) < 1e-37) return
      const [got, expected] = [result, Math.fround(right)]
      const isRight = Number.isFinite(expected) ? ulps(got, right) < 4 : Object.is(got, expected)
      expect(isRight, `${xs[i]} ^ ${ys[i]}: ${got}, not ${expected}`).to.equal(true)
    })
  })

  it("keeps the sign of powers that vanish", () => {
    expect(applyOne(pow, -0, 3)).to.satisfy((x: number) => Object.is(x, -0))
    expect(applyOne(pow, -0, 2)).to.satisfy((x: number) => Object.is(x, 0))
    expect(applyOne(pow, -1e-30, 3)).to.satisfy((x: number) => Object.is(x, -0))
    expect(applyOne(pow, -Infinity, -1)).to.satisfy((x: number) => Object.is(x, -0))
  })

  it("is off by less than 4.6 units in the last place", () => {
    const random = seeded(0x706f7765)
    const xs = Float32Array.from({ length: 20_000 }, (_, i) =>
      fromBits(i % 2 ? random() % 0x7f800000 : 0x3f000000 + (random() % 0x01000000)),
    )
    const ys = xs.map((x) => ((random() / 2 ** 32 - 0.5) * 250) / (Math.abs(Math.log2(x)) || 1))
    const errors = (apply(pow, floats(xs), floats(ys)) as Float32Array).map((result, i) =>
      ulps(result, Math.pow(xs[i], ys[i])),
    )
    const worst = errors.reduce((worst, error, i) => (error > errors[worst] ? i : worst), 0)
    expect(errors[worst], `${xs[worst]} ^ ${ys[worst]}`).to.be.below(4.6)
  })

  it("of a fixed exponent is short where it can be", () => {
    for (const y of [-2, -1, -0.5, 0, 0.5, 1, 2, 3, 4, 1.75]) {
      for (const x of [0.3, 1, 2.5, 1e5]) {
        expect(
          ulps(
            applyOne((e, x) => powConstant(e, x, y), x),
            Math.pow(Math.fround(x), y),
          ),
        ).to.be.below(3)
      }
    }
    expect(applyOne((e, x) => powConstant(e, x, -0.5), -0)).to.equal(Infinity)
  })
})

describe("integerPow", () => {
  const { Int32, Int64 } = ElementType

  it("wraps, and truncates the inverse", () => {
    const xs = [-3n, -2n, -1n, 0n, 1n, 2n, 3n, 7n, 2n ** 31n - 1n, -(2n ** 31n)]
    const ys = [...Array.from({ length: 68 }, (_, i) => BigInt(i) - 2n)]
    const inverse = (x: bigint, y: bigint) => (x === 1n || x === -1n ? (y % 2n === 0n ? 1n : x) : 0n)
    const pairs = xs.flatMap((x) => ys.map((y) => [x, y] as const))
    const right = pairs.map(([x, y]) => (y < 0n ? inverse(x, y) : x ** y))
    const column = (type: typeof Int32 | typeof Int64, values: bigint[]) => {
      return { type, values: type === Int32 ? Int32Array.from(values, Number) : BigInt64Array.from(values) }
    }
    for (const [type, bits] of [
      [Int32, 32],
      [Int64, 64],
    ] as const) {
      const [a, b] = [0, 1].map((i) => column(type, pairs.map((pair) => pair[i]))) // prettier-ignore
      const results = [...apply(integerPow, a, b)].map(BigInt)
      expect(results).to.deep.equal(right.map((value) => BigInt.asIntN(bits, value)))
    }
  })

  it("of -1, 0, 1 and even numbers is right for every exponent", () => {
    const least = -(2n ** 63n)
    const power = (x: bigint, y: bigint) =>
      apply(
        integerPow,
        { type: Int64, values: BigInt64Array.of(x) },
        { type: Int64, values: BigInt64Array.of(y) },
      )[0]
    for (const y of [1001n, 2n ** 63n - 1n]) {
      expect([-1n, 0n, 1n, 6n].map((x) => power(x, y))).to.deep.equal([-1n, 0n, 1n, 0n])
    }
    expect([-1n, 0n, 1n, 6n].map((x) => power(x, least))).to.deep.equal([1n, 0n, 1n, 0n])
  })
})
