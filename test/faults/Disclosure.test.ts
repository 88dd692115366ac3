import { expect } from "chai"
import { ZeroHash, id } from "ethers"
import { answerer } from "../../src/engine/audit/game/answer.ts"
import { type Question, encodableQuestion, nodeQuestion } from "../../src/engine/audit/game/question.ts"
import { treesOf } from "../../src/engine/trace/commitment.ts"
import { DIRECT } from "../../src/protocol/batch.ts"
import { modelId } from "../../src/protocol/model.ts"
import { encodeStep } from "../../src/protocol/encode-step.ts"
import { Space } from "../../src/protocol/program.ts"
import { Role } from "../../src/protocol/role.ts"
import type { Accused } from "../../src/sdk/game/court.ts"
import { type DemandMove, demand } from "../../src/sdk/game/demand.ts"
import { call } from "../../src/sdk/errors.ts"
import { addKey, revokeKey } from "../../src/sdk/keys.ts"
import { Table } from "../game/table.ts"
import { expectError } from "../sdk/expect-error.ts"
import type { Court } from "./court.ts"
import {
  Dispute,
  LAST,
  LIE,
  PROGRAM,
  TOP,
  chunkOf,
  eachAlone,
  honestRun,
  lyingRun,
  nodeAt,
  openCourt,
} from "./dispute.ts"

const GWEI = 10n ** 9n
const { traceDepth } = PROGRAM.header
const output: DemandMove = { kind: "demandNode", question: nodeQuestion(Space.Output, 0, 0) }

