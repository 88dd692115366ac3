import { expect } from "chai"
import { prepareBatch } from "../../src/sdk/anchor.ts"
import { DIRECT } from "../../src/protocol/batch.ts"
import type { DemandMove } from "../../src/sdk/game/demand.ts"
import { expectError } from "../sdk/expect-error.ts"
import { CLOCKS, Table } from "../game/table.ts"
import type { Court } from "./court.ts"
import { Dispute, LIE, PROGRAM, TOP, chunkOf, eachAlone, honestRun, nodeAt, openCourt } from "./dispute.ts"

const { budget, response, turn, game, blocks } = CLOCKS
const WINDOW = 3_600n

/** Everything that can be asked of the small network, one after the other. */
const MOVES: readonly DemandMove[] = [
  TOP,
  ...[...PROGRAM.steps.keys()].map(chunkOf),
  ...Array.from({ length: 2 ** (PROGRAM.header.traceDepth - 1) }, (_, index) => nodeAt(1, index)),
]

describe("The clocks of a game", () => {
  let court: Court
  let honest: Dispute

  before(async () => {
    court = await openCourt()
    honest = await Dispute.open(court, honestRun())
  })

  eachAlone(() => court)

  const clock = () => court.connection.networkHelpers.time
  const now = async () => BigInt(await clock().latest())

  it("are those of the deployment", async () => {
    const { budget: b, response: r, turn: t, game: g, responseBlocks } = await court.judge.clocks()
    expect([b, r, t, g, responseBlocks]).to.deep.equal([budget, response, turn, game, blocks])
    expect(await court.judge.longestGame()).to.equal(game + 2n * budget + turn)
  })

  it("row 10: make a demand due at one second exactly, for answers and for convictions alike", async () => {
    const { question } = TOP
    await honest.demand(TOP)
    const { due, dueBlock } = await honest.demandOf(question)
    expect(due).to.equal((await now()) + budget)
    expect(dueBlock).to.equal(BigInt(await clock().latestBlock()) + blocks)
    await honest.passTo(due - 10n, dueBlock)

    const snapshot = await court.connection.networkHelpers.takeSnapshot()
    await clock().setNextBlockTimestamp(due)
    await expectError("NotGuilty", () => honest.convictWithheld(question))
    await snapshot.restore()
    await clock().setNextBlockTimestamp(due)
    await honest.reply(question)
    expect((await honest.demandOf(question)).responder).to.equal(await court.providers[0].getAddress())
    await expectError("NotGuilty", () => honest.convictWithheld(question))
  })

  it("row 10: refuse an answer one second later, and convict", async () => {
    const { question } = TOP
    await honest.demand(TOP)
    const { due, dueBlock } = await honest.demandOf(question)
    await honest.passTo(due - 10n, dueBlock)
    await clock().setNextBlockTimestamp(due + 1n)
    const { message } = await expectError("AnswerTooLate", () => honest.reply(question))
    expect(message).to.include(`due=${due}, dueBlock=${dueBlock}`)
    await honest.convictWithheld(question)
  })

  it("row 22: take answers, and convict nobody, until blocks were made", async () => {
    const { question } = TOP
    await honest.demand(TOP)
    const { due, dueBlock } = await honest.demandOf(question)
    await clock().increaseTo(due + 1_000n)
    expect(BigInt(await clock().latestBlock())).to.be.below(dueBlock)
    await expectError("NotGuilty", () => honest.convictWithheld(question))
    await honest.reply(question)
  })

  it("row 22: make a demand due in one block exactly", async () => {
    const { question } = TOP
    await honest.demand(TOP)
    const { due, dueBlock } = await honest.demandOf(question)
    await honest.passTo(due + 1_000n, dueBlock - 3n)
    expect(BigInt(await clock().latestBlock())).to.equal(dueBlock - 2n)
    // What is sent now is in the block before.
    await expectError("NotGuilty", () => honest.convictWithheld(question))
    await court.connection.networkHelpers.mine(1)
    await expectError("AnswerTooLate", () => honest.reply(question))
    await honest.convictWithheld(question)
    expect(BigInt(await clock().latestBlock())).to.equal(dueBlock)
  })

  it("row 22: let nobody who is silent escape by an outage longer than the game", async () => {
    const { question } = TOP
    await honest.demand(TOP)
    const { due, dueBlock } = await honest.demandOf(question)
    await clock().increaseTo(due + turn + 1_000n)
    await honest.passTo(0n, dueBlock + 50n)
    await expectError("AnswerTooLate", () => honest.reply(question))
    await honest.convictWithheld(question)
  })

  it("row 6: give the provider one budget, however many challengers ask one after the other", async () => {
    expect(await honest.timeLeft(chunkOf(0))).to.equal(budget)
    await clock().increase(10_000n)
    await honest.reply(chunkOf(0).question)
    const { spent } = await honest.game()
    expect(spent).to.be.within(10_000n, 10_010n)
    // Nothing runs while nothing is asked.
    await clock().increase(5_000n)
    expect(await honest.timeLeft(chunkOf(1), court.strangers[0])).to.equal(budget - spent)
    // What is asked meanwhile is due when the budget is used up, at the same time.
    await clock().increase(20_000n)
    const { due } = await honest.demandOf(chunkOf(1).question)
    await honest.demand(chunkOf(2), court.strangers[1])
    expect((await honest.demandOf(chunkOf(2).question)).due).to.equal(due)
    await honest.reply(chunkOf(1).question)
    expect((await honest.game()).spent).to.equal(spent)
    await honest.reply(chunkOf(2).question)
    expect((await honest.game()).spent).to.be.within(spent + 20_000n, spent + 20_010n)
  })

  it("leave a minimum of time for each answer when the budget is used up", async () => {
    await honest.demand(chunkOf(0))
    const { due } = await honest.demandOf(chunkOf(0).question)
    await honest.passTo(due - 100n, blocks)
    // In the last seconds of the budget.
    expect(await honest.timeLeft(chunkOf(1))).to.equal(response)
    await honest.reply(chunkOf(0).question)
    await clock().increase(response - 100n)
    await honest.reply(chunkOf(1).question)
    expect(await honest.timeLeft(chunkOf(2))).to.equal(response)
  })

  it("keep the receipt open for a turn after a demand is due", async () => {
    const { onus } = court
    const { receipt } = honest.accused
    await honest.demand(TOP)
    const { due, dueBlock } = await honest.demandOf(TOP.question)
    await honest.passTo(due + turn, dueBlock + blocks)
    expect((await onus.locate(receipt, DIRECT)).open).to.equal(true)
    expect((await honest.game()).openUntil).to.equal(due + turn)
    await clock().increase(1n)
    expect((await onus.locate(receipt, DIRECT)).open).to.equal(false)
  })

  /** Keeps the receipt open by one demand after the other, and stops some time before the end. */
  async function approach(end: bigint, answers: boolean): Promise<number> {
    let next = 0
    for (; (await now()) < end - 80_000n; next++) {
      await honest.demand(MOVES[next])
      if (answers) await honest.reply(MOVES[next].question)
      const { openUntil } = await honest.game()
      await honest.passTo(openUntil < end ? openUntil - 1n : end - 70_000n, 0n)
    }
    await honest.demand(MOVES[next])
    if (answers) await honest.reply(MOVES[next].question)
    return next + 1
  }

  for (const [what, answers] of [
    ["a fixed time after the window", true],
    ["later by what the provider let it wait, a budget at most", false],
  ] as const) {
    it(`row 6: end the game ${what}`, async () => {
      const attested = BigInt(honest.accused.receipt.issuedAt) + 1n
      const expected = attested + WINDOW + game + (answers ? 0n : budget)
      const next = await approach(expected, answers)
      const { spent } = await honest.game()
      const end = answers ? expected + spent : expected
      await honest.passTo(end - 10n, 0n)
      await clock().setNextBlockTimestamp(end)
      await honest.demand(MOVES[next])
      if (answers) await honest.reply(MOVES[next].question)
      await clock().setNextBlockTimestamp(end + (answers ? 3n : 1n))
      await expectError("GameOver", () => honest.demand(MOVES[next + 1]))
    })
  }

  describe("row 7: whoever opens the game early", () => {
    const long = { challengeWindow: 14n * 86_400n }

    it("does not close it for others before the receipt's window ends", async () => {
      const squatted = await Dispute.open(court, honestRun(), long)
      await squatted.demand(TOP)
      await squatted.reply(TOP.question)
      await clock().increase(13n * 86_400n)
      await squatted.demand(chunkOf(LIE))
      expect((await squatted.demandOf(chunkOf(LIE).question)).bond).not.to.equal(0n)
    })

    it("does not, either, in a batch with a shorter window", async () => {
      const run = honestRun()
      const { receipt } = (await Dispute.open(court, run, long)).accused
      const requestId = `0x${"5a".repeat(32)}`
      const twice = { ...receipt, requestId, ...long }
      const onus = court.onus.connect(court.providers[0])
      const places = [600n, 14n * 86_400n].map((window) => {
        const { batch, inclusions } = prepareBatch({ registry: court.registry }, [twice])
        return { batch: { ...batch, window }, inclusion: { ...inclusions[0], batch: { ...batch, window } } }
      })
      for (const { batch } of places) await onus.anchor(batch)
      const [short, whole] = places.map(({ inclusion }) => new Table(court, PROGRAM, twice, inclusion))
      await short.demand(chunkOf(0))
      await clock().increase(10n * 86_400n)
      await whole.demand(chunkOf(1))
      expect((await whole.read()).asked.length).to.equal(2)
    })
  })
})
