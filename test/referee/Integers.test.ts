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
import { type CallBatch, together } from "../helpers/call-batch.ts"
import { ScalarJudge } from "./scalar-harness.ts"
import { VECTORS } from "./vectors.ts"

const SEED = 0x696e7473
/** Of every operation of the contract for every type. */
const CASES = cases({ long: 100_000, short: 1_500 })
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
  const { test } = together("ScalarHarness")

  async function binary(
    judge: ScalarJudge,
    op: Op,
    type: ElementType,
    operands: readonly bigint[],
  ): Promise<bigint[]> {
    return unpack(resultType(op, type), await judge.binary(op, type, pack(type, operands), widthOf(type)))
  }

  async function cast(
    judge: ScalarJudge,
    from: ElementType,
    to: ElementType,
    operands: readonly bigint[],
  ): Promise<bigint[]> {
    return unpack(to, await judge.cast(from, to, pack(from, operands), widthOf(from)))
  }

  for (const type of INTEGERS) {
    test(
      `of type ${typeName(type)} have the reference's bits`,
      (batch) =>
        binaryOperations(type).map((op) => {
          const operands = elementPairs(type, CASES, seeded(SEED + 100 + op))
          return { op, operands, results: binary(new ScalarJudge(batch), op, type, operands) }
        }),
      async (asked) => {
        for (const { op, operands, results } of asked)
          expectBits(operands, 2, await results, binaryReference(op, type))
      },
    )
  }

  for (const from of TYPES) {
    test(
      `convert ${typeName(from)} to all types`,
      (batch) =>
        TYPES.map((to) => {
          // The harness keeps the payload of a NaN that is converted to its own type: nothing is stored there.
          const operands = elements(from, CASES, seeded(SEED + 200 + from)).map((a) =>
            from === Float32 && to === Float32 ? castOracle(from, to)(a) : a,
          )
          return { to, operands, results: cast(new ScalarJudge(batch), from, to, operands) }
        }),
      async (asked) => {
        for (const { to, operands, results } of asked)
          expectBits(operands, 1, await results, castReference(from, to))
      },
    )
  }

  test("return the shared vectors", askForVectors, async (asked) => {
    for (const { name, results, right } of asked) expect(await results, name).to.deep.equal(right)
  })

  test(
    "turn numbers into patterns and back",
    (batch) => {
      const judge = new ScalarJudge(batch)
      const patterns = elements(Float32, 2_000, seeded(SEED + 300))
      const right = patterns.map((x) => castOracle(Float32, Float32)(x))
      return {
        right,
        bits: judge.unary(Op.Bits, Int32, pack(Float32, patterns)),
        back: judge.unary(Op.FromBits, Float32, pack(Int32, right)),
      }
    },
    async ({ right, bits, back }) => {
      expect(unpack(Int32, await bits)).to.deep.equal(right)
      expect(unpack(Float32, await back)).to.deep.equal(right)
    },
  )

  test(
    "refuse types that an operation does not have",
    (batch) => refused(new ScalarJudge(batch)),
    async (asked) => {
      for (const { op, call } of asked) {
        const outcome = await call.then(
          () => "no error",
          (error: Error) => error.message,
        )
        expect(outcome, opName(op)).to.include("OperationInvalid")
      }
    },
  )

  function askForVectors(batch: CallBatch): { name: string; results: Promise<bigint[]>; right: bigint[] }[] {
    const judge = new ScalarJudge(batch)
    const groups = Map.groupBy(
      VECTORS.filter(({ op, type }) => op === "Cast" || type !== "Float32"),
      ({ op, type, from }) => `${op} ${from} ${type}`,
    )
    return [...groups].map(([name, same]) => {
      const { op, from } = same[0]
      const operands = same.flatMap((vector) => vector.operands).map(BigInt)
      const type = ElementType[same[0].type]
      const results =
        op === "Cast"
          ? cast(judge, ElementType[from!], type, operands)
          : op === "Bits"
            ? judge.unary(Op.Bits, type, pack(Float32, operands)).then((bytes) => unpack(type, bytes))
            : binary(judge, Op[op], type, operands)
      return { name, results, right: same.map(({ result }) => BigInt(result)) }
    })
  }

  /** Calls of operations on types that they are not for. */
  function refused(judge: ScalarJudge): { op: Op; call: Promise<unknown> }[] {
    const noBool = [Op.Add, Op.Sub, Op.Mul, Op.Div, Op.Rem, Op.Shr, Op.Load, Op.Select, Op.Cast]
    const noFloat = [Op.And, Op.Xor, Op.Shr, Op.Round]
    const unary = [
      [Op.Sqrt, Int32],
      [Op.Bits, Float32],
      [Op.FromBits, Int32],
      [Op.Add, Float32],
    ] as const
    return [
      ...noBool.map((op) => ({ op, call: judge.binary(op, ElementType.Bool, new Uint8Array(2), 1) })),
      ...noFloat.map((op) => ({ op, call: judge.binary(op, Float32, new Uint8Array(8), 4) })),
      { op: Op.Shr, call: judge.binary(Op.Shr, ElementType.Int8, new Uint8Array(2), 1) },
      ...unary.map(([op, type]) => ({ op, call: judge.unary(op, type, new Uint8Array(4)) })),
    ]
  }
})
