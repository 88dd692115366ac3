import { expect } from "chai"
import { type Signer, ZeroHash } from "ethers"
import { type Answerer, answerer } from "../../src/engine/audit/game/answer.ts"
import {
  type Question,
  asksForChunk,
  chunkQuestion,
  nodeQuestion,
  questionId,
} from "../../src/engine/audit/game/question.ts"
import type { DemandMove } from "../../src/sdk/game/demand.ts"
import type { Execution } from "../../src/engine/executor.ts"
import { leavesOf } from "../../src/engine/program/program.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { commit } from "../../src/engine/trace/commitment.ts"
import { DIRECT } from "../../src/protocol/batch.ts"
import { Space } from "../../src/protocol/program.ts"
import { requestKey } from "../../src/protocol/receipt.ts"
import { between, onceIn, pick } from "../engine/program/words.ts"
import { Court } from "../faults/court.ts"
import { evidenceOf } from "../faults/evidence.ts"
import { type Random, seeded } from "../referee/float32-cases.ts"
import { expectError } from "../sdk/expect-error.ts"
import { randomRequest } from "./networks.ts"
import { Table, expectBooksToBalance } from "./table.ts"

const SEED = Number(process.env.ONUS_SEED ?? 0x686f6e65)
const GAMES = process.env.ONUS_LONG === "1" ? Number(process.env.ONUS_COUNT ?? 40) : 4
/** Things that happen in one game. */
const TURNS = 12

describe("An honest provider", () => {
  let court: Court

  before(async () => {
    court = await Court.open()
  })

  for (const kind of ["with a trace commitment", "without one"] as const) {
    it(`${kind} is never convicted, whatever challengers do, and earns every bond (row 8)`, async () => {
      let asked = 0
      for (let game = 0; game < GAMES; game++) {
        const seed = SEED + game
        const snapshot = await court.connection.networkHelpers.takeSnapshot()
        try {
          asked += await new Siege(court, seeded(seed), kind === "without one").run()
        } catch (error) {
          throw new Error(`Seed ${seed}: ${(error as Error).message}`, { cause: error })
        } finally {
          await snapshot.restore()
        }
      }
      expect(asked).to.be.above(3 * GAMES)
    })
  }
})

/** One receipt of an honest provider and many who want its money. */
class Siege {
  readonly #court: Court
  readonly #random: Random
  readonly #isLazy: boolean
  readonly #pending = new Map<string, Question>()
  readonly #asked = new Map<string, Question>()
  #table!: Table
  #run!: Execution
  #answerer!: Answerer

  constructor(court: Court, random: Random, isLazy: boolean) {
    this.#court = court
    this.#random = random
    this.#isLazy = isLazy
  }

