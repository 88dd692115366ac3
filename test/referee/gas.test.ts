import { expect } from "chai"
import { evaluate } from "../../src/engine/reference/evaluate.ts"
import { encodeStep } from "../../src/protocol/encode-step.ts"
import { type Access, Body, ElementType, Op, type Step } from "../../src/protocol/program.ts"
import { elementBytes } from "../engine/random-elements.ts"
import { seeded } from "./float32-cases.ts"
import { type Bytes, Judge } from "./judge.ts"
import { access, instruction, stepOf } from "./steps.ts"

const { Float32, Int8, Int32, Int64, Bool } = ElementType
const [LOW, HIGH] = [20, 220]

/** What the constants of `src/engine/program/proof-cost.ts` are rounded up from. */
describe("the referee's gas", () => {
  let judge: Judge
  const rows: Record<string, { each: number; rest: number }> = {}

  before(async () => {
    judge = await Judge.open()
  })

  /** What a step reads, with floats of one kind. */
  function dataOf(step: Step, floats: Floats): Bytes {
    const random = seeded(0x67617300)
    const data = step.operands.map(({ tensor: { type, length } }, operand) => {
      let i = 0
      return elementBytes(type, length, () =>
        type === Float32 ? BigInt(floats(random(), i++, operand) >>> 0) : BigInt(random() & 0x7f),
      )
    })
    return ({ id }) => data[id]
  }

  /** Gas of element 0 of a step. */
  const gasOf = (step: Step, floats: Floats = tame): Promise<number> =>
    judge.gas(step, 0, dataOf(step, floats))

  /** Gas of half of the terms of element 0, of the other half, and of the end. */
  async function gasOfParts(step: Step): Promise<number[]> {
    const bytes = dataOf(step, tame)
    const tensors = step.operands.map(({ tensor }) => bytes(tensor))
    const hint = step.body === Body.Rank ? BigInt(evaluate(step, 0, bytes)) : 0n
    return (await judge.harness.measureParts(encodeStep(step), 0, hint, tensors)).map(Number)
  }

  /** Measures a family of steps at two sizes: gas of one more, and of everything else. */
  async function slope(
    name: string,
    make: (n: number) => Step,
    low = LOW,
    high = HIGH,
    floats = tame,
  ): Promise<void> {
    const [first, second] = [await gasOf(make(low), floats), await gasOf(make(high), floats)]
    const each = (second - first) / (high - low)
    rows[name] = { each: Math.round(each), rest: Math.round(first - low * each) }
  }

  const print = (): void => {
    console.table(rows)
    for (const name of Object.keys(rows)) delete rows[name]
  }

  const names = (values: Readonly<Record<string, number>>, value: number): string =>
    Object.keys(values).find((name) => values[name] === value)!
  const typeName = (type: ElementType): string => names(ElementType, type)
  const reads = (type: ElementType, id: number, n: number, more?: Partial<Access>): Access =>
    access(type, id, n, [1], more)

  /** The sum of n products of neighbours, or of elements that are `stride` apart in the second operand. */
  const dot = (type: ElementType, n: number, stride = 1): Step => {
    const zeros = type === Int8 ? [2, 3].map((id) => access(type, id, 1, [0])) : []
    const operands = [reads(type, 0, n), access(type, 1, stride * n, [stride]), ...zeros]
    return stepOf(type === Int8 ? Int32 : type, operands, { reduction: [n], body: Body.Dot, mode: 0 })
  }

  /** The number of the largest of n elements. */
  const rank = (type: ElementType, n: number): Step =>
    stepOf(Int64, [access(type, 0, n, [0, 1])], { domain: [1], reduction: [n], body: Body.Rank, mode: 0 })

  it("per term of a sum of products", async () => {
    for (const [name, floats] of Object.entries(FLOATS))
      await slope(`Dot Float32, ${name}`, (n) => dot(Float32, n), LOW, HIGH, floats)
    for (const type of [Int8, Int32, Int64]) await slope(`Dot ${typeName(type)}`, (n) => dot(type, n))
    await slope("Dot Int8, apart", (n) => dot(Int8, n, 2))
    print()
  })

  it("is at most 600 per product of floats and 68 per product of bytes, all in all, of 1,024 terms", async () => {
    for (const floats of [tame, FLOATS["of every size"]])
      expect((await gasOf(dot(Float32, 1_024), floats)) / 1_024).to.be.at.most(600)
    expect((await gasOf(dot(Int8, 1_024))) / 1_024).to.be.at.most(68)
  })

  it("is at most 1,500 per product of the worst floats", async () => {
    for (const floats of Object.values(FLOATS))
      expect((await gasOf(dot(Float32, 1_024), floats)) / 1_024).to.be.at.most(1_500)
  })

  it("per term of parts, and for the start, the middle and the end", async () => {
    const parts: Record<string, { each: number; start: number; middle: number; end: number }> = {}
    const measure = async (name: string, make: (n: number) => Step): Promise<void> => {
      const [first, second] = [await gasOfParts(make(100)), await gasOfParts(make(300))]
      const each = first.map((gas, i) => (second[i] - gas) / 100)
      const [start, middle, end] = first.map((gas, i) => Math.round(gas - (i < 2 ? 50 * each[i] : 0)))
      parts[name] = { each: Math.round(each[1]), start, middle, end }
    }
    await measure("Dot Float32", (n) => dot(Float32, n))
    await measure("Dot Int8", (n) => dot(Int8, n))
    await measure("Fold Max Float32", (n) =>
      stepOf(Float32, [reads(Float32, 0, n)], { reduction: [n], body: Body.Fold, mode: Op.Max }),
    )
    for (const type of [Float32, Int8, Int64]) await measure(`Rank ${typeName(type)}`, (n) => rank(type, n))
    console.table(parts)
  })

  it("per term of a run", async () => {
    for (const type of [Float32, Int8, Int32, Int64]) {
      for (const mode of [Op.Add, Op.Mul, Op.Min, Op.Max])
        await slope(`Fold ${names(Op, mode)} ${typeName(type)}`, (n) =>
          stepOf(type, [reads(type, 0, n)], { reduction: [n], body: Body.Fold, mode }),
        )
      await slope(`Rank ${typeName(type)}`, (n) => rank(type, n))
    }
    await slope("a coordinate that changes along the run", (n) => {
      const looked = access(Float32, 0, 256, [0], { lookups: [{ operand: 1, stride: 1, size: 256 }] })
      return stepOf(Float32, [looked, reads(Int32, 1, n)], { reduction: [n], body: Body.Fold, mode: Op.Max })
    })
    print()
  })

  it("per run", async () => {
    const guard = (n: number) => ({ coefficients: [1, 0], offset: 0, size: n })
    const runs = (name: string, operands: (n: number) => Access[], body: Body, mode: number): Promise<void> =>
      slope(name, (n) => stepOf(Float32, operands(n), { reduction: [n, 2], body, mode }))
    const plain = (id: number, n: number, more?: Partial<Access>): Access =>
      access(Float32, id, 2 * n, [2, 1], more)
    await runs("one operand, two terms of Fold Max", (n) => [plain(0, n)], Body.Fold, Op.Max)
    await runs("the same with one guard", (n) => [plain(0, n, { guards: [guard(n)] })], Body.Fold, Op.Max)
    const lookup = { lookups: [{ operand: 1, stride: 1, size: 256 }] }
    const looked = (n: number): Access[] => [
      access(Float32, 0, 256 + n, [0, 1], lookup),
      access(Int32, 1, n, [1, 0]),
    ]
    await runs("the same with one coordinate", looked, Body.Fold, Op.Max)
    await runs("two operands, two terms of Dot", (n) => [plain(0, n), plain(1, n)], Body.Dot, 0)
    print()
  })

  it("per instruction and candidate", async () => {
    const chain = (
      name: string,
      type: ElementType,
      next: Step["epilogue"][number],
      extra: readonly Access[] = [],
    ): Promise<void> => {
      const result = next.op === Op.Eq || next.op === Op.Lt ? Bool : next.type
      return slope(
        name,
        (n) =>
          stepOf(result, [access(type, 0, 1, []), ...extra], {
            epilogue: new Array<typeof next>(n).fill(next),
          }),
        2,
        12,
      )
    }
    for (const type of [Float32, Int64])
      for (const op of [Op.Add, Op.Sub, Op.Mul, Op.Div, Op.Rem, Op.Min, Op.Max, Op.Eq, Op.Lt])
        await chain(`${names(Op, op)} ${typeName(type)}`, type, instruction(op, type))
    for (const op of [Op.And, Op.Xor, Op.Shr])
      await chain(`${names(Op, op)} ${typeName(Int64)}`, Int64, instruction(op, Int64))
    for (const op of [Op.Round, Op.Sqrt, Op.Exp])
      await chain(names(Op, op), Float32, instruction(op, Float32))
    await chain("Const", Float32, instruction(Op.Const, Float32))
    await chain("Bits", Float32, instruction(Op.Bits, Int32))
    await chain("FromBits", Int32, instruction(Op.FromBits, Float32))
    await chain("Select", Bool, instruction(Op.Select, Bool))
    await chain("Cast from Float32", Float32, instruction(Op.Cast, Int64))
    await chain("Cast to Float32", Int64, instruction(Op.Cast, Float32))
    const load = instruction(Op.Load, Float32, 1)
    const guards = [{ coefficients: [], offset: 0, size: 1 }]
    await chain("Load", Float32, load, [access(Float32, 1, 1, [])])
    await chain("Load with a guard", Float32, load, [access(Float32, 1, 1, [], { guards })])
    const lookups = [{ operand: 2, stride: 1, size: 256 }]
    await chain("Load with a lookup", Float32, load, [
      access(Float32, 1, 256, [], { lookups }),
      access(Int32, 2, 1, []),
    ])
    await slope(
      "candidate of a Read, with a guard",
      (n) =>
        stepOf(
          Float32,
          Array.from({ length: n }, (_, i) => {
            const size = i === n - 1 ? 1 : 0
            return access(Float32, i, 1, [], { guards: [{ coefficients: [], offset: 0, size }] })
          }),
          { mode: n },
        ),
      2,
      12,
    )
    print()
  })
})

