import { expect } from "chai"
import { valuesOf } from "../../../src/engine/executor.ts"
import { lowerWith } from "../../../src/engine/program/freeze.ts"
import { lowerParts } from "../../../src/engine/program/lower.ts"
import type { Program, ProgramParts } from "../../../src/engine/program/program.ts"
import { validateProgram } from "../../../src/engine/program/validate.ts"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { isOnusError } from "../../../src/protocol/errors.ts"
import { Body, ElementType, Op, Space, type Step } from "../../../src/protocol/program.ts"
import { caseNames, readCase } from "../../conformance/suite.ts"
import { seeded } from "../../referee/float32-cases.ts"
import { access, instruction, stepOf } from "../../referee/steps.ts"
import { LAYERS } from "../operators/differential/layers/layers.ts"
import { drawNetwork } from "../operators/differential/networks.ts"
import { type Kind, KINDS, randomStep } from "../random-steps.ts"
import { type Draft, type Mutable, draftOf, mutate, programOf } from "../../long/mutate.ts"
import { cases } from "../../long/campaign.ts"
import { network } from "./small-network.ts"
import { between, pick } from "./words.ts"

const SEED = 0x6f6e7573
const MUTATIONS = cases({ long: 20_000, short: 8_000 })
const { Float32, Int8, Uint8, Int32, Int64, Bool } = ElementType

/** Why a program is none; `undefined` if it is one. */
function refusal(program: ProgramParts): string | undefined {
  try {
    validateProgram(program)
    return undefined
  } catch (error) {
    if (isOnusError(error, "ProgramInvalid")) return error.message
    throw error
  }
}

/** Runs a program on the bytes of its inputs. */
function run(program: ProgramParts, inputs: readonly Uint8Array[]): void {
  const given = program.inputs.map(({ name, tensor }, i) => [name, valuesOf(tensor.type, inputs[i])] as const)
  const traceTensors = program.steps.map(({ output }) => output).filter(({ space }) => space === Space.Trace)
  interpret({ ...program, traceTensors } as unknown as Program, Object.fromEntries(given))
}