  /** @returns how many questions were asked and answered. */
  async run(): Promise<number> {
    const { onus, judge } = this.#court
    const [provider] = this.#court.providers
    const { program, inputs } = randomRequest(this.#random)
    await this.#court.register(program)
    this.#run = interpret(program, inputs)
    this.#answerer = answerer(this.#run)
    const stake = await onus.account(provider)
    const lazy = this.#isLazy ? { traceCommitment: ZeroHash } : {}
    const { receipt } = await this.#court.attest(this.#run, lazy)
    this.#table = new Table(this.#court, program, receipt)
    for (let turn = 0; turn < TURNS; turn++) await this.#turn()
    await this.#answerAll()
    await expectBooksToBalance(this.#table, [...this.#asked.values()])

    const { openUntil } = await judge.gameOf(await onus.receiptIdOf(receipt))
    await this.#table.passLast(openUntil)
    for (const question of this.#asked.values()) {
      const { to } = await this.#table.settle(question, this.#someone())
      expect(to).to.equal(await provider.getAddress())
    }
    await onus.releaseReceipt(receipt, DIRECT)
    expect(await onus.account(provider)).to.deep.equal(stake)
    expect(await onus.faultsOf(requestKey(receipt))).to.equal(0n)
    await expectBooksToBalance(this.#table, [...this.#asked.values()])
    return this.#asked.size
  }

  /** One of the things that dishonest challengers try. */
  async #turn(): Promise<void> {
    await pick(this.#random, [
      () => this.#ask(this.#anyMove()),
      () => this.#ask(this.#anyMove()),
      () => this.#askEverything(),
      () => this.#askAgain(),
      () => this.#accuseTooEarly(),
      () => this.#accuseOfTruth(),
      () => this.#askInTheLastSecond(),
    ])()
    if (onceIn(this.#random, 2)) await this.#answerAll()
  }

  #someone(): Signer {
    return pick(this.#random, this.#court.strangers.slice(0, 5))
  }

  #anyMove(): DemandMove {
    const { steps, header } = this.#table.program
    if (onceIn(this.#random, 2)) {
      const step = between(this.#random, 0, steps.length - 1)
      const chunk = between(this.#random, 0, leavesOf(steps[step].output) - 1)
      return { kind: "demandChunk", question: chunkQuestion(steps[step].output, chunk), step, chunk }
    }
    const space = pick(this.#random, [Space.Trace, Space.Output])
    const depth = space === Space.Trace ? header.traceDepth : header.outputDepth
    const height = between(this.#random, 0, depth)
    const index = between(this.#random, 0, 2 ** (depth - height) - 1)
    return { kind: "demandNode", question: nodeQuestion(space, height, index) }
  }

  async #ask(move: DemandMove): Promise<void> {
    const id = questionId(move.question)
    if (this.#asked.has(id)) return
    await this.#table.demand(move, this.#someone())
    this.#asked.set(id, move.question)
    this.#pending.set(id, move.question)
  }

  async #askEverything(): Promise<void> {
    const { header } = this.#table.program
    for (const [space, depth] of [
      [Space.Trace, header.traceDepth],
      [Space.Output, header.outputDepth],
    ] as const) {
      for (let height = 0; height <= depth; height++) {
        for (let index = 0; index < 2 ** (depth - height); index++)
          await this.#ask({ kind: "demandNode", question: nodeQuestion(space, height, index) })
      }
    }
  }

  async #askAgain(): Promise<void> {
    const node = [...this.#asked.values()].find((question) => !asksForChunk(question))
    if (!node) return
    await expectError("AlreadyDemanded", () =>
      this.#table.demand({ kind: "demandNode", question: node }, this.#someone()),
    )
  }

  /** Answered or not: nothing is overdue. */
  async #accuseTooEarly(): Promise<void> {
    for (const question of this.#asked.values())
      await expectError("NotGuilty", () => this.#table.convictWithheld(question, this.#someone()))
  }

  async #accuseOfTruth(): Promise<void> {
    const { receipt } = this.#table.accused
    const answer = { receipt, run: this.#run, commitment: commit(this.#run) }
    const { steps } = this.#table.program
    const step = between(this.#random, 0, steps.length - 1)
    const element = between(this.#random, 0, steps[step].output.length - 1)
    const verdict = await this.#court.verdict(answer, evidenceOf(answer, step, element))
    expect(verdict).to.be.oneOf(this.#isLazy ? ["NotGuilty", "TraceMismatch"] : ["NotGuilty"])
  }

  /** The clock jumps to the end of the window, if that is still to come. */
  async #askInTheLastSecond(): Promise<void> {
    await this.#answerAll()
    const { onus, connection } = this.#court
    const { lock, window } = await onus.locate(this.#table.accused.receipt, DIRECT)
    const { time } = connection.networkHelpers
    const end = lock.since + window
    const move = this.#anyMove()
    if (this.#asked.has(questionId(move.question)) || BigInt(await time.latest()) >= end) return
    await time.setNextBlockTimestamp(end)
    await this.#ask(move)
  }

  /** The provider, sometimes at the last second. */
  async #answerAll(): Promise<void> {
    const { time } = this.#court.connection.networkHelpers
    const { traceRoot } = commit(this.#run)
    const questions = [...this.#pending.values()]
    if (questions.length > 0 && onceIn(this.#random, 3)) {
      const dues = await Promise.all(
        questions.map(async (question) => (await this.#table.demandOf(question)).due),
      )
      const first = dues.reduce((a, b) => (a < b ? a : b))
      // Blocks are a second apart here.
      const last = first - BigInt(questions.length)
      if (last > BigInt(await time.latest())) await time.setNextBlockTimestamp(last)
    }
    for (const question of questions) await this.#table.answer(question, this.#answerer, traceRoot)
    this.#pending.clear()
  }
}
