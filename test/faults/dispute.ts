import type { Signer } from "ethers"
import { type Answerer, answerer } from "../../src/engine/audit/game/answer.ts"
import { type Question, chunkQuestion, nodeQuestion } from "../../src/engine/audit/game/question.ts"
import type { DemandMove } from "../../src/sdk/game/demand.ts"
import type { Execution } from "../../src/engine/executor.ts"
import { lower } from "../../src/engine/program/lower.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { commit } from "../../src/engine/trace/commitment.ts"
import { Space } from "../../src/protocol/program.ts"
import type { Receipt } from "../../src/protocol/receipt.ts"
import { network } from "../engine/program/small-network.ts"
import { bitsOf } from "../engine/program/words.ts"
import { Table } from "../game/table.ts"
import { type AttestOptions, Court } from "./court.ts"

/** A small network: its trace has one chunk for each of a few steps. */
export const PROGRAM = lower(network())
const INPUTS = { x: Float32Array.from({ length: 72 }, (_, i) => Math.sin(i)) }

/** The step whose result the liar falsifies. */
export const LIE = 1
/** The step that makes the answer. */
export const LAST = PROGRAM.steps.length - 1

export const honestRun = (): Execution => interpret(PROGRAM, INPUTS)

/** The run with one wrong element, from which nothing follows. */
export function lyingRun(step = LIE, element = 0): Execution {
  const run = honestRun()
  bitsOf(run, PROGRAM.steps[step].output)[element] ^= 1 << 22
  return run
}

const depth = PROGRAM.header.traceDepth
export const TOP: DemandMove = { kind: "demandNode", question: nodeQuestion(Space.Trace, depth, 0) }
export const nodeAt = (height: number, index: number): DemandMove => ({
  kind: "demandNode",
  question: nodeQuestion(Space.Trace, height, index),
})
export const chunkOf = (step: number): DemandMove => ({
  kind: "demandChunk",
  question: chunkQuestion(PROGRAM.steps[step].output, 0),
  step,
  chunk: 0,
})

/** One receipt before the court, with what its provider knows. */
export class Dispute extends Table {
  readonly run: Execution
  readonly answerer: Answerer
  readonly traceRoot: string

  private constructor(court: Court, run: Execution, receipt: Receipt) {
    super(court, PROGRAM, receipt)
    this.run = run
    this.answerer = answerer(run)
    this.traceRoot = commit(run).traceRoot
  }

  static async open(court: Court, run: Execution, options?: AttestOptions): Promise<Dispute> {
    const { receipt } = await court.attest(run, options)
    return new Dispute(court, run, receipt)
  }

  get receiptId(): Promise<string> {
    return this.court.onus.receiptIdOf(this.accused.receipt)
  }

  /** The answer of the provider, sent by it or by somebody else. */
  reply(question: Question, by?: Signer) {
    return this.answer(question, this.answerer, this.traceRoot, by)
  }

  /** When the demand is due, seconds from the block in which it was made. */
  async timeLeft(move: DemandMove, by?: Signer): Promise<bigint> {
    await this.demand(move, by)
    const now = BigInt(await this.court.connection.networkHelpers.time.latest())
    return (await this.demandOf(move.question)).due - now
  }

  async game() {
    return this.court.judge.gameOf(await this.receiptId)
  }

  /** Lets the receipt and every game about it come to its end. */
  async passEnd(): Promise<void> {
    const { openUntil } = await this.game()
    await this.passLast(openUntil)
  }

  settledTo = async (question: Question, by?: Signer): Promise<string> => (await this.settle(question, by)).to
}

/** A court that knows the small network. */
export async function openCourt(): Promise<Court> {
  const court = await Court.open()
  await court.register(PROGRAM)
  return court
}

/** Has every test begin where the last `before` ended. */
export function eachAlone(court: () => Court): void {
  let restore: () => Promise<void>
  beforeEach(async () => {
    const snapshot = await court().connection.networkHelpers.takeSnapshot()
    restore = () => snapshot.restore()
  })
  afterEach(() => restore())
}
