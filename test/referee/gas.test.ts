import { type Access, Body, ElementType, Op, type Step } from "../../src/protocol/program.ts"
import { elementBytes } from "../engine/random-elements.ts"
import { seeded } from "./float32-cases.ts"
import { Judge } from "./judge.ts"
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

  /** Measures a family of steps at two sizes: gas of one more, and of everything else. */
  async function slope(name: string, make: (n: number) => Step, low = LOW, high = HIGH): Promise<void> {
    const random = seeded(0x67617300)
    const of = (step: Step): Promise<number> => {
      const data = step.operands.map(({ tensor: { type, length } }) =>
        elementBytes(type, length, () => (type === Float32 ? tame(random()) : BigInt(random() & 0x7f))),
      )
      return judge.gas(step, 0, ({ id }) => data[id])
    }
    const [first, second] = [await of(make(low)), await of(make(high))]
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

  it("per term of a run", async () => {
    for (const type of [Float32, Int32, Int64, Int8]) {
      await slope(`Dot ${typeName(type)}`, (n) => {
        const zeros = type === Int8 ? [2, 3].map((id) => access(type, id, 1, [0])) : []
        const operands = [reads(type, 0, n), reads(type, 1, n), ...zeros]
        return stepOf(type === Int8 ? Int32 : type, operands, { reduction: [n], body: Body.Dot, mode: 0 })
      })
    }
    for (const type of [Float32, Int8, Int32, Int64]) {
      for (const mode of [Op.Add, Op.Mul, Op.Min, Op.Max])
        await slope(`Fold ${names(Op, mode)} ${typeName(type)}`, (n) =>
          stepOf(type, [reads(type, 0, n)], { reduction: [n], body: Body.Fold, mode }),
        )
      await slope(`Rank ${typeName(type)}`, (n) =>
        stepOf(Int64, [access(type, 0, n, [0, 1])], {
          domain: [1],
          reduction: [n],
          body: Body.Rank,
          mode: 0,
        }),
      )
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

/** A number from 1 to 2. */
const tame = (word: number): bigint => BigInt(0x3f800000 | (word >>> 9))
