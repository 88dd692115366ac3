import { expect } from "chai"
import { Execution, valuesOf } from "../../src/engine/executor.ts"
import { sealProgram } from "../../src/engine/program/seal.ts"
import { type Program } from "../../src/engine/program/program.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { Space, widthOf } from "../../src/protocol/program.ts"
import { between, pick } from "../engine/program/words.ts"
import { type Kind, KINDS, type RandomStep, randomStep } from "../engine/random-steps.ts"
import { seeded } from "../referee/float32-cases.ts"
import { Court } from "./court.ts"
import { evidenceOf } from "./evidence.ts"

const SEED = 0x74797065
/** Programs of every kind of step. */
const PROGRAMS = 8

/** A program of one step, whose operands are its inputs. */
function programOf({ step }: RandomStep): Program {
  const tensors = step.operands.map(({ tensor }) => tensor).sort((a, b) => a.id - b.id)
  return sealProgram({
    steps: [step],
    inputs: tensors.map((tensor) => ({ name: `x${tensor.id}`, shape: [tensor.length], tensor })),
    outputs: [{ name: "y", shape: [step.output.length], tensor: step.output }],
    constants: [],
  })
}

/** The run of a program that claims another output. */
function claiming(run: Execution, output: Uint8Array): Execution {
  const inputs = run.program.inputs.map(({ tensor }) => run.bytes(tensor))
  const none: Uint8Array[] = []
  return new Execution(run.program, {
    [Space.Input]: inputs,
    [Space.Weights]: none,
    [Space.Trace]: none,
    [Space.Output]: [output],
  })
}

describe("WrongExecution of elements of all types", () => {
  let court: Court

  before(async () => {
    court = await Court.open()
  })

  for (const [number, kind] of (Object.keys(KINDS) as Kind[]).entries()) {
    it(`finds right elements right and convicts every flipped bit: ${kind}`, async () => {
      const random = seeded(SEED + number)
      for (let i = 0; i < PROGRAMS; i++) {
        const drawn = randomStep(random, kind)
        const program = programOf(drawn)
        await court.register(program)
        const given = program.inputs.map(({ name, tensor }) => {
          return [name, valuesOf(tensor.type, drawn.inputs[tensor.id])] as const
        })
        const run = interpret(program, Object.fromEntries(given))
        const { output } = drawn.step
        const honest = await court.attest(run)
        for (const element of [0, output.length - 1, between(random, 0, output.length - 1)])
          expect(await court.verdict(honest, evidenceOf(honest, 0, element))).to.equal("NotGuilty")

        const bytes = run.bytes(output).slice()
        const at = between(random, 0, bytes.length - 1)
        bytes[at] ^= 1 << pick(random, [0, 1, 2, 3, 4, 5, 6, 7])
        const liar = await court.attest(claiming(run, bytes))
        const wrong = Math.floor(at / widthOf(output.type))
        expect(await court.verdict(liar, evidenceOf(liar, 0, wrong)), `${wrong}`).to.equal("Guilty")
        const other = (wrong + 1) % output.length
        if (other !== wrong)
          expect(await court.verdict(liar, evidenceOf(liar, 0, other))).to.equal("NotGuilty")
      }
    })
  }
})
