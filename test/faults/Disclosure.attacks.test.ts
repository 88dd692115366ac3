import { expect } from "chai"
import { ZeroHash, getBytes, id } from "ethers"
import { answerer } from "../../src/engine/audit/game/answer.ts"
import { encodableQuestion } from "../../src/engine/audit/game/question.ts"
import { Solver } from "../../src/engine/audit/game/solve.ts"
import type { Execution } from "../../src/engine/executor.ts"
import { lower } from "../../src/engine/program/lower.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { commit } from "../../src/engine/trace/commitment.ts"
import { DIRECT } from "../../src/protocol/batch.ts"
import { Space } from "../../src/protocol/program.ts"
import { traceCommitment } from "../../src/protocol/trace.ts"
import { provenEvidence, withheldEvidence } from "../../src/sdk/game/convict.ts"
import { graphOf, node } from "../engine/program/graphs.ts"
import { bitsOf } from "../engine/program/words.ts"
import { Table, play } from "../game/table.ts"
import { expectError } from "../sdk/expect-error.ts"
import { type Court, WRONG_EXECUTION } from "./court.ts"
import { decodeEvidence, encodeEvidence, flipBit } from "./evidence.ts"
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
  openCourt,
} from "./dispute.ts"

// The numbers are those of the checklist in docs/threat-model.md.
describe("An attacker of the game", () => {
  let court: Court
  let honest: Dispute
  let liar: Dispute
  const solver = new Solver(honestRun())

  before(async () => {
    court = await openCourt()
    honest = await Dispute.open(court, honestRun())
    liar = await Dispute.open(court, lyingRun())
  })

  eachAlone(() => court)

  const clock = () => court.connection.networkHelpers.time

  /** What a challenger knows after both answers, as evidence. */
  async function evidenceAgainst(dispute: Dispute): Promise<string> {
    for (const move of [TOP, chunkOf(LIE)]) {
      await dispute.demand(move)
      await dispute.reply(move.question)
    }
    const move = solver.next(await dispute.read())
    if (move.kind !== "prove") throw new Error(move.kind)
    return provenEvidence(honestRun(), move)
  }

  it("row 7: cannot keep others from asking: what a friend has asked is answered for everyone", async () => {
    const [friend] = court.strangers
    for (const step of PROGRAM.steps.keys()) await liar.demand(chunkOf(step), friend)
    await liar.demand(TOP, friend)
    const waiting = solver.next(await liar.read())
    expect(waiting).to.include({ kind: "wait" })
    for (const { question } of (await liar.read()).asked) await liar.reply(question)
    // Without a demand of its own.
    const move = solver.next(await liar.read())
    if (move.kind !== "prove") throw new Error(move.kind)
    await liar.prove(honestRun(), move)
  })

  it("row 7: cannot keep others from convicting for what it has asked and nobody answers", async () => {
    const [friend] = court.strangers
    await liar.demand(chunkOf(0), friend)
    await liar.passDue(chunkOf(0).question)
    const move = solver.next(await liar.read())
    expect(move).to.deep.equal({ kind: "withheld", question: chunkOf(0).question })
    await liar.convictWithheld(chunkOf(0).question)
    expect(await liar.settledTo(chunkOf(0).question)).to.equal(await friend.getAddress())
  })

  it("row 12: cannot use a demand about one receipt against another one", async () => {
    const other = await Dispute.open(court, honestRun(), { challengeWindow: 14n * 86_400n })
    await liar.demand(TOP)
    await liar.passDue(TOP.question)
    await expectError("NotDemanded", () => other.convictWithheld(TOP.question))
  })

  it("row 17: cannot have a demand mean something else: it is named by what it asks, and about what", async () => {
    await honest.demand(TOP)
    await liar.demand(TOP)
    await honest.reply(TOP.question)
    expect((await liar.demandOf(TOP.question)).responder).to.match(/^0x0+$/)
    const { tensor, ...place } = encodableQuestion(chunkOf(LIE).question)
    const changed = { ...place, tensor: { ...tensor, length: tensor.length - 1 } }
    const asked = await court.judge.questionIdOf({ ...place, tensor })
    expect(await court.judge.questionIdOf(changed)).not.to.equal(asked)
  })

  it("row 15: is convicted for bytes that are no numbers", async () => {
    for (const fill of [0xff, 0x7f, 0x80]) {
      const run = honestRun()
      run.bytes(PROGRAM.steps[LIE].output).fill(fill)
      const nonsense = await Dispute.open(court, run, { requestId: id(`filled with ${fill}`) })
      const course = await play(nonsense, honestRun(), {
        answer: nonsense.answerer,
        traceRoot: nonsense.traceRoot,
      })
      expect(course.end).to.equal("proven")
      await clock().increase(400n * 86_400n)
    }
  })

  it("row 16: gains nothing by running demands, answers and convictions out of gas", async () => {
    const { judge, onus } = court
    const { receipt, header } = honest.accused
    const value = await judge.answerPrice()
    const { space, height, index } = TOP.question
    const before = await court.money()
    for (let gasLimit = 30_000; gasLimit < 150_000; gasLimit += 10_000) {
      await judge
        .demandNode(receipt, DIRECT, header, space, height, index, ZeroHash, { value, gasLimit })
        .catch(() => undefined)
      const { challenger, due, bond } = await honest.demandOf(TOP.question)
      // All of it or nothing.
      expect(new Set([BigInt(challenger) > 0n, due > 0n, bond > 0n]).size).to.equal(1)
      if (bond > 0n) break
    }
    await honest.demand(TOP).catch(() => undefined)
    const answer = honest.answerer(TOP.question)
    if (answer.kind !== "node") throw new Error("a node")
    const asked = encodableQuestion(TOP.question)
    for (let gasLimit = 40_000; gasLimit < 120_000; gasLimit += 5_000) {
      const isTaken = await judge
        .answerNode(receipt, header, honest.traceRoot, asked, [...answer.descendants], [], { gasLimit })
        .then(
          () => true,
          () => false,
        )
      expect((await honest.game()).pending).to.equal(isTaken ? 0n : 1n)
      if (isTaken) break
    }
    const evidence = withheldEvidence(honest.accused, TOP.question)
    for (let gasLimit = 50_000; gasLimit < 400_000; gasLimit += 25_000) {
      const convicting = onus.convict(WRONG_EXECUTION, receipt, DIRECT, evidence, { gasLimit })
      expect(await convicting.then(() => "Guilty").catch(() => "refused")).to.equal("refused")
    }
    expect(await court.money()).to.deep.equal(before)
  })

  it("row 24: cannot take its stake out of a game: what is detained is still there after the window", async () => {
    const provider = court.onus.connect(court.providers[0])
    const evidence = await evidenceAgainst(liar)
    await clock().increase(4_000n)
    await court.connection.networkHelpers.mine(101, { interval: 1 })
    await expect(provider.releaseReceipt(liar.accused.receipt, DIRECT)).to.revert(court.connection.ethers)
    await provider.releaseReceipt(honest.accused.receipt, DIRECT)
    const { active, locked } = await court.onus.account(court.providers[0])
    await provider.startThaw(active - 2n * locked)
    await expect(court.convict(liar.accused, evidence)).to.emit(court.onus, "Convicted")
    const { restitution } = await court.onus.payout(await liar.receiptId)
    expect(restitution).to.equal(liar.accused.receipt.coverage)
  })

  it("row 3.3/7: is convicted for a trace that is bound to another request", async () => {
    const foreign = { ...honest.accused.receipt, requestId: id("another request") }
    const stolen = await Dispute.open(court, honestRun(), {
      requestId: id("a request"),
      traceCommitment: traceCommitment(court.registry, foreign, honest.traceRoot),
    })
    const course = await play(stolen, honestRun(), { answer: stolen.answerer, traceRoot: stolen.traceRoot })
    expect([course.end, course.answers]).to.deep.equal(["withheld", 0])
  })

  it("row 3.3/20: convicts nobody by a bad proof of what was revealed", async () => {
    const evidence = await evidenceAgainst(liar)
    for (let bit = 0; bit < 64; bit += 7) {
      const bad = decodeEvidence(evidence)
      bad.outputData = flipBit(bad.outputData, bit)
      expect(await court.verdict(liar.accused, encodeEvidence(bad))).to.equal("PathInvalid")
    }
    expect(await court.verdict(honest.accused, evidence)).to.equal("TraceMismatch")
    expect(await court.verdict(liar.accused, evidence)).to.equal("Guilty")
  })

  it("is convicted for a wrong answer of a right trace by one answer", async () => {
    const wrong = await Dispute.open(court, lyingRun(LAST), { requestId: id("the last step") })
    const course = await play(wrong, honestRun(), { answer: wrong.answerer, traceRoot: wrong.traceRoot })
    expect(course).to.deep.include({ end: "proven", answers: 1 })
  })

  describe("cannot hide a wrong answer behind a trace commitment of a program without a trace", () => {
    const program = lower(graphOf({ inputs: { x: [4] }, nodes: [node("Relu", ["x"], "y")], outputs: ["y"] }))
    const run = () => interpret(program, { x: Float32Array.of(1, 2, 3, 4) })
    const wrong = run()
    bitsOf(wrong, program.steps[0].output)[2] ^= 1 << 20
    const garbage = id("no root of anything")

    before(async () => {
      expect(program.traceTensors).to.deep.equal([])
      await court.register(program)
    })

    for (const [what, change, shown, end] of [
      ["that is right", {}, commit(wrong).traceRoot, "proven"],
      ["to another root, which it shows", { traceRoot: garbage }, garbage, "withheld"],
      ["to nothing", { traceRoot: garbage }, ZeroHash, "withheld"],
      ["to come", { traceCommitment: ZeroHash }, commit(wrong).traceRoot, "proven"],
    ] as const) {
      it(what, async () => {
        const { traceRoot = commit(wrong).traceRoot, ...options } = change as { traceRoot?: string }
        const commitment = { ...rootsOf(wrong), traceRoot }
        const { receipt } = await court.attest(wrong, { commitment, ...options })
        const honestAnswers = answerer(wrong)
        const course = await play(new Table(court, program, receipt), run(), {
          // The root of a tree without leaves is all that there is to show: the absent leaf.
          answer: (question) =>
            question.space === Space.Trace
              ? { kind: "node", descendants: [getBytes(shown)], path: [] }
              : honestAnswers(question),
          traceRoot: shown,
        })
        expect(course.end).to.equal(end)
      })
    }
  })
})

const rootsOf = (run: Execution) => {
  const { inputRoot, outputRoot } = commit(run)
  return { inputRoot, outputRoot }
}
