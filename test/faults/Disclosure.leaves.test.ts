import { expect } from "chai"
import { ZeroHash, hexlify } from "ethers"
import type { Answer } from "../../src/engine/audit/game/answer.ts"
import {
  type Question,
  chunkQuestion,
  nodeQuestion,
  questionId,
} from "../../src/engine/audit/game/question.ts"
import { Solver } from "../../src/engine/audit/game/solve.ts"
import { lower } from "../../src/engine/program/lower.ts"
import { commit } from "../../src/engine/trace/commitment.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { encodeStep } from "../../src/protocol/encode-step.ts"
import { Space } from "../../src/protocol/program.ts"
import { absentDigest } from "../../src/protocol/tensor-tree.ts"
import { commitToQuestion, precede } from "../../src/sdk/game/commit.ts"
import { graphOf, node } from "../engine/program/graphs.ts"
import { Forgery } from "../game/forgery.ts"
import { Table, play } from "../game/table.ts"
import { expectError } from "../sdk/expect-error.ts"
import type { Court } from "./court.ts"
import {
  Dispute,
  LAST,
  LIE,
  PROGRAM,
  chunkOf,
  eachAlone,
  honestRun,
  lyingRun,
  nodeAt,
  openCourt,
} from "./dispute.ts"

const { traceDepth } = PROGRAM.header
const LEAVES = PROGRAM.traceTensors.length
/** The first leaf behind the last tensor, and that of the step that lies. */
const PADDING = nodeAt(0, LEAVES)
const TENSOR = nodeAt(0, PROGRAM.steps[LIE].output.firstLeaf)

const stepAnswer = (step: number, program = PROGRAM): Extract<Answer, { kind: "tensor" }> => ({
  kind: "tensor",
  step,
  descriptor: encodeStep(program.steps[step]),
  path: program.programTree.path(step),
})

