import { expect } from "chai"
import { ElementType, Op, widthOf } from "../../src/protocol/program.ts"
import { TYPES } from "../engine/random-elements.ts"
import { cases } from "../long/campaign.ts"
import { seeded } from "./float32-cases.ts"
import { binaryOracle, castOracle } from "./integer-oracle.ts"
import {
  type OnBits,
  binaryOperations,
  binaryReference,
  castReference,
  elementPairs,
  elements,
  pack,
  resultType,
  unpack,
} from "./scalar-cases.ts"
import { type ScalarJudge, scalarJudge } from "./scalar-harness.ts"
import { VECTORS } from "./vectors.ts"

const SEED = 0x696e7473
/** Of every operation of the contract for every type. */
const CASES = cases({ long: 3_000, short: 400 })
const { Float32, Int32 } = ElementType
const INTEGERS = TYPES.filter((type) => type !== Float32)

const nameOf = (names: Readonly<Record<string, number>>, value: number): string =>
  Object.keys(names).find((name) => names[name] === value)!
const typeName = (type: ElementType): string => nameOf(ElementType, type)
const opName = (op: Op): string => nameOf(Op, op)

/** Fails with the first few of `results` that differ from what `expected` says about the operands. */
function expectBits(
  operands: readonly bigint[],
  arity: 1 | 2,
  results: readonly bigint[],
  expected: OnBits,
): void {
  expect(results.length).to.equal(operands.length / arity)
  const wrong: string[] = []
  for (let i = 0; i < results.length && wrong.length < 5; i++) {
    const [a, b] = operands.slice(arity * i, arity * (i + 1))
    const right = expected(a, b)
    if (results[i] !== right) wrong.push(`(${a}, ${b}): ${results[i]}, not ${right}`)
  }
  expect(wrong).to.deep.equal([])
}

const mapPairs = (operands: readonly bigint[], f: OnBits): bigint[] =>
  Array.from({ length: operands.length / 2 }, (_, i) => f(operands[2 * i], operands[2 * i + 1]))

describe("operations on integers", () => {
  for (const type of INTEGERS) {
    it(`of type ${typeName(type)} agree with BigInt`, () => {
      for (const op of binaryOperations(type)) {
        const operands = elementPairs(type, 20_000, seeded(SEED + op))
        expectBits(operands, 2, mapPairs(operands, binaryReference(op, type)), binaryOracle(op, type))
      }
    })
  }

  for (const from of TYPES) {
    it(`convert ${typeName(from)} to all types`, () => {
      for (const to of TYPES) {
        const operands = elements(from, 20_000, seeded(SEED + from))
        expectBits(
          operands,
          1,
          operands.map((a) => castReference(from, to)(a)),
          castOracle(from, to),
        )
      }
    })
  }

  it("return the shared vectors", () => {
    for (const { op, type, from, operands, result } of VECTORS) {
      if (op !== "Cast" && type === "Float32") continue
      if (op === "Bits" || op === "FromBits") continue
      const [a, b] = operands.map(BigInt)
      const apply =
        op === "Cast"
          ? castReference(ElementType[from!], ElementType[type])
          : binaryReference(Op[op], ElementType[type])
      expect(apply(a, b), `${op} ${from} ${type} ${operands}`).to.equal(BigInt(result))
    }
  })
})

describe("operations on integers in the contracts", () => {
  let judge: ScalarJudge

  before(async () => {
    judge = await scalarJudge()
  })

  async function binary(op: Op, type: ElementType, operands: readonly bigint[]): Promise<bigint[]> {
    return unpack(resultType(op, type), await judge.binary(op, type, pack(type, operands), widthOf(type)))
  }

  async function cast(from: ElementType, to: ElementType, operands: readonly bigint[]): Promise<bigint[]> {
    return unpack(to, await judge.cast(from, to, pack(from, operands), widthOf(from)))
  }

  for (const type of INTEGERS) {
    it(`of type ${typeName(type)} have the reference's bits`, async () => {
      for (const op of binaryOperations(type)) {
        const operands = elementPairs(type, CASES, seeded(SEED + 100 + op))
        expectBits(operands, 2, await binary(op, type, operands), binaryReference(op, type))
      }
    })
  }

  for (const from of TYPES) {
    it(`convert ${typeName(from)} to all types`, async () => {
      for (const to of TYPES) {
        // The harness keeps the payload of a NaN that is converted to its own type: nothing is stored there.
        const operands = elements(from, CASES, seeded(SEED + 200 + from)).map((a) =>
          from === Float32 && to === Float32 ? castOracle(from, to)(a) : a,
        )
        expectBits(operands, 1, await cast(from, to, operands), castReference(from, to))
      }
    })
  }

  it("return the shared vectors", async () => {
    for (const op of new Set(VECTORS.map((vector) => vector.op))) {
      for (const type of TYPES.map(typeName)) {
        const chosen = VECTORS.filter((vector) => vector.op === op && vector.type === type)
        if (chosen.length === 0 || (op !== "Cast" && type === "Float32")) continue
        for (const from of new Set(chosen.map((vector) => vector.from))) {
          const same = chosen.filter((vector) => vector.from === from)
          const operands = same.flatMap((vector) => vector.operands).map(BigInt)
          const t = ElementType[same[0].type]
          const results =
            op === "Cast"
              ? await cast(ElementType[from!], t, operands)
              : op === "Bits"
                ? unpack(t, await judge.unary(Op.Bits, t, pack(Float32, operands)))
                : await binary(Op[op], t, operands)
          expect(results, `${op} ${from} ${type}`).to.deep.equal(same.map(({ result }) => BigInt(result)))
        }
      }
    }
  })

  it("turn numbers into patterns and back", async () => {
    const patterns = elements(Float32, 2_000, seeded(SEED + 300))
    const bits = unpack(Int32, await judge.unary(Op.Bits, Int32, pack(Float32, patterns)))
    expect(bits).to.deep.equal(patterns.map((x) => castOracle(Float32, Float32)(x)))
    const back = unpack(Float32, await judge.unary(Op.FromBits, Float32, pack(Int32, bits)))
    expect(back).to.deep.equal(bits)
  })

  it("refuse types that an operation does not have", async () => {
    for (const op of [Op.Add, Op.Sub, Op.Mul, Op.Div, Op.Rem, Op.Shr, Op.Load, Op.Select, Op.Cast])
      await expectRefusal(() => judge.binary(op, ElementType.Bool, new Uint8Array(2), 1), op)
    for (const op of [Op.And, Op.Xor, Op.Shr, Op.Round])
      await expectRefusal(() => judge.binary(op, Float32, new Uint8Array(8), 4), op)
    await expectRefusal(() => judge.binary(Op.Shr, ElementType.Int8, new Uint8Array(2), 1), Op.Shr)
    for (const [op, type] of [
      [Op.Sqrt, Int32],
      [Op.Bits, Float32],
      [Op.FromBits, Int32],
      [Op.Add, Float32],
    ] as const)
      await expectRefusal(() => judge.unary(op, type, new Uint8Array(4)), op)
  })

  async function expectRefusal(action: () => Promise<unknown>, op: Op): Promise<void> {
    const outcome = await action().then(
      () => "no error",
      (error: Error) => error.message,
    )
    expect(outcome, opName(op)).to.include("OperationInvalid")
  }
})
