import { expect } from "chai"
import { type Signer, ZeroHash } from "ethers"
import type { Answerer } from "../../src/engine/audit/game/answer.ts"
import { type Question, questionId } from "../../src/engine/audit/game/question.ts"
import { type Move, Solver } from "../../src/engine/audit/game/solve.ts"
import type { Execution } from "../../src/engine/executor.ts"
import type { Program } from "../../src/engine/program/program.ts"
import type { Inclusion } from "../../src/protocol/batch.ts"
import { isOnusError } from "../../src/protocol/errors.ts"
import type { Receipt } from "../../src/protocol/receipt.ts"
import { answerDemand } from "../../src/sdk/game/answer.ts"
import { convictHidden, convictWithheld, provenEvidence } from "../../src/sdk/game/convict.ts"
import { type Accused, type Court as GameCourt } from "../../src/sdk/game/court.ts"
import { type DemandMove, type DemandOptions, demand } from "../../src/sdk/game/demand.ts"
import { readGame } from "../../src/sdk/game/read.ts"
import { settle } from "../../src/sdk/game/settle.ts"
import { modulesOf } from "../../src/sdk/modules.ts"
import type { Court } from "../faults/court.ts"

/** Seconds and blocks, as `OnusModule` deploys them. */
export const CLOCKS = {
  budget: 86_400n,
  response: 7_200n,
  turn: 21_600n,
  game: 259_200n,
  /** In which an answer is taken, and after that again for the challenger's turn. */
  blocks: 300n,
}

/** One receipt before the court, to be asked about and answered for by anybody. */
export class Table {
  readonly court: Court
  readonly program: Program
  readonly accused: Accused

  constructor(court: Court, program: Program, receipt: Receipt, inclusion?: Inclusion) {
    this.court = court
    this.program = program
    this.accused = { receipt, header: program.header, inclusion }
  }

  /** The court as somebody sees it. */
  as(signer: Signer): GameCourt {
    const { judge, token, registry } = this.court
    const onus = this.court.onus.connect(signer)
    return { onus, judge: judge.connect(signer), token, registry, ...modulesOf(onus) }
  }

  read(from = 0) {
    return readGame(this.as(this.court.challenger), this.accused, { from })
  }

  demand(move: DemandMove, by: Signer = this.court.challenger, options?: DemandOptions) {
    return demand(this.as(by), this.accused, this.program, move, options)
  }

  answer(
    question: Question,
    answerer: Answerer,
    traceRoot: string = ZeroHash,
    by: Signer = this.court.providers[0],
  ) {
    return answerDemand(this.as(by), this.accused, question, answerer(question), traceRoot)
  }

  convictWithheld(question: Question, by: Signer = this.court.challenger) {
    return convictWithheld(this.as(by), this.accused, question)
  }

  prove(run: Execution, move: Extract<Move, { kind: "prove" }>, by: Signer = this.court.challenger) {
    return convictHidden(this.as(by), this.accused, provenEvidence(run, move))
  }

  settle(question: Question, by: Signer = this.court.challenger) {
    return settle(this.as(by), this.accused, question)
  }

  async demandOf(question: Question) {
    const id = await this.court.onus.receiptIdOf(this.accused.receipt)
    return this.court.judge.demandOf(id, questionId(question))
  }

  /** Lets time and blocks go by until the question is overdue. */
  async passDue(question: Question): Promise<void> {
    const { due, dueBlock } = await this.demandOf(question)
    await this.passTo(due, dueBlock)
    await this.court.connection.networkHelpers.time.increaseTo(due + 2n).catch(() => undefined)
  }

  /** Lets all windows and turns go by that end after `openUntil`, in time and blocks. */
  async passLast(openUntil: bigint): Promise<void> {
    const latest = BigInt(await this.court.connection.networkHelpers.time.latestBlock())
    await this.passTo(openUntil + 3_602n, latest + 2n * CLOCKS.blocks)
  }

  /** Mines up to a block, whose time is not before `time`. */
  async passTo(time: bigint, block: bigint): Promise<void> {
    const helpers = this.court.connection.networkHelpers
    const clock = helpers.time
    const missing = block - BigInt(await clock.latestBlock())
    if (missing > 0n) await helpers.mine(missing, { interval: 1 })
    if (BigInt(await clock.latest()) < time) await clock.increaseTo(time)
  }
}

/** How a game went. */
export interface Course {
  readonly end: "proven" | "withheld" | "agreement"
  /** Answers that the contract took. */
  readonly answers: number
  readonly questions: readonly Question[]
}

/** A provider in a game: its answer, or nothing. */
export interface Defendant {
  readonly answer: (this: void, question: Question) => ReturnType<Answerer> | undefined
  readonly traceRoot: string
}

/** Lets a challenger play against a provider until one of them is right. */
export async function play(table: Table, run: Execution, defendant: Defendant): Promise<Course> {
  const solver = new Solver(run)
  const questions: Question[] = []
  let answers = 0
  for (let moves = 0; moves < 20; moves++) {
    const move = solver.next(await table.read())
    switch (move.kind) {
      case "agreement":
        return { end: "agreement", answers, questions }
      case "prove":
        await table.prove(run, move)
        return { end: "proven", answers, questions }
      case "withheld":
        await table.convictWithheld(move.question)
        return { end: "withheld", answers, questions }
      case "wait":
        await table.passDue(move.question)
        break
      default:
        await table.demand(move)
        questions.push(move.question)
        if (await isAnswered(table, move.question, defendant)) answers++
    }
  }
  throw new Error("The game does not end")
}

async function isAnswered(table: Table, question: Question, defendant: Defendant): Promise<boolean> {
  const answer = defendant.answer(question)
  if (!answer) return false
  const by = table.court.providers[0]
  try {
    await answerDemand(table.as(by), table.accused, question, answer, defendant.traceRoot)
    return true
  } catch (error) {
    if (isOnusError(error)) return false
    throw error
  }
}

/** Wei and tokens are all somebody's. */
export async function expectBooksToBalance({ court, accused }: Table, questions: readonly Question[]) {
  const { judge, onus, token, connection } = court
  const id = await onus.receiptIdOf(accused.receipt)
  let bonds = 0n
  for (const question of questions) bonds += (await judge.demandOf(id, questionId(question))).bond
  expect(await connection.ethers.provider.getBalance(judge), "wei").to.equal(bonds)
  let tokens = 0n
  for (const provider of court.providers) {
    tokens += (await onus.account(provider)).active + (await onus.thaw(provider)).amount
  }
  const due = await onus.payout(id)
  expect(await token.balanceOf(onus), "tokens").to.equal(tokens + due.restitution + due.reward + due.burnable)
}
