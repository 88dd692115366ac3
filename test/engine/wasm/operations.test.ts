import { expect } from "chai"
import { Body, ElementType, Op, Space, type Step } from "../../../src/protocol/program.ts"
import { exponents, pairs, seeded, specialPairs } from "../../referee/float32-cases.ts"
import type { RandomStep } from "../random-steps.ts"
import { engineResults, expectedOf } from "./run-steps.ts"

const SEED = 0x6f6e7573
const { Float32, Bool } = ElementType

const bytesOf = (words: Uint32Array): Uint8Array => new Uint8Array(words.buffer)

/** A step that applies an operation to vectors, element by element. */
function applying(op: Op, operands: readonly Uint32Array[]): RandomStep {
  const { length } = operands[0]
  const isComparison = op === Op.Eq || op === Op.Lt
  const tensor = (space: Space, id: number) => ({ space, type: Float32, id, firstLeaf: 0, length })
  const load = { op: Op.Load, type: Float32, a: 1, b: 0, c: 0, value: 0n }
  const binary = operands.length === 2
  const step: Step = {
    output: { ...tensor(Space.Output, 0), type: isComparison ? Bool : Float32 },
    domain: [length],
    reduction: [],
    body: Body.Read,
    mode: 1,
    operands: operands.map((_, id) => ({
      tensor: tensor(Space.Input, id),
      base: 0,
      strides: [1],
      guards: [],
      lookups: [],
    })),
    epilogue: [...(binary ? [load] : []), { op, type: Float32, a: 0, b: Number(binary), c: 0, value: 0n }],
  }
  return { step, inputs: operands.map(bytesOf) }
}

const BINARY = ["Add", "Sub", "Mul", "Div", "Rem", "Min", "Max", "Eq", "Lt"] as const
const UNARY = ["Round", "Sqrt", "Exp"] as const

describe("The engine's lanes of float32", () => {
  const random = seeded(SEED)
  const flat = Uint32Array.from([...specialPairs(), ...pairs(20_000, random)])
  const [a, b] = [0, 1].map((side) => flat.filter((_, i) => i % 2 === side))

  for (const name of BINARY) {
    it(`compute ${name} like the reference interpreter, edges and ties included`, async () => {
      const step = applying(Op[name], [a, b])
      const [result] = await engineResults([step])
      expect(Buffer.compare(result, expectedOf(step))).to.equal(0)
    })
  }

  for (const name of UNARY) {
    it(`compute ${name} like the reference interpreter, edges and thresholds included`, async () => {
      const step = applying(Op[name], [Uint32Array.from([...a, ...exponents(60_000, random)])])
      const [result] = await engineResults([step])
      expect(Buffer.compare(result, expectedOf(step))).to.equal(0)
    })
  }
})
