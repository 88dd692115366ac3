import { expect } from "chai"
import { Body, ElementType, Op, RankMode, type Step } from "../../src/protocol/program.ts"
import { TYPES, elementBytes, hostileElements, repeatedElements } from "../engine/random-elements.ts"
import { type Kind, KINDS, randomStep } from "../engine/random-steps.ts"
import { cases } from "../long/campaign.ts"
import { between } from "../engine/program/words.ts"
import { seeded } from "./float32-cases.ts"
import { together } from "../helpers/call-batch.ts"
import { Comparison, Judge, show } from "./judge.ts"
import { access, instruction, stepOf } from "./steps.ts"

const SEED = 0x6f6e7573
/** Elements of every kind of step: at least 20,000 of every body where there is the time. */
const COUNTS: Readonly<Record<Kind, number>> = {
  Move: cases({ long: 8_000, short: 4_000 }),
  Read: cases({ long: 12_000, short: 6_000 }),
  "Dot of Float32": cases({ long: 8_000, short: 4_000 }),
  "Dot of integers": cases({ long: 6_000, short: 3_000 }),
  "Dot of 8 bits": cases({ long: 6_000, short: 3_000 }),
  Fold: cases({ long: 20_000, short: 10_000 }),
  Rank: cases({ long: 20_000, short: 10_000 }),
}
/** A guard that does not hold. */
const NEVER = { coefficients: [], offset: 0, size: 0 }
const NAN = "0x0000c07f"
const { Float32, Int8, Uint8, Int32, Int64, Bool } = ElementType

describe("Referee on random steps", () => {
  const { test } = together("RefereeHarness")

  for (const [at, kind] of (Object.keys(KINDS) as Kind[]).entries()) {
    test(
      `has the reference's bits for ${COUNTS[kind]} elements: ${kind}`,
      (batch) => {
        const random = seeded(SEED + at)
        const asked: Comparison[] = []
        for (let count = 0; count < COUNTS[kind]; count += asked.at(-1).right.length) {
          const { step, inputs } = randomStep(random, kind)
          const elements = Array.from({ length: step.output.length }, (_, i) => i)
          asked.push(new Comparison(batch, step, elements, ({ id }) => inputs[id]))
        }
        return asked
      },
      async (asked) => {
        for (const comparison of asked) await comparison.expectSame()
        const results = asked.flatMap(({ right }) => right)
        const share = (is: (bytes: string) => boolean) => results.filter(is).length / results.length
        const [nan, zero] = [share((bytes) => bytes === NAN), share((bytes) => /^0x0*$/.test(bytes))]
        console.log(`        ${(100 * nan).toFixed(0)} % NaN, ${(100 * zero).toFixed(0)} % zero`)
        expect(nan).to.be.below(0.3)
        expect(zero).to.be.below(0.7)
      },
    )
  }
})