describe("validateProgram", () => {
  it("accepts what ONNX's node tests are lowered to", function () {
    const names = caseNames()
    if (names.length === 0) this.skip()
    for (const name of names) {
      const { graph, inputs } = readCase(name)
      const given = new Map(graph.inputs.map((input, i) => [input.name, inputs[i]]))
      let program: Program
      try {
        program = lowerWith(graph, given).program
      } catch (error) {
        if (!isOnusError(error)) throw error
        continue
      }
      expect(refusal(program), name).to.equal(undefined)
    }
  })

  it("accepts random networks and random steps", () => {
    for (let number = 0; number < 40; number++) {
      const { graph, inputs } = drawNetwork("valid", number, LAYERS)
      expect(refusal(lowerWith(graph, inputs).program), `network ${number}`).to.equal(undefined)
    }
    const random = seeded(SEED)
    for (let number = 0; number < 2_000; number++) {
      const kind = pick(random, Object.keys(KINDS) as Kind[])
      expect(refusal(programOf(randomStep(random, kind))), `step ${number}`).to.equal(undefined)
    }
  })

  describe("refuses a program", () => {
    /** What is changed in the small network (convolution, pooling, product, softmax), and what is said of it. */
    const CHANGES: Readonly<Record<string, [change: (draft: Draft) => void, ...words: string[]]>> = {
      "with an input that has another shape": [(p) => p.inputs[0].shape.push(2), '"x"', "72 elements"],
      "with an input in another space": [(p) => (p.inputs[0].tensor.space = Space.Output), '"x"', "Output"],
      "with a constant that is too short": [(p) => (p.constants[0].data = new Uint8Array(3)), "has 3 bytes"],
      "with an unknown type": [(p) => (p.inputs[0].tensor.type = 9 as never), "unknown type 9"],
      "with two constants of one number": [
        (p) => (p.constants[1].tensor.id = 0),
        "Weights tensor 0",
        "number 1",
      ],
      "with chunks in other places": [(p) => (p.constants[1].tensor.firstLeaf += 1), "begins at leaf"],
      "with more chunks than can be numbered": [
        (p) => {
          const [length, leaves] = [2 ** 30, 2 ** 23]
          p.inputs = Array.from({ length: 513 }, (_, id) => {
            const tensor = { space: Space.Input, type: Int64, id, firstLeaf: id * leaves, length }
            return { name: `x${id}`, shape: [length], tensor }
          })
        },
        "Input tensor 512 ends behind leaf 2^32",
      ],
      "whose output nothing computes": [(p) => void p.steps.pop(), "no step computes Output tensor 0"],
      "that writes an input": [(p) => (p.steps.at(-1).output.space = Space.Input), "Step 6", "writes Input"],
      "that writes a tensor twice": [
        (p) => p.steps.push(structuredClone(p.steps[p.steps.length - 1])),
        "once more",
      ],
      "that reads a tensor before it is there": [
        (p) => (p.steps[0].operands[0].tensor = structuredClone(p.steps[1].output)),
        "Step 0",
        "not computed yet",
      ],
      "that reads a tensor that it does not have": [
        (p) =>
          (p.steps[1].operands[0].tensor = { ...p.steps[1].operands[0].tensor, space: Space.Weights, id: 9 }),
        "Step 1",
        "Weights tensor 9",
        "not the one of the program",
      ],
      "that misstates what it reads": [
        (p) => (p.steps[0].operands[1].tensor = { ...p.steps[0].operands[1].tensor, length: 53 }),
        "Step 0",
        "of 53 elements",
      ],
      "with an empty loop": [(p) => (p.steps[0].reduction[0] = 0), "Step 0", "loop of size 0"],
      "with another domain": [(p) => (p.steps[0].domain[0] += 1), "Step 0", "the domain"],
      "with too few strides": [
        (p) => void p.steps[0].operands[0].strides.pop(),
        "Step 0",
        "operand 0",
        "factors",
      ],
      "with a stride beyond all integers": [
        (p) => (p.steps[0].operands[0].strides[0] = 2 ** 53),
        "beyond 2^53",
      ],
      "that reads in front of a tensor": [
        (p) => (p.steps[0].operands[1].base = -1),
        "Step 0",
        "is read at -1",
      ],
      "that reads behind a tensor": [(p) => (p.steps[0].operands[1].base += 1), "Step 0", "is read at 54"],
      "that reads padding": [
        (p) => p.steps[0].operands[0].guards.splice(0),
        "Step 0",
        "Input tensor 0 of 72 elements, is read at",
      ],
      "with a wider guard": [
        (p) => (p.steps[0].operands[0].guards[0].size += 1),
        "Step 0",
        "operand 0",
        "is read at",
      ],
      "with an unknown body": [(p) => (p.steps[0].body = 4 as never), "Step 0", "body 4"],
      "with a mode of a Dot": [(p) => (p.steps[0].mode = 1), "Step 0", "mode 1 of a Dot"],
      "that stores another type": [
        (p) => {
          p.steps.push(floatStep(p, { op: Op.Lt, type: Float32, a: 0, b: 0, c: 0, value: 0n }))
        },
        "bool is stored as float32",
      ],
    }
    for (const [name, [change, ...words]] of Object.entries(CHANGES)) {
      it(name, () => {
        const draft = draftOf(lowerParts(network()))
        change(draft)
        const message = refusal(draft)
        for (const word of words) expect(message).to.include(word)
      })
    }
  })

  describe("refuses a step", () => {
    const [f, i] = [access(Float32, 0, 2, []), access(Int32, 1, 2, [])]
    const looked = (operand: number, size = 2) => ({ lookups: [{ operand, stride: 1, size }] })
    const follow = (...epilogue: Step["epilogue"]) => stepOf(Float32, [f, i], { epilogue })
    const bytes = [Int8, Uint8, Int8, Int8].map((type, id) => access(type, id, 2, []))
    const STEPS: Readonly<Record<string, readonly [Step, string]>> = {
      "without operands": [stepOf(Float32, []), "no operand"],
      "with candidates that are missing": [stepOf(Float32, [f], { mode: 2 }), "needs 2 operands"],
      "without candidates": [stepOf(Float32, [f], { mode: 0 }), "mode 0"],
      "with candidates of several types": [stepOf(Float32, [f, i], { mode: 2 }), "float32 and int32"],
      "that multiplies several types": [stepOf(Float32, [f, i], { body: Body.Dot, mode: 0 }), "multiply"],
      "with zero points of another type": [stepOf(Int32, bytes, { body: Body.Dot, mode: 0 }), "zero points"],
      "that folds with another operation": [stepOf(Float32, [f], { body: Body.Fold, mode: Op.Sub }), "Fold"],
      "that adds booleans": [
        stepOf(Bool, [access(Bool, 0, 2, [])], { body: Body.Fold, mode: Op.Add }),
        "bool has no operation 2",
      ],
      "that ranks along no axis": [stepOf(Int64, [f], { body: Body.Rank, mode: 0 }), "no coordinate"],
      "that ranks with unknown flags": [
        stepOf(Int64, [access(Float32, 0, 2, [0])], { body: Body.Rank, mode: 4, domain: [1] }),
        "unknown flags",
      ],
      "that looks up what is not there": [stepOf(Float32, [{ ...f, ...looked(7) }, i]), "operand 7"],
      "that looks up floats": [stepOf(Int32, [{ ...i, ...looked(1) }, { ...f }]), "which is float32"],
      "that looks up what looks up": [
        stepOf(Float32, [
          { ...f, ...looked(1) },
          { ...i, ...looked(1) },
        ]),
        "lookups of its own",
      ],
      "with coordinates that lead out": [
        stepOf(Float32, [{ ...f, ...looked(1, 3) }, i]),
        "up to 0 before or 2 behind",
      ],
      "with an unknown operation": [follow(instruction(21 as Op, Float32)), "operation 21 is unknown"],
      "with an instruction of an unknown type": [follow(instruction(Op.Add, 6 as ElementType)), "type 6"],
      "with a register that is not made": [follow(instruction(Op.Add, Float32, 0, 1)), "register 1"],
      "with an unused register of no 16 bits": [
        follow(instruction(Op.Sqrt, Float32, 0, -1)),
        "-1 is no register",
      ],
      "with a register of another type": [follow(instruction(Op.Add, Int32)), "is float32, not int32"],
      "with an operation that a type does not have": [
        follow(instruction(Op.And, Float32)),
        "no operation 14",
      ],
      "with a choice by a number": [follow(instruction(Op.Select, Float32)), "is float32, not bool"],
      "that loads what is not there": [follow(instruction(Op.Load, Float32, 5)), "operand 5 is not there"],
      "that loads another type": [follow(instruction(Op.Load, Float32, 1)), "operand 1 is int32"],
      "with bits of a wrong type": [follow(instruction(Op.Bits, Int64)), "int64"],
      "with a number made of wrong bits": [follow(instruction(Op.FromBits, Float32)), "not int32"],
      "with a constant of more than 64 bits": [
        follow(instruction(Op.Const, Float32, 0, 0, 0, 1n << 64n)),
        "64 bits",
      ],
    }
    for (const [name, [step, word]] of Object.entries(STEPS)) {
      it(name, () => {
        const inputs = step.operands.map(() => new Uint8Array(0))
        const message = refusal(laidOut(programOf({ step, inputs })))
        expect(message).to.match(/^Step 0 /)
        expect(message).to.include(word)
      })
    }
  })

  it("or the interpreter runs it: random changes of random networks", () => {
    const random = seeded(SEED + 2)
    const counts = { refused: 0, ran: 0 }
    for (let number = 0; number < 30; number++) {
      const { graph, inputs } = drawNetwork("changed", number, LAYERS)
      const { program } = lowerWith(graph, inputs)
      const bytes = program.inputs.map(({ name }) => inputs.get(name)!.data)
      for (let i = 0; i < 40; i++) {
        const draft = draftOf(program)
        mutate(random, draft)
        if (refusal(draft) !== undefined) counts.refused++
        else if (termsOf(draft) < 10_000) {
          expect(() => run(draft, bytes), `network ${number}`).not.to.throw()
          counts.ran++
        }
      }
    }
    expect(Math.min(counts.refused, counts.ran)).to.be.above(100)
  })

  it(`or the interpreter runs it: ${MUTATIONS} random changes of random programs`, () => {
    const random = seeded(SEED + 1)
    const counts = { refused: 0, ran: 0 }
    while (counts.refused + counts.ran < MUTATIONS) {
      const { step, inputs } = randomStep(random, pick(random, Object.keys(KINDS) as Kind[]))
      for (let i = 0; i < 10; i++) {
        const draft = draftOf(programOf({ step, inputs }))
        for (let changes = between(random, 1, 2); changes > 0; changes--) mutate(random, draft)
        if (refusal(draft) !== undefined) counts.refused++
        else {
          if (termsOf(draft) < 10_000) expect(() => run(draft, inputs), show(draft)).not.to.throw()
          counts.ran++
        }
      }
    }
    console.log(`      ${counts.refused} refused, ${counts.ran} run`)
    expect(Math.min(counts.refused, counts.ran)).to.be.above(MUTATIONS / 10)
  })
})

/** A step that reads the first output of a program into the place of its last step's. */
function floatStep({ steps, inputs }: Draft, last: Step["epilogue"][number]): Mutable<Step> {
  const [{ tensor }] = inputs
  const { output } = steps.pop()!
  const operands = [{ tensor, base: 0, strides: [0], guards: [], lookups: [] }]
  const { length } = output
  return { output, domain: [length], reduction: [], body: Body.Read, mode: 1, operands, epilogue: [last] }
}

/** The program with the inputs' chunks one after the other: each has one. */
function laidOut(program: ProgramParts): ProgramParts {
  const draft = draftOf(program)
  for (const { tensor } of draft.inputs) tensor.firstLeaf = tensor.id
  for (const { tensor } of draft.steps[0].operands) tensor.firstLeaf = tensor.id
  return draft
}

const termsOf = ({ steps }: Draft): number =>
  Math.max(...steps.map(({ reduction }) => reduction.reduce((all, size) => all * size, 1)))

const show = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? `${each}` : each))
