import { expect } from "chai"
import { evaluate } from "../../src/engine/reference/evaluate.ts"
import { Loops } from "../../src/engine/reference/loops.ts"
import { Operand } from "../../src/engine/reference/operands.ts"
import { encodeStep } from "../../src/protocol/encode-step.ts"
import { Body, ElementType, Op, type Step, widthOf } from "../../src/protocol/program.ts"
import { elementBytes, hostileElements, repeatedElements } from "../engine/random-elements.ts"
import { type Kind, KINDS, randomStep } from "../engine/random-steps.ts"
import { between, pick } from "../engine/program/words.ts"
import { cases } from "../long/campaign.ts"
import { type Random, seeded } from "./float32-cases.ts"
import { type Bytes, Judge, type Part, type Place, hexOf, show, termsOf } from "./judge.ts"
import { access, instruction, stepOf } from "./steps.ts"

const SEED = 0x70617274
/** Elements of every kind of step. */
const COUNT = cases({ long: 250, short: 80 })
const PER_STEP = 5
const { Float32, Int8, Uint8, Int32, Int64 } = ElementType

/** Which chunks an element reads, term by term. */
class Reads {
  readonly #step: Step
  readonly #loops: Loops
  readonly #operands: readonly Operand[]
  readonly #element: number
  readonly #bytes: Bytes
  #places = new Map<string, Place>()

  constructor(step: Step, element: number, bytes: Bytes) {
    this.#step = step
    this.#element = element
    this.#bytes = bytes
    this.#loops = new Loops(step)
    const onRead = (operand: number, position: number): void => this.#add(operand, position)
    this.#operands = step.operands.map((_, i) => new Operand(step, i, this.#loops.index, bytes, onRead))
  }

  /** What the terms from `from` to below `until` read, in an order of use; `hint` is the one of a Rank. */
  terms(from: number, until: number, hint: number): Place[] {
    const { body, operands } = this.#step
    const isBytes = body === Body.Dot && widthOf(operands[0].tensor.type) === 1
    if (from < until && isBytes) this.#at(0, [2, 3])
    if (from < until && body === Body.Rank && hint >= 0) this.#at(hint, [0])
    for (let term = from; term < until; term++) this.#at(term, body === Body.Dot ? [0, 1] : [0])
    return this.#take()
  }

  /** What a Read and the epilogue read. */
  rest(): Place[] {
    const { body, epilogue } = this.#step
    const loads = epilogue.filter(({ op }) => op === Op.Load).map(({ a }) => a)
    this.#at(0, loads)
    if (body === Body.Read) evaluate(this.#step, this.#element, this.#bytes, (...read) => this.#add(...read))
    return this.#take()
  }

  #at(term: number, numbers: readonly number[]): void {
    this.#loops.place(this.#element)
    for (let i = 0; i < term; i++) this.#loops.advance()
    for (const number of numbers) this.#operands[number].locate()
  }

  #add(operand: number, position: number): void {
    const width = widthOf(this.#step.operands[operand].tensor.type)
    const chunk = Math.floor((position * width) / 1024)
    this.#places.set(`${operand} ${chunk}`, { operand, chunk })
  }

  #take(): Place[] {
    const places = [...this.#places.values()]
    this.#places = new Map()
    return places
  }
}

/** Parts that end at some terms, with what each of them reads. */
function partsOf(step: Step, element: number, hint: number, cuts: readonly number[], bytes: Bytes): Part[] {
  const reads = new Reads(step, element, bytes)
  const ends = [...cuts].sort((a, b) => a - b)
  const parts = ends.map((until, i) => ({ until, chunks: reads.terms(ends[i - 1] ?? 0, until, hint) }))
  return [...parts, { until: 0, chunks: reads.rest() }]
}

/** Some terms to cut at, in no order and perhaps twice, and the last one. */
function randomCuts(random: Random, step: Step): number[] {
  const terms = step.body === Body.Read ? 0 : termsOf(step)
  return [...Array.from({ length: between(random, 0, 3) }, () => between(random, 0, terms)), terms]
}