/** The bits of a float: from a random word, its number, and that of its operand. */
type Floats = (word: number, i: number, operand: number) => number

/** A number from 1 to 2. */
const tame: Floats = (word) => 0x3f800000 | (word >>> 9)
const subnormal: Floats = (word) => (word & 0x80000000) | (word >>> 9)

/** What sums of products may be made of; the last ones are the dearest known. */
const FLOATS: Readonly<Record<string, Floats>> = {
  "normal numbers": tame,
  "of every size": (word) => (word & 0x807fffff) | ((64 + ((word >>> 23) % 96)) << 23),
  "half of them zero": (word, _, operand) => (operand === 0 && word & 1 ? 0 : tame(word, 0, 0)),
  zeros: (word) => word & 0x80000000,
  "subnormal numbers": subnormal,
  "subnormal products": (word) => (word & 0x80000000) | (0x1f000000 + (word >>> 9)),
  NaN: (word) => 0x7f800001 | word,
  infinities: () => 0x7f800000,
  overflow: (word) => 0x7f000000 | (word >>> 9),
  "large ones that cancel": (_, i, operand) => 0x5d800000 | (operand === 0 && i % 2 === 0 ? 0x80000000 : 0),
  "subnormal numbers on a large sum": (word, i) => (i === 0 ? 0x5d800000 : subnormal(word, i, 0)),
  "subnormal products on infinity": (word, i) => (i === 0 ? 0x7f800000 : 0x1f000000 + (word >>> 9)),
}