describe("Referee", () => {
  let judge: Judge

  before(async () => {
    judge = await Judge.open()
  })

  describe("reads runs over many chunks", () => {
    /** Lengths and strides of the innermost loop. */
    const RUNS = [
      [600, 1],
      [600, -1],
      [100, 13],
      [90, -17],
      [40, 300],
      [50, 0],
    ] as const

    for (const [length, stride] of RUNS) {
      it(`of ${length} elements at distance ${stride}`, async () => {
        const random = seeded(SEED + 300 + length + stride)
        for (const type of TYPES) {
          const size = Math.abs(stride) * (length - 1) + 1
          const base = stride < 0 ? size - 1 : 0
          // The domain starts the run at another place of its chunk.
          const operand = access(type, 0, size + 7, [1, stride], { base })
          const data = elementBytes(type, size + 7, hostileElements(random, type))
          const fold = { domain: [8], reduction: [length], body: Body.Fold, mode: Op.Max }
          await judge.expectReference(stepOf(type, [operand], fold), [0, 7], () => data)
          const guards = [{ coefficients: [0, 2], offset: -20, size: 37 }]
          const guarded = stepOf(type, [{ ...operand, guards }], { ...fold, mode: Op.Min })
          await judge.expectReference(guarded, [3], () => data)
        }
      })
    }

    it("of dot products with a thousand terms", async () => {
      const random = seeded(SEED + 400)
      const pairs = [
        [Float32, Float32, Float32],
        [Int32, Int32, Int32],
        [Int64, Int64, Int64],
        [Int8, Uint8, Int32],
      ]
      for (const [a, b, type] of pairs) {
        const data = [a, b, a, b].map((t) => elementBytes(t, 2_000, hostileElements(random, t)))
        const zeros = [access(a, 2, 2_000, [0, 0, 0]), access(b, 3, 2_000, [1, 0, 0])]
        const operands = [access(a, 0, 2_000, [1, 100, 1]), access(b, 1, 2_000, [0, -1, -10], { base: 1999 })]
        const step = stepOf(type, a === Int8 ? [...operands, ...zeros] : operands, {
          ...{ domain: [5], reduction: [10, 100], body: Body.Dot, mode: 0 },
        })
        await judge.expectReference(step, [0, 4], ({ id }) => data[id])
      }
    })
  })

  it("ranks hundreds of candidates", async () => {
    const random = seeded(SEED + 500)
    for (const type of TYPES) {
      for (const source of [hostileElements, repeatedElements]) {
        const data = elementBytes(type, 300, source(random, type))
        for (const mode of [
          0,
          RankMode.Smallest,
          RankMode.LastIndex,
          RankMode.Smallest | RankMode.LastIndex,
        ]) {
          const step = stepOf(Int64, [access(type, 0, 300, [0, 1])], {
            ...{ domain: [301], reduction: [300], body: Body.Rank, mode },
          })
          await judge.expectReference(step, [0, between(random, 1, 298), 299, 300], () => data)
        }
      }
    }
  })

  it("moves every byte, and stores canonical ones otherwise", async () => {
    const nan = Uint8Array.of(1, 0, 0x80, 0xff)
    const move = stepOf(Float32, [access(Float32, 0, 1, [])])
    expect(await judge.elements(move, [0], () => nan)).to.deep.equal(["0x010080ff"])
    const select = [instruction(Op.Const, Bool, 0, 0, 0, 0x80n), instruction(Op.Select, Float32, 1, 0, 0)]
    expect(await judge.elements({ ...move, epilogue: select }, [0], () => nan)).to.deep.equal([NAN])
    const truth = stepOf(Bool, [access(Bool, 0, 1, [])])
    expect(await judge.elements(truth, [0], () => Uint8Array.of(7))).to.deep.equal(["0x07"])
    const both = { ...truth, epilogue: [instruction(Op.And, Bool)] }
    expect(await judge.elements(both, [0], () => Uint8Array.of(7))).to.deep.equal(["0x01"])
  })

  it("gives a start for a reduction without terms", async () => {
    const [none, data] = [access(Float32, 0, 1, [0, 0]), () => new Uint8Array(8)]
    const empty = { reduction: [0, 5] }
    const fold = (mode: Op): Step => stepOf(Float32, [none], { ...empty, body: Body.Fold, mode })
    for (const [mode, bytes] of [
      [Op.Add, "0x00000000"],
      [Op.Mul, "0x0000803f"],
      [Op.Max, "0x000080ff"],
      [Op.Min, "0x0000807f"],
    ] as const)
      expect(await judge.elements(fold(mode), [0], data)).to.deep.equal([bytes])
    const dot = stepOf(Float32, [none, none], { ...empty, body: Body.Dot, mode: 0 })
    expect(await judge.elements(dot, [0], data)).to.deep.equal(["0x00000000"])
    const rank = stepOf(Int64, [access(Int8, 0, 1, [0, 0, 0])], { ...empty, domain: [1], body: Body.Rank })
    expect(await judge.elements(rank, [0], data)).to.deep.equal(["0xffffffffffffffff"])
  })

  describe("refuses what no program has:", () => {
    const [f, i] = [access(Float32, 0, 2, []), access(Int32, 1, 2, [])]
    const lookup = (operand: number) => ({ lookups: [{ operand, stride: 1, size: 2 }] })
    const STEPS: Readonly<Record<string, Step>> = {
      AccessOutOfRange: stepOf(Float32, [{ ...f, base: 2 }]),
      RegisterInvalid: stepOf(Float32, [f], { epilogue: [instruction(Op.Sqrt, Float32, 1)] }),
      "TypeMismatch of the output": stepOf(Int32, [f]),
      "TypeMismatch of an operand": stepOf(Int32, [f], { epilogue: [instruction(Op.Add, Int32)] }),
      "TypeMismatch of a load": stepOf(Int32, [f, i], { epilogue: [instruction(Op.Load, Int64, 1)] }),
      "TypeMismatch of candidates": stepOf(Float32, [{ ...f, guards: [NEVER] }, i], { mode: 2 }),
      "TypeMismatch of factors": stepOf(Float32, [f, i], { body: Body.Dot, mode: 0 }),
      "TypeMismatch of a zero point": stepOf(
        Int32,
        [Int8, Int8, Uint8, Int8].map((type, id) => access(type, id, 2, [])),
        { body: Body.Dot, mode: 0 },
      ),
      "TypeMismatch of a condition": stepOf(Float32, [f], {
        epilogue: [instruction(Op.Select, Float32, 0, 0, 0)],
      }),
      OperationInvalid: stepOf(Float32, [f], { epilogue: [instruction(Op.Xor, Float32)] }),
      DotInvalid: stepOf(Bool, [access(Bool, 0, 2, []), access(Bool, 1, 2, [])], { body: Body.Dot, mode: 0 }),
      FoldInvalid: stepOf(Float32, [f], { body: Body.Fold, mode: Op.Sub }),
      "LookupInvalid with a float": stepOf(Int32, [{ ...i, ...lookup(1) }, f]),
      "LookupInvalid with a lookup": stepOf(Int32, [
        { ...i, ...lookup(1) },
        { ...i, ...lookup(0) },
      ]),
    }
    for (const [name, step] of Object.entries(STEPS)) {
      it(name, async () => {
        const call = judge.elements(step, [0], () => new Uint8Array(16))
        await expect(call, show(step)).to.be.revertedWithCustomError(judge.harness, name.split(" ")[0])
      })
    }

    it("OperandNotOpened and ElementOutOfRange, for a bad proof", async () => {
      const closed = judge.elements(stepOf(Float32, [f]), [0], () => new Uint8Array(0))
      await expect(closed).to.be.revertedWithCustomError(judge.harness, "OperandNotOpened").withArgs(0, 0)
      const beyond = judge.elements(stepOf(Float32, [f]), [1], () => new Uint8Array(8))
      await expect(beyond).to.be.revertedWithCustomError(judge.harness, "ElementOutOfRange").withArgs(1, 1)
    })
  })
})