describe("Disclosure: what a leaf is there for", () => {
  let court: Court
  let honest: Dispute

  before(async () => {
    court = await openCourt()
    honest = await Dispute.open(court, honestRun())
    expect(LEAVES).to.be.below(2 ** traceDepth)
  })

  eachAlone(() => court)

  const reply = (question: Question, answer: Answer, dispute = honest, by = court.providers[0]) =>
    dispute.answer(question, () => answer, dispute.traceRoot, by)

  /** A receipt whose trace has something behind its last tensor. */
  async function padded(): Promise<{ table: Table; forgery: Forgery }> {
    const forgery = new Forgery(honestRun())
    forgery.leaves[Space.Trace].push(forgery.leaves[Space.Trace][0])
    const { traceRoot, outputRoot, inputRoot } = forgery
    const { receipt } = await court.attest(honestRun(), { commitment: { traceRoot, outputRoot, inputRoot } })
    return { table: new Table(court, PROGRAM, receipt), forgery }
  }

  it("is answered for every leaf of the trace and the output by an honest provider", async () => {
    for (let leaf = 0; leaf < 2 ** traceDepth; leaf++) {
      const { question } = nodeAt(0, leaf)
      await honest.demand(nodeAt(0, leaf))
      await honest.reply(question)
      const [{ shown }] = (await honest.read()).asked.slice(-1)
      expect(shown?.kind).to.equal(leaf < LEAVES ? "tensor" : "node")
    }
    const output = nodeQuestion(Space.Output, 0, 0)
    await honest.demand({ kind: "demandNode", question: output })
    await honest.reply(output)
    expect((await honest.game()).pending).to.equal(0n)
    expect(new Solver(honestRun()).next(await honest.read())).to.deep.equal({ kind: "agreement" })
  })

  it("says whose tensor it is, to everyone", async () => {
    const { judge } = court
    await honest.demand(TENSOR)
    await honest.reply(TENSOR.question, court.strangers[0])
    const [event] = await judge.queryFilter(judge.filters.LeafAnswered())
    const { space, type, id, firstLeaf, length } = PROGRAM.steps[LIE].output
    expect([...(event.args.tensor as Iterable<bigint>)].map(Number)).to.deep.equal([
      space,
      type,
      id,
      firstLeaf,
      length,
    ])
    expect(event.args.responder).to.equal(await court.strangers[0].getAddress())
    await expectError("AlreadyAnswered", () => honest.reply(TENSOR.question))
  })

  it("is another question than what the chunk is, and its bond is paid for itself", async () => {
    await honest.demand(TENSOR)
    await honest.demand(chunkOf(LIE))
    await honest.reply(TENSOR.question)
    const provider = await court.providers[0].getAddress()
    expect((await honest.demandOf(chunkOf(LIE).question)).responder).to.match(/^0x0+$/)
    await expectError("ChunkDemanded", () => reply(chunkOf(LIE).question, stepAnswer(LIE)))
    await honest.reply(chunkOf(LIE).question)
    await honest.passEnd()
    for (const { question } of [TENSOR, chunkOf(LIE)])
      expect(await honest.settledTo(question)).to.equal(provider)
  })

  describe("takes no answer", () => {
    it("that is a digest, of a leaf that is there or not, but that of nothing", async () => {
      const forgery = new Forgery(honestRun())
      await honest.demand(TENSOR)
      await honest.demand(PADDING)
      const { message } = await expectError("LeafNotAbsent", () =>
        reply(TENSOR.question, forgery.answer(TENSOR.question)),
      )
      const digest = forgery.trees[Space.Trace].node(0, TENSOR.question.index)
      expect(message).to.include(`(leaf=${TENSOR.question.index}, digest=${hexlify(digest)})`)
      const { path } = forgery.answer(TENSOR.question)
      const absent: Answer = { kind: "node", descendants: [absentDigest(0)], path }
      await expectError("PathInvalid", () => reply(TENSOR.question, absent))
      await expectError("AnswerLengthInvalid", () => reply(PADDING.question, { ...absent, descendants: [] }))
      await expectError("PathLengthInvalid", () =>
        reply(PADDING.question, { ...absent, path: path.slice(1) }),
      )
    })

    it("that is a step of another leaf, another space or another model", async () => {
      await honest.demand(TENSOR)
      await honest.demand(PADDING)
      for (const step of PROGRAM.steps.keys()) {
        await expectError("LeafOutOfTensor", () => reply(PADDING.question, stepAnswer(step)))
        if (step !== LIE) await expectError("LeafOutOfTensor", () => reply(TENSOR.question, stepAnswer(step)))
      }
      const output = nodeQuestion(Space.Output, 0, 0)
      await honest.demand({ kind: "demandNode", question: output })
      // Its tensor begins at leaf 0 as well.
      await expectError("LeafOutOfTensor", () => reply(output, stepAnswer(0)))
      const other = lower(
        graphOf({ inputs: { x: [4096] }, nodes: [node("Relu", ["x"], "y")], outputs: ["y"] }),
      )
      await expectError("PathInvalid", () =>
        reply(PADDING.question, { ...stepAnswer(LAST), descriptor: encodeStep(other.steps[0]) }),
      )
      await expectError("StepOutOfRange", () =>
        reply(PADDING.question, { ...stepAnswer(LAST), step: PROGRAM.steps.length }),
      )
      await expectError("ModelMismatch", () =>
        new Table(court, other, honest.accused.receipt).answer(PADDING.question, () => stepAnswer(0, other)),
      )
    })

    it("by a step to who asks for a node above the leaves, or that was not asked, or too late", async () => {
      await honest.demand(nodeAt(1, 0))
      await expectError("LeafNotDemanded", () => reply(nodeAt(1, 0).question, stepAnswer(0)))
      await expectError("NotDemanded", () => reply(TENSOR.question, stepAnswer(LIE)))
      await honest.demand(TENSOR)
      await honest.passDue(TENSOR.question)
      await expectError("AnswerTooLate", () => reply(TENSOR.question, stepAnswer(LIE)))
    })
  })

  it("convicts who has put something behind the last tensor, whatever it answers", async () => {
    const { table, forgery } = await padded()
    const answers: ((question: Question) => Answer | undefined)[] = [
      forgery.answer,
      () => stepAnswer(0),
      (question) => ({ ...forgery.answer(question), kind: "node", descendants: [absentDigest(0)] }),
    ]
    for (const answer of answers) {
      const snapshot = await court.connection.networkHelpers.takeSnapshot()
      const course = await play(table, honestRun(), {
        answer: (question) => (question.height === 0 ? answer(question) : forgery.answer(question)),
        traceRoot: forgery.traceRoot,
      })
      expect(course).to.deep.include({ end: "withheld", answers: 1 })
      expect(course.questions.at(-1)).to.deep.equal(PADDING.question)
      for (const question of course.questions)
        expect((await table.settle(question)).to).to.equal(await court.challenger.getAddress())
      await snapshot.restore()
    }
  })

  it("pays who knew to ask first, for a turn: a provider that asks itself early keeps nothing of the reward", async () => {
    const { table } = await padded()
    const [friend] = court.strangers
    const us = table.as(court.challenger)
    const { salt } = await commitToQuestion(
      us,
      table.accused,
      await court.challenger.getAddress(),
      PADDING.question,
    )
    await table.demand(PADDING, friend)
    await precede(us, table.accused, PADDING.question, salt)
    await table.passDue(PADDING.question)
    await table.convictWithheld(PADDING.question, friend)
    await table.convictWithheld(PADDING.question)
    const { challenger } = await court.onus.payout(await court.onus.receiptIdOf(table.accused.receipt))
    expect(challenger).to.equal(await court.challenger.getAddress())
    const demand = await table.demandOf(PADDING.question)
    expect([demand.challenger, demand.predecessor]).to.deep.equal([await friend.getAddress(), challenger])
  })

  it("of a tensor is answered by its step, and its wrong chunk convicts as ever", async () => {
    const liar = await Dispute.open(court, lyingRun())
    const solver = new Solver(honestRun())
    await liar.demand(TENSOR)
    await liar.reply(TENSOR.question)
    const course = await play(liar, honestRun(), { answer: liar.answerer, traceRoot: liar.traceRoot })
    expect(course).to.deep.include({ end: "proven", answers: 2 })
    expect(course.questions.at(-1)).to.deep.equal(chunkQuestion(PROGRAM.steps[LIE].output, 0))
    expect(questionId(TENSOR.question)).not.to.equal(questionId(chunkOf(LIE).question))
    expect(solver.next(await liar.read()).kind).to.equal("prove")
  })

  it("convicts a liar of whose trace a friend has asked for chunks alone, so that siblings are to be asked for still", async () => {
    const forgery = new Forgery(lyingRun(LAST))
    forgery.leaves[Space.Trace].push(Uint8Array.from({ length: 32 }, () => 7))
    const { traceRoot, outputRoot, inputRoot } = forgery
    const lazy = { commitment: { inputRoot, outputRoot, traceRoot }, traceCommitment: ZeroHash }
    const { receipt } = await court.attest(honestRun(), lazy)
    const table = new Table(court, PROGRAM, receipt)
    for (const step of PROGRAM.steps.keys()) {
      if (step === LAST) continue
      await table.demand(chunkOf(step), court.strangers[0])
      await table.answer(chunkOf(step).question, forgery.answer, traceRoot)
    }
    expect(await play(table, honestRun(), forgery)).to.deep.include({ end: "proven" })
  })

  it("posts the trace of a lazy receipt by nothing that a stranger says", async () => {
    const lazy = await Dispute.open(court, honestRun(), { traceCommitment: ZeroHash })
    const [stranger] = court.strangers
    await lazy.demand(TENSOR)
    await lazy.demand(PADDING)
    await lazy.reply(TENSOR.question, stranger)
    expect(await court.judge.postedTraceRoot(await lazy.receiptId)).to.equal(ZeroHash)
    await expectError("TraceRootUnknown", () => lazy.reply(PADDING.question, stranger))
    await lazy.reply(PADDING.question)
    expect(await court.judge.postedTraceRoot(await lazy.receiptId)).to.equal(commit(lazy.run).traceRoot)
  })

  it("is asked of a trace without tensors: it is one leaf, which is absent", async () => {
    const program = lower(graphOf({ inputs: { x: [4] }, nodes: [node("Relu", ["x"], "y")], outputs: ["y"] }))
    const run = interpret(program, { x: Float32Array.of(1, 2, 3, 4) })
    await court.register(program)
    const forgery = new Forgery(run)
    forgery.leaves[Space.Trace].push(Uint8Array.from({ length: 32 }, () => 7))
    const { outputRoot, inputRoot } = forgery
    const { receipt } = await court.attest(run, {
      commitment: { inputRoot, outputRoot, traceRoot: forgery.traceRoot },
    })
    const course = await play(new Table(court, program, receipt), run, forgery)
    expect(course).to.deep.include({ end: "withheld", answers: 0 })
    expect(course.questions).to.deep.equal([nodeQuestion(Space.Trace, 0, 0)])
  })
})
