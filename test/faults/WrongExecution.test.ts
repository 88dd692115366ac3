import { expect } from "chai"
import { Execution } from "../../src/engine/executor.ts"
import { evaluate } from "../../src/engine/reference/evaluate.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { fromBits } from "../../src/engine/reference/scalar.ts"
import { type Commitment, commit, tensorsOf } from "../../src/engine/trace/commitment.ts"
import { Body, Space, type Step, type Tensor } from "../../src/protocol/program.ts"
import { bitsOf, hostileWords, wordsOf } from "../engine/program/words.ts"
import { seeded } from "../referee/float32-cases.ts"
import { type Attested, Court, DIGITS } from "./court.ts"
import { evidenceOf } from "./evidence.ts"

const SEED = 0x6f6e7573
const random = seeded(SEED)
const HONEST_PER_STEP = 8
const LIES_PER_STEP = 3
/** Lies whose whole run is repeated after them; the others are told without consequences. */
const STEPS = DIGITS.steps.map((step, number) => ({ step, number, name: nameOf(step, number) }))

function nameOf(step: Step, number: number): string {
  const body = Object.keys(Body)[step.body]
  const spaces = step.operands.map(({ tensor }) => Object.keys(Space)[tensor.space].toLowerCase())
  return `step ${number}, ${body} of ${spaces.join(" and ")}`
}

const picture = (): Float32Array => Float32Array.from({ length: 784 }, () => (random() % 256) / 255)
const elementsOf = (step: Step, count: number): number[] => {
  const chosen = Array.from({ length: count }, () => random() % step.output.length)
  return [...new Set([0, step.output.length - 1, ...chosen])].slice(0, count)
}

/** A run in which one bit of one element was flipped before the next step read it. */
function lie(image: Float32Array, stepNumber: number, element: number, bit: number): Execution {
  return interpret(DIGITS, { image }, (number, output) => {
    if (number === stepNumber) wordsOf(output)[element] ^= 1 << bit
  })
}