describe("Disclosure", () => {
  let court: Court
  let honest: Dispute

  before(async () => {
    court = await openCourt()
    honest = await Dispute.open(court, honestRun())
  })

  eachAlone(() => court)

  const demandAbout = (accused: Accused, move: DemandMove) =>
    demand(honest.as(court.challenger), accused, PROGRAM, move)

  describe("takes a demand", () => {
    it("for a node, and says what was asked, by whom, and until when it is due", async () => {
      const { judge, challenger } = court
      const { receipt, header } = honest.accused
      const value = await judge.answerPrice()
      const { space, height, index } = TOP.question
      const sending = judge
        .connect(challenger)
        .demandNode(receipt, DIRECT, header, space, height, index, ZeroHash, { value })
      await expect(sending).to.emit(judge, "Demanded")
      const asked = await honest.demandOf(TOP.question)
      expect(asked.challenger).to.equal(await challenger.getAddress())
      expect(asked.bond).to.equal(value)
      const [known] = (await honest.read()).asked
      expect(known.question).to.deep.equal(TOP.question)
      expect(known.questionId).to.equal(await judge.questionIdOf(encodableQuestion(TOP.question)))
      expect([known.due, known.dueBlock]).to.deep.equal([asked.due, asked.dueBlock])
      expect(known.settled).to.equal(false)
    })

    it("for a chunk of every step", async () => {
      for (const step of PROGRAM.steps.keys()) await honest.demand(chunkOf(step))
      expect((await honest.game()).pending).to.equal(BigInt(PROGRAM.steps.length))
    })

    it("for the root of a tree of one leaf", async () => {
      expect(PROGRAM.header.outputDepth).to.equal(0)
      await honest.demand(output)
      await honest.reply(output.question)
    })

    it("row 18: of an anchored receipt only, while it is open", async () => {
      const { accused } = honest
      const never = { ...accused.receipt, requestId: id("never anchored") }
      await expectError("NotAnchored", () => demandAbout({ ...accused, receipt: never }, TOP))
      await honest.passTo(BigInt(accused.receipt.issuedAt) + 3_700n, 200n)
      await expectError("WindowClosed", () => honest.demand(TOP))
    })

    it("not about a receipt that was convicted", async () => {
      const liar = await Dispute.open(court, lyingRun())
      await liar.demand(TOP)
      await liar.passDue(TOP.question)
      await liar.convictWithheld(TOP.question)
      await expectError("AlreadyConvicted", () => liar.demand(chunkOf(LIE)))
    })

    it("once", async () => {
      await honest.demand(TOP)
      await expectError("AlreadyDemanded", () => honest.demand(TOP, court.strangers[0]))
    })

    it("with the header of the receipt's model only", async () => {
      const header = { ...PROGRAM.header, traceDepth: traceDepth + 1 }
      const { message } = await expectError("ModelMismatch", () =>
        demandAbout({ ...honest.accused, header }, TOP),
      )
      expect(message).to.include(`(receipt=${honest.accused.receipt.modelId}, header=${modelId(header)})`)
      await expectError("ModelMismatch", () => demandAbout({ ...honest.accused, header }, chunkOf(0)))
    })

    it("for what only the provider knows", async () => {
      for (const space of [Space.Input, Space.Weights]) {
        const question = { ...TOP.question, space } as unknown as Question
        await expectError("SpaceNotDemandable", () => honest.demand({ kind: "demandNode", question }))
      }
    })

    it("for nodes of the tree only", async () => {
      for (const [height, index] of [
        [0, 2 ** traceDepth],
        [traceDepth + 1, 0],
        [traceDepth, 1],
        [1, 2 ** (traceDepth - 1)],
      ])
        expect(
          (await expectError("NodeOutOfRange", () => honest.demand(nodeAt(height, index)))).message,
        ).to.include(`(height=${height}, index=${index}, depth=${traceDepth})`)
    })

    it("for chunks that steps of the model make only", async () => {
      const { judge } = court
      const { receipt, header } = honest.accused
      const value = await judge.answerPrice()
      const ask = (index: number, step: number, path: Uint8Array[], chunk: number) =>
        call(
          judge.demandChunk(
            receipt,
            DIRECT,
            header,
            index,
            encodeStep(PROGRAM.steps[step]),
            path,
            chunk,
            ZeroHash,
            { value },
          ),
        )
      const path = (step: number) => PROGRAM.programTree.path(step)
      const { message } = await expectError("ChunkOutOfRange", () => ask(LIE, LIE, path(LIE), 1))
      expect(message).to.include("(chunk=1, count=1)")
      await expectError("ChunkOutOfRange", () => ask(LIE, LIE, path(LIE), 2))
      await expectError("StepOutOfRange", () => ask(PROGRAM.steps.length, LIE, path(LIE), 0))
      await expectError("PathInvalid", () => ask(LIE, LIE + 1, path(LIE), 0))
      await expectError("PathLengthInvalid", () => ask(LIE, LIE, path(LIE).slice(1), 0))
    })

    it("for its price: the floor, or four times the gas price for as much gas as an answer takes", async () => {
      expect(await court.judge.answerPrice()).to.equal(1_000_000n * GWEI)
      await court.connection.networkHelpers.setNextBlockBaseFeePerGas(10n * GWEI)
      await court.connection.networkHelpers.mine(1)
      await court.connection.networkHelpers.setNextBlockBaseFeePerGas(10n * GWEI)
      const price = 1_000_000n * 40n * GWEI
      await expectError("BondTooLow", () => honest.demand(TOP, undefined, { bond: price - 10n ** 15n * 30n }))
      await court.connection.networkHelpers.setNextBlockBaseFeePerGas(10n * GWEI)
      await honest.demand(TOP, undefined, { bond: price })
      expect((await honest.demandOf(TOP.question)).bond).to.equal(price)
    })

    it("for what the SDK leaves by default, whatever gas costs", async () => {
      await court.connection.networkHelpers.setNextBlockBaseFeePerGas(100n * GWEI)
      await court.connection.networkHelpers.mine(1)
      await honest.demand(TOP)
      // The price with room for two blocks of rising gas prices: a third more.
      expect((await honest.demandOf(TOP.question)).bond).to.be.within(3n * 10n ** 17n, 54n * 10n ** 16n)
    })

    it("to the wei", async () => {
      const price = 1_000_000n * GWEI
      const { message } = await expectError("BondTooLow", () =>
        honest.demand(TOP, undefined, { bond: price - 1n }),
      )
      expect(message).to.include(`(sent=${price - 1n}, price=${price})`)
      await honest.demand(TOP, undefined, { bond: price })
    })

    it("and more wei than its price, which all come back", async () => {
      await honest.demand(TOP, undefined, { bond: 3n * 10n ** 18n })
      await honest.passEnd()
      expect((await honest.settle(TOP.question)).bond).to.equal(3n * 10n ** 18n)
    })
  })

  describe("takes an answer", () => {
    it("of the provider, and gives it to everyone", async () => {
      await honest.demand(TOP)
      await honest.reply(TOP.question)
      const [{ shown, responder }] = (await honest.read()).asked
      expect(responder).to.equal(await court.providers[0].getAddress())
      expect(shown?.kind === "node" && shown.descendants.length).to.equal(2 ** traceDepth)
    })

    it("of anybody who knows it", async () => {
      const [stranger] = court.strangers
      for (const move of [TOP, chunkOf(LIE), chunkOf(LAST), output]) {
        await honest.demand(move)
        await honest.reply(move.question, stranger)
        expect((await honest.demandOf(move.question)).responder).to.equal(await stranger.getAddress())
      }
      expect((await honest.game()).pending).to.equal(0n)
    })

    it("row 13: once", async () => {
      await honest.demand(TOP)
      await honest.reply(TOP.question, court.strangers[0])
      await expectError("AlreadyAnswered", () => honest.reply(TOP.question))
    })

    it("to what was asked only", async () => {
      await expectError("NotDemanded", () => honest.reply(TOP.question))
      await expectError("NotDemanded", () => honest.reply(chunkOf(LIE).question))
      await honest.demand(TOP)
      const other = { ...TOP.question, index: 1 }
      await expectError("NotDemanded", () => honest.answer(other, () => honest.answerer(TOP.question)))
    })

    it("row 3.3/4, row 3.3/9: of the length that the descriptor gives", async () => {
      await honest.demand(TOP)
      await honest.demand(chunkOf(LIE))
      const node = (change: (digests: Uint8Array[]) => Uint8Array[]) => () =>
        honest.answer(
          TOP.question,
          (question) => {
            const answer = honest.answerer(question)
            return answer.kind === "node"
              ? { ...answer, descendants: change([...answer.descendants]) }
              : answer
          },
          honest.traceRoot,
        )
      for (const change of [
        (digests: Uint8Array[]) => digests.slice(1),
        (digests: Uint8Array[]) => [...digests, digests[0]],
        () => [],
        // The root is what two halves give, but it was asked for more.
        (digests: Uint8Array[]) => digests.slice(0, digests.length / 2),
      ])
        await expectError("AnswerLengthInvalid", node(change))
      const { message } = await expectError(
        "AnswerLengthInvalid",
        node(() => []),
      )
      expect(message).to.include(`(length=0, expected=${2 ** traceDepth})`)
      await expectError("ChunkLengthInvalid", () =>
        honest.answer(
          chunkOf(LIE).question,
          (question) => {
            const answer = honest.answerer(question)
            return answer.kind === "chunk" ? { ...answer, data: answer.data.slice(1) } : answer
          },
          honest.traceRoot,
        ),
      )
    })

    it("of nine levels at most, however deep the tree is below the node", async () => {
      const header = { ...PROGRAM.header, traceDepth: 12 }
      const program = { ...PROGRAM, header, modelId: modelId(header) }
      const { receipt } = await court.attest(honest.run, { program })
      const table = new Table(court, program, receipt)
      for (const [height, levels] of [
        [8, 8],
        [9, 9],
        [10, 9],
        [12, 9],
      ]) {
        const { question } = nodeAt(height, 0)
        await table.demand({ kind: "demandNode", question })
        const { message } = await expectError("AnswerLengthInvalid", () =>
          table.answer(question, () => ({ kind: "node", descendants: [], path: [] })),
        )
        expect(message).to.include(`(length=0, expected=${2 ** levels})`)
      }
    })

    it("row 3.3/5: with bytes, not with their digest, to who asks for a chunk", async () => {
      const { question } = chunkOf(LIE)
      await honest.demand(chunkOf(LIE))
      const { path } = honest.answerer(question)
      const descendants = [
        treesOf(PROGRAM, (tensor) => honest.run.bytes(tensor))[Space.Trace].node(0, question.index),
      ]
      await expectError("ChunkDemanded", () =>
        honest.answer(question, () => ({ kind: "node", descendants, path }), honest.traceRoot),
      )
    })

    it("row 3.3/5: with digests, not with bytes, to who asks for a node", async () => {
      await honest.demand(TOP)
      const chunk = honest.answerer(chunkOf(LIE).question)
      await expectError("ChunkOutOfRange", () =>
        honest.answer(TOP.question, () => ({ ...chunk, path: [] }), honest.traceRoot),
      )
    })

    it("row 12, row 3.3/7: under the receipt's own roots only", async () => {
      const liar = await Dispute.open(court, lyingRun())
      for (const move of [TOP, chunkOf(LIE)]) {
        await honest.demand(move)
        // Another run's nodes, under another root and under this one.
        await expectError("TraceMismatch", () => honest.answer(move.question, liar.answerer, liar.traceRoot))
        await expectError("PathInvalid", () => honest.answer(move.question, liar.answerer, honest.traceRoot))
      }
      await honest.demand(chunkOf(LAST))
      const forged = answerer(lyingRun(LAST))
      await expectError("PathInvalid", () => honest.answer(chunkOf(LAST).question, forged))
    })

    it("row 3.3/5: with a path of the tree's depth", async () => {
      await honest.demand(chunkOf(LIE))
      const short = () => {
        const answer = honest.answerer(chunkOf(LIE).question)
        return { ...answer, path: answer.path.slice(1) }
      }
      await expectError("PathLengthInvalid", () =>
        honest.answer(chunkOf(LIE).question, short, honest.traceRoot),
      )
    })

    it("with the header of the receipt's model only", async () => {
      await honest.demand(TOP)
      const { receipt } = honest.accused
      const header = { ...PROGRAM.header, traceDepth: traceDepth + 1 }
      const { question } = TOP
      const answer = honest.answerer(question)
      if (answer.kind !== "node") throw new Error("a node")
      await expectError("ModelMismatch", () =>
        call(
          court.judge.answerNode(
            receipt,
            header,
            honest.traceRoot,
            encodableQuestion(question),
            [...answer.descendants],
            [],
          ),
        ),
      )
    })
  })

  describe("about a receipt without a trace commitment", () => {
    let lazy: Dispute

    beforeEach(async () => {
      lazy = await Dispute.open(court, honestRun(), { traceCommitment: ZeroHash })
    })

    it("has the provider say what its trace is, with the first answer", async () => {
      expect(await court.judge.postedTraceRoot(await lazy.receiptId)).to.equal(ZeroHash)
      await lazy.demand(TOP)
      await lazy.reply(TOP.question)
      expect(await court.judge.postedTraceRoot(await lazy.receiptId)).to.equal(lazy.traceRoot)
      expect((await lazy.read()).postedRoot).to.equal(lazy.traceRoot)
      await lazy.demand(chunkOf(LIE))
      await lazy.reply(chunkOf(LIE).question, court.strangers[0])
    })

    it("takes the root from the provider or a valid key of it only", async () => {
      const [stranger, key] = court.strangers
      const address = await key.getAddress()
      await lazy.demand(TOP)
      await expectError("TraceRootUnknown", () => lazy.reply(TOP.question, stranger))
      await expectError("TraceRootUnknown", () => lazy.reply(TOP.question, court.providers[1]))
      const owner = lazy.as(court.providers[0])
      await addKey(owner, await stranger.getAddress(), 4_000_000_000n, Role.Sign)
      await expectError("TraceRootUnknown", () => lazy.reply(TOP.question, stranger))
      await addKey(owner, address, 4_000_000_000n, Role.Anchor)
      const snapshot = await court.connection.networkHelpers.takeSnapshot()
      await revokeKey(owner, address)
      const { until } = await court.onus.keyValidity(court.providers[0], address)
      await court.connection.networkHelpers.time.setNextBlockTimestamp(until)
      await expectError("TraceRootUnknown", () => lazy.reply(TOP.question, key))
      await snapshot.restore()
      await lazy.reply(TOP.question, key)
    })

    it("takes the root from a key in the very second in which it is added", async () => {
      const { receipt, header } = lazy.accused
      const [, key] = court.strangers
      const providers = (await court.modules.providers()).connect(court.providers[0])
      const answer = lazy.answerer(TOP.question)
      if (answer.kind !== "node") throw new Error("a node")
      await lazy.demand(TOP)
      const { provider: chain } = court.connection
      await chain.request({ method: "evm_setAutomine", params: [false] })
      const added = await providers.addKey(key, 4_000_000_000n, Role.Anchor, {
        gasLimit: 300_000n,
        maxPriorityFeePerGas: 2n * GWEI,
      })
      const answered = await court.judge
        .connect(key)
        .answerNode(
          receipt,
          header,
          lazy.traceRoot,
          encodableQuestion(TOP.question),
          [...answer.descendants],
          [],
          { gasLimit: 2_000_000n, maxPriorityFeePerGas: GWEI },
        )
      await court.connection.networkHelpers.mine()
      await chain.request({ method: "evm_setAutomine", params: [true] })
      expect((await added.wait())?.blockNumber).to.equal((await answered.wait())?.blockNumber)
      expect(await court.judge.postedTraceRoot(await lazy.receiptId)).to.equal(lazy.traceRoot)
    })

    it("row 13: refuses a second root", async () => {
      const other = await Dispute.open(court, lyingRun(), { traceCommitment: ZeroHash })
      await lazy.demand(TOP)
      await lazy.demand(chunkOf(LIE))
      await lazy.reply(TOP.question)
      await expectError("TraceMismatch", () =>
        lazy.answer(chunkOf(LIE).question, other.answerer, other.traceRoot),
      )
    })

    it("refuses a root that the answer does not lead to", async () => {
      await lazy.demand(TOP)
      await expectError("PathInvalid", () => lazy.answer(TOP.question, lazy.answerer, id("another root")))
      expect(await court.judge.postedTraceRoot(await lazy.receiptId)).to.equal(ZeroHash)
    })

    it("learns nothing about the trace from the output", async () => {
      await lazy.demand(chunkOf(LAST))
      await lazy.reply(chunkOf(LAST).question, court.strangers[0])
      expect(await court.judge.postedTraceRoot(await lazy.receiptId)).to.equal(ZeroHash)
    })
  })

  it("judges only demands that were made", async () => {
    await expectError("NotDemanded", () => honest.convictWithheld(TOP.question))
  })

  it("is bound to its registry once", async () => {
    await expectError("AlreadyBound", () => call(court.judge.bind()))
  })
})