/** The result of a Rank without its epilogue, which is what the hint is to be. */
const rankOf = (step: Step, element: number, bytes: Bytes): number =>
  step.body !== Body.Rank
    ? 0
    : Number(
        BigInt.asIntN(
          64,
          evaluate({ ...step, output: { ...step.output, type: Int64 }, epilogue: [] }, element, bytes),
        ),
      )

describe("Referee, in parts", () => {
  let judge: Judge

  before(async () => {
    judge = await Judge.open()
  })

  async function expectParts(random: Random, step: Step, element: number, bytes: Bytes): Promise<void> {
    const rank = rankOf(step, element, bytes)
    const hint = rank < 0 ? between(random, 0, 99) : rank
    const parts = partsOf(step, element, rank, randomCuts(random, step), bytes)
    const { result, accumulators } = await judge.inParts(step, element, hint, parts, bytes)
    expect(result, show(step)).to.equal(hexOf(evaluate(step, element, bytes), step))
    const isFloat = step.operands[0].tensor.type === Float32 && step.body !== Body.Rank
    for (const accumulator of accumulators)
      expect(accumulator >> (isFloat ? 32n : 64n), show(step)).to.equal(0n)
  }

  for (const kind of Object.keys(KINDS) as Kind[]) {
    it(`has the reference's bits for ${COUNT} elements of random steps, with the chunks of each part only: ${kind}`, async () => {
      const random = seeded(SEED + Object.keys(KINDS).indexOf(kind))
      for (let count = 0; count < COUNT;) {
        const { step, inputs } = randomStep(random, kind)
        for (let i = 0; i < Math.min(PER_STEP, step.output.length); i++, count++)
          await expectParts(random, step, between(random, 0, step.output.length - 1), ({ id }) => inputs[id])
      }
    })
  }

  it("goes on in the middle of long runs", async () => {
    const random = seeded(SEED + 100)
    for (const [a, b, type] of [
      [Float32, Float32, Float32],
      [Int64, Int64, Int64],
      [Int8, Uint8, Int32],
      [Uint8, Uint8, Int32],
    ]) {
      const data = [a, b, a, b].map((t) => elementBytes(t, 3_000, hostileElements(random, t)))
      const zeros = [access(a, 2, 3_000, [0, 0, 0]), access(b, 3, 3_000, [1, 0, 0])]
      const factors = [access(a, 0, 3_000, [1, 500, 1]), access(b, 1, 3_000, [3, 550, 1])]
      const operands = type === Int32 ? [...factors, ...zeros] : factors
      const step = stepOf(type, operands, { domain: [5], reduction: [2, 700], body: Body.Dot, mode: 0 })
      for (const element of [0, 1, 4]) await expectParts(random, step, element, ({ id }) => data[id])
    }
  })

  describe("ranks by a hint", () => {
    const ranks = (type: ElementType, count: number, mode: number): Step =>
      stepOf(Int64, [access(type, 0, count, [0, 1])], {
        ...{ domain: [count + 2], reduction: [count], body: Body.Rank, mode },
      })

    it("that is right, among hundreds of candidates", async () => {
      const random = seeded(SEED + 200)
      for (const type of [Float32, Int8, Int64]) {
        for (const mode of [0, 1, 2, 3]) {
          const source = pick(random, [hostileElements, repeatedElements])(random, type)
          const data = elementBytes(type, 300, source)
          const step = ranks(type, 300, mode)
          for (const rank of [0, between(random, 1, 298), 299, 300])
            await expectParts(random, step, rank, () => data)
        }
      }
    })

    it("and refuses any other hint", async () => {
      const step = ranks(Int8, 4, 0)
      const bytes = (): Uint8Array => Uint8Array.of(5, 9, 5, 7)
      const chunks = [{ operand: 0, chunk: 0 }]
      const parts = [
        { until: 3, chunks },
        { until: 9, chunks },
        { until: 0, chunks: [] },
      ]
      for (const [rank, right] of [1, 3, 0, 2].entries()) {
        expect(await judge.harness.evaluateWithHint(encodeStep(step), rank, right, [bytes()])).to.equal(
          BigInt(right),
        )
        for (let hint = 0; hint < 6; hint++) {
          const call = judge.inParts(step, rank, hint, parts, bytes)
          if (hint === right) expect((await call).result).to.equal(`0x0${right}00000000000000`)
          else await expect(call).to.be.revertedWithCustomError(judge.harness, "HintWrong").withArgs(hint)
        }
      }
      // No candidate has the rank 4: nothing needs to be opened, and no hint counts.
      const none = parts.map((part) => ({ ...part, chunks: [] }))
      for (const hint of [0, 7]) {
        const { result } = await judge.inParts(step, 4, hint, none, bytes)
        expect(result).to.equal("0xffffffffffffffff")
      }
    })
  })

  it("counts terms", async () => {
    const operand = access(Float32, 0, 1, [0, 0])
    const terms = (more: Partial<Step>) => judge.harness.termsOf(encodeStep(stepOf(Float32, [operand], more)))
    expect(await terms({ body: Body.Fold, mode: Op.Add, reduction: [3, 5] })).to.equal(15n)
    expect(await terms({ body: Body.Fold, mode: Op.Add, reduction: [3, 0] })).to.equal(0n)
    expect(await terms({ body: Body.Fold, mode: Op.Add })).to.equal(1n)
    expect(await terms({ reduction: [3, 5] })).to.equal(0n)
  })

  it("does not finish before the last term", async () => {
    const step = stepOf(Float32, [access(Float32, 0, 4, [1])], {
      reduction: [4],
      body: Body.Fold,
      mode: Op.Add,
    })
    const bytes = (): Uint8Array => new Uint8Array(16)
    const chunks = [{ operand: 0, chunk: 0 }]
    const call = judge.inParts(
      step,
      0,
      0,
      [
        { until: 3, chunks },
        { until: 0, chunks },
      ],
      bytes,
    )
    await expect(call).to.be.revertedWithCustomError(judge.harness, "PartialUnfinished").withArgs(3, 4)
  })

  it("stays where it is if nothing is asked for, and starts anew without terms", async () => {
    const step = stepOf(Float32, [access(Float32, 0, 4, [1])], {
      reduction: [4],
      body: Body.Fold,
      mode: Op.Mul,
    })
    const one = Uint8Array.of(0, 0, 0x80, 0x3f)
    const data = Uint8Array.from({ length: 16 }, (_, i) => one[i % 4])
    const advance = (accumulator: bigint, terms: number, until: number) =>
      judge.harness.advance(encodeStep(step), 0, 0, { accumulator, terms }, until, [data])
    expect([...(await advance(7n, 2, 2))]).to.deep.equal([7n, 2n])
    expect([...(await advance(7n, 9, 2))]).to.deep.equal([7n, 9n])
    expect([...(await advance(7n, 0, 4))]).to.deep.equal([0x3f800000n, 4n])
  })

  it("goes on from any accumulator", async () => {
    const random = seeded(SEED + 300)
    const words = (): bigint =>
      Array.from({ length: 8 }).reduce<bigint>((all) => (all << 32n) | BigInt(random()), 0n)
    for (const kind of Object.keys(KINDS) as Kind[]) {
      for (let i = 0; i < 20; i++) {
        const { step, inputs } = randomStep(random, kind)
        const tensors = step.operands.map(({ tensor }) => inputs[tensor.id])
        const from = {
          accumulator: pick(random, [words(), 1n << 255n, 2n ** 256n - 1n, 0x80000000n]),
          terms: 1,
        }
        const next = await judge.harness.advance(encodeStep(step), 0, 0, from, 1_000, tensors)
        if (next.terms > 1n) expect(next.accumulator < 1n << 64n, show(step)).to.equal(true)
      }
    }
  })

  it("passes an epilogue on", async () => {
    const operands = [access(Int32, 0, 4, [0, 1]), access(Int32, 1, 3, [1, 0])]
    const epilogue = [instruction(Op.Load, Int32, 1), instruction(Op.Add, Int32, 0, 1)]
    const step = stepOf(Int32, operands, {
      domain: [3],
      reduction: [4],
      body: Body.Fold,
      mode: Op.Add,
      epilogue,
    })
    const random = seeded(SEED + 400)
    const data = [4, 3].map((length) => elementBytes(Int32, length, hostileElements(random, Int32)))
    for (const element of [0, 1, 2]) await expectParts(random, step, element, ({ id }) => data[id])
  })
})