describe("WrongExecution", () => {
  let court: Court
  let honest: Attested
  const image = picture()

  before(async () => {
    court = await Court.open()
    honest = await court.attest(interpret(DIGITS, { image }))
  })

  describe("judges the digit model", () => {
    for (const { step, number, name } of STEPS) {
      it(`finds right elements right: ${name}`, async () => {
        for (const element of elementsOf(step, HONEST_PER_STEP)) {
          expect(await court.verdict(honest, evidenceOf(honest, number, element)), `${element}`).to.equal(
            "NotGuilty",
          )
        }
      })

      it(`convicts a flipped bit that everything after it follows from: ${name}`, async () => {
        for (const element of elementsOf(step, LIES_PER_STEP)) {
          const liar = await court.attest(lie(image, number, element, random() % 32))
          expect(await court.verdict(liar, evidenceOf(liar, number, element)), `${element}`).to.equal(
            "Guilty",
          )
        }
      })

      it(`convicts a flipped bit that nothing follows from: ${name}`, async () => {
        const run = copyOf(honest.run)
        const element = random() % step.output.length
        bitsOf(run, step.output)[element] ^= 1 << (random() % 32)
        const liar = await court.attest(run)
        expect(await court.verdict(liar, evidenceOf(liar, number, element))).to.equal("Guilty")
      })
    }

    it("finds the answer to a picture of NaNs, infinities and subnormals right", async () => {
      for (let round = 0; round < 3; round++) {
        const words = Uint32Array.from({ length: 784 }, hostileWords(random))
        const run = interpret(DIGITS, { image: new Float32Array(words.buffer) })
        const answer = await court.attest(run)
        for (const { step, number, name } of STEPS) {
          for (const element of elementsOf(step, 4)) {
            const verdict = await court.verdict(answer, evidenceOf(answer, number, element))
            expect(verdict, `${name}, element ${element}`).to.equal("NotGuilty")
          }
        }
      }
    })

    for (const [number, what] of [
      [0, "reads the input"],
      [4, "reads the trace"],
      [9, "writes the output"],
    ] as const) {
      it(`takes the stake for a lie in a step that ${what}`, async () => {
        const snapshot = await court.connection.networkHelpers.takeSnapshot()
        const element = random() % DIGITS.steps[number].output.length
        const liar = await court.attest(lie(image, number, element, 20))
        const before = await court.onus.account(court.providers[0])
        await expect(court.convict(liar, evidenceOf(liar, number, element))).to.emit(court.onus, "Convicted")
        const after = await court.onus.account(court.providers[0])
        const bond = 2n * liar.receipt.coverage
        expect(before.locked - after.locked).to.equal(bond)
        expect(before.active - after.active).to.be.at.least(2n * bond)
        await snapshot.restore()
      })
    }
  })

  describe("convicts every way to lie by one element", () => {
    it("an answer with other probabilities than its trace leads to", async () => {
      const [claim] = DIGITS.outputs
      const run = copyOf(honest.run)
      bitsOf(run, claim.tensor).set(bitsOf(interpret(DIGITS, { image: picture() }), claim.tensor))
      const liar = await court.attest(run)
      expect(await court.verdict(liar, evidenceOf(liar, 9, 0))).to.equal("Guilty")
    })

    it("a trace that starts from another picture than the receipt says", async () => {
      const other = interpret(DIGITS, { image: picture() })
      const commitment = mixed(commit(other), { [Space.Input]: honest.commitment })
      const liar = await court.attest(other, { commitment })
      const [first] = DIGITS.steps
      const bytes = (tensor: Tensor) => (tensor.space === Space.Input ? honest.run : other).bytes(tensor)
      const words = bitsOf(other, first.output)
      const element = words.findIndex((word, i) => BigInt(word) !== evaluate(first, i, bytes))
      expect(await court.verdict(liar, evidenceOf(liar, 0, element))).to.equal("Guilty")
    })

    it("a trace that is right, of an answer that is not its own", async () => {
      const other = interpret(DIGITS, { image: picture() })
      const commitment = mixed(honest.commitment, { [Space.Output]: commit(other) })
      const liar = await court.attest(honest.run, { commitment })
      expect(await court.verdict(liar, evidenceOf(liar, 9, 3))).to.equal("Guilty")
    })

    it("zero with the wrong sign, and NaN with another payload", async () => {
      const zeroed = interpret(DIGITS, { image })
      const at = bitsOf(zeroed, DIGITS.steps[0].output).findIndex((word) => word === 0)
      const negative = await court.attest(lie(image, 0, at, 31))
      expect(await court.verdict(negative, evidenceOf(negative, 0, at))).to.equal("Guilty")

      const blank = new Float32Array(784).fill(NaN)
      expect(fromBits(bitsOf(interpret(DIGITS, { image: blank }), DIGITS.steps[9].output)[0])).to.be.NaN
      const payload = await court.attest(lie(blank, 9, 0, 0))
      expect(await court.verdict(payload, evidenceOf(payload, 9, 0))).to.equal("Guilty")
    })
  })
})

function copyOf(run: Execution): Execution {
  const copies = (space: Space) => tensorsOf(run.program, space).map((tensor) => run.bytes(tensor).slice())
  return new Execution(run.program, [0, 1, 2, 3].map((space) => copies(space as Space)) as never)
}

/** The commitment with other trees in some spaces. */
function mixed(base: Commitment, others: Partial<Record<Space, Commitment>>): Commitment {
  return {
    inputRoot: (others[Space.Input] ?? base).inputRoot,
    traceRoot: (others[Space.Trace] ?? base).traceRoot,
    outputRoot: (others[Space.Output] ?? base).outputRoot,
    open: (tensor, chunk, count) => (others[tensor.space] ?? base).open(tensor, chunk, count),
  }
}
