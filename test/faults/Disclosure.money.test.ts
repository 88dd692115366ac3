import { expect } from "chai"
import { type Signer, ZeroHash } from "ethers"
import { type Question, questionId } from "../../src/engine/audit/game/question.ts"
import { Solver } from "../../src/engine/audit/game/solve.ts"
import { DIRECT } from "../../src/protocol/batch.ts"
import { signReceipt } from "../../src/protocol/receipt.ts"
import { prepareBatch } from "../../src/sdk/anchor.ts"
import { convictEquivocation } from "../../src/sdk/convict.ts"
import { commitToEvidence, commitToQuestion, precede } from "../../src/sdk/game/commit.ts"
import { convictHidden, provenEvidence, withheldEvidence } from "../../src/sdk/game/convict.ts"
import { addKey } from "../../src/sdk/keys.ts"
import { Table } from "../game/table.ts"
import { expectError } from "../sdk/expect-error.ts"
import type { Court } from "./court.ts"
import {
  Dispute,
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

/** `test/helpers/Greedy.sol`. */
interface Greedy {
  arm(again: string): Promise<unknown>
  act(data: string, overrides: { value: bigint }): Promise<unknown>
  paid(): Promise<bigint>
  refused(): Promise<string>
}

describe("The money of a game", () => {
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

  const addressOf = (signer: Signer) => signer.getAddress()
  const clock = () => court.connection.networkHelpers.time
  const proof = async (table: Table) => {
    const move = solver.next(await table.read())
    if (move.kind !== "prove") throw new Error(`The move is ${move.kind}`)
    return move
  }
  /** The challenger has what it needs for a proof. */
  const reveal = async () => {
    for (const { question } of [TOP, chunkOf(LIE)]) await liar.reply(question)
  }

  describe("is settled", () => {
    it("back to the challenger when the receipt was convicted, answered or not", async () => {
      await liar.demand(TOP)
      await liar.demand(chunkOf(LIE))
      await liar.demand(chunkOf(0), court.strangers[0])
      await reveal()
      await expectError("GameOpen", () => liar.settle(TOP.question))
      await liar.prove(honestRun(), await proof(liar))
      for (const [move, to] of [
        [TOP, court.challenger],
        [chunkOf(LIE), court.challenger],
        [chunkOf(0), court.strangers[0]],
      ] as const)
        expect(await liar.settledTo(move.question, court.strangers[1])).to.equal(await addressOf(to))
    })

    it("to the provider when nothing was proven in time, whoever answered or copied its answer", async () => {
      const [provider] = court.providers
      await honest.demand(TOP)
      await honest.demand(chunkOf(LIE))
      await honest.reply(TOP.question)
      await honest.reply(chunkOf(LIE).question, court.challenger)
      await expectError("GameOpen", () => honest.settle(TOP.question))
      await honest.passEnd()
      const before = await court.connection.ethers.provider.getBalance(provider)
      expect(await honest.settledTo(TOP.question)).to.equal(await addressOf(provider))
      const first = await court.connection.ethers.provider.getBalance(provider)
      const { bond } = await honest.settle(chunkOf(LIE).question)
      expect((await court.connection.ethers.provider.getBalance(provider)) - first).to.equal(bond)
      expect(first).to.be.above(before)
    })

    it("row 20: back to the challenger when nobody answered and nobody convicted for that", async () => {
      await honest.demand(TOP)
      await honest.passEnd()
      expect(await honest.settledTo(TOP.question)).to.equal(await addressOf(court.challenger))
    })

    it("back to the challenger when another fault about the request ends the game", async () => {
      await honest.demand(TOP)
      await honest.reply(TOP.question)
      const { receipt } = honest.accused
      const [key] = court.providers
      await addKey(honest.as(key), await addressOf(key), 4_000_000_000n)
      // Valid from the next second on.
      await clock().increase(10n)
      const issuedAt = BigInt(await clock().latest())
      const [first, second] = await Promise.all(
        [1n, 2n].map((coverage) => signReceipt(court.registry, { ...receipt, coverage, issuedAt }, key)),
      )
      await convictEquivocation(honest.as(court.strangers[0]), first, second)
      expect(await honest.settledTo(TOP.question)).to.equal(await addressOf(court.challenger))
    })

    it("row 20: once, and only if it was left", async () => {
      await expectError("NothingToSettle", () => honest.settle(TOP.question))
      await honest.demand(TOP)
      await honest.reply(TOP.question)
      await honest.passEnd()
      await honest.settle(TOP.question)
      await expectError("NothingToSettle", () => honest.settle(TOP.question))
      expect((await honest.read()).asked[0].settled).to.equal(true)
    })

    it("row 20: not by way of another place of the receipt that is over sooner", async () => {
      const { receipt } = (await Dispute.open(court, lyingRun(), { requestId: `0x${"77".repeat(32)}` }))
        .accused
      const twice = { ...receipt, coverage: receipt.coverage - 1n }
      const onus = court.onus.connect(court.providers[0])
      const { batch, inclusions } = prepareBatch({ registry: court.registry }, [twice])
      const [short, long] = [600n, 86_400n].map((window) => {
        return { ...inclusions[0], batch: { ...batch, window } }
      })
      for (const place of [short, long]) await onus.anchor(place.batch)
      const table = new Table(court, PROGRAM, twice, long)
      await table.demand(TOP)
      await table.passTo(BigInt(await clock().latest()) + 700n, 200n)
      const elsewhere = new Table(court, PROGRAM, twice, short)
      expect((await court.onus.locate(twice, short)).open).to.equal(false)
      await expectError("GameOpen", () => elsewhere.settle(TOP.question, court.providers[0]))
      const { openUntil } = await court.judge.gameOf(await court.onus.receiptIdOf(twice))
      await clock().setNextBlockTimestamp(openUntil)
      await expectError("GameOpen", () => elsewhere.settle(TOP.question, court.providers[0]))
    })

    it("row 19, row 21: to a contract that calls back, once, and never more than its bond", async () => {
      const { judge } = court
      const { ethers } = court.connection
      const greedy = (await ethers.deployContract("Greedy", [await judge.getAddress()])) as unknown as Greedy
      const value = await judge.answerPrice()
      const { receipt, header } = honest.accused
      const ask = (space: number, height: number, index: number) =>
        judge.interface.encodeFunctionData("demandNode", [
          receipt,
          DIRECT,
          header,
          space,
          height,
          index,
          ZeroHash,
        ])
      await greedy.act(ask(TOP.question.space, TOP.question.height, 0), { value })
      await honest.demand(nodeAt(1, 0))
      await honest.reply(nodeAt(1, 0).question)
      const settle = judge.interface.encodeFunctionData("settle", [receipt, DIRECT, questionId(TOP.question)])
      await greedy.arm(settle)
      await honest.passEnd()
      await honest.settle(TOP.question)
      expect(await greedy.paid()).to.equal(value)
      expect(await greedy.refused()).to.equal(judge.interface.getError("NothingToSettle")!.selector)
      expect(await honest.settledTo(nodeAt(1, 0).question)).to.equal(await addressOf(court.providers[0]))
      expect(await ethers.provider.getBalance(judge)).to.equal(0n)
    })
  })

  it("row 1: takes as much for what is withheld as for what is proven", async () => {
    const taken = async (convict: () => Promise<unknown>) => {
      const snapshot = await court.connection.networkHelpers.takeSnapshot()
      const before = await court.money()
      await convict()
      const after = await court.money()
      const { reward, restitution } = await court.onus.payout(await liar.receiptId)
      await snapshot.restore()
      const changes = Object.keys(after).map((name) => [name, after[name] - before[name]])
      return { reward, restitution, changes: changes as unknown }
    }
    await liar.demand(TOP)
    await liar.demand(chunkOf(LIE))
    const proven = await taken(async () => {
      await reveal()
      await liar.prove(honestRun(), await proof(liar))
    })
    const withheld = await taken(async () => {
      await liar.passDue(TOP.question)
      await liar.convictWithheld(TOP.question)
    })
    expect(withheld).to.deep.equal(proven)
    expect(withheld.reward).to.be.above(0n)
  })

  describe("goes to who knew first", () => {
    const challengerOf = async () => (await court.onus.payout(await liar.receiptId)).challenger

    it("row 2: when a conviction is copied out of its transaction", async () => {
      const { challenger } = court
      const [copier] = court.strangers
      await liar.demand(TOP, court.strangers[1])
      await liar.demand(chunkOf(LIE), court.strangers[1])
      await reveal()
      const evidence = provenEvidence(honestRun(), await proof(liar))
      await commitToEvidence(liar.as(challenger), liar.accused, await addressOf(challenger), evidence)
      await expectError("AlreadyCommitted", async () =>
        commitToEvidence(liar.as(copier), liar.accused, await addressOf(challenger), evidence),
      )
      await convictHidden(liar.as(copier), liar.accused, evidence)
      expect(await challengerOf()).to.equal(await addressOf(copier))
      expect(await convictHidden(liar.as(challenger), liar.accused, evidence)).to.include({
        rewardMoved: true,
      })
      expect(await challengerOf()).to.equal(await addressOf(challenger))
      await expectError("AlreadyConvicted", () => convictHidden(liar.as(copier), liar.accused, evidence))
    })

    it("row 2: when the demand for the lie was made before", async () => {
      const [copier] = court.strangers
      await liar.demand(TOP)
      await liar.demand(chunkOf(LIE))
      await reveal()
      const evidence = provenEvidence(honestRun(), await proof(liar))
      await convictHidden(liar.as(copier), liar.accused, evidence)
      await convictHidden(liar.as(court.challenger), liar.accused, evidence)
      expect(await challengerOf()).to.equal(await addressOf(court.challenger))
    })

    for (const end of ["proven", "withheld"] as const) {
      it(`row 2: when a demand is copied out of its transaction, and the lie is ${end}`, async () => {
        const { challenger } = court
        const [copier] = court.strangers
        const { question } = chunkOf(LIE)
        await liar.demand(TOP)
        const us = liar.as(challenger)
        const { salt } = await commitToQuestion(us, liar.accused, await addressOf(challenger), question)
        await liar.demand(chunkOf(LIE), copier)
        await expectError("AlreadyDemanded", () => liar.demand(chunkOf(LIE), challenger, { salt }))
        await precede(us, liar.accused, question, salt)
        if (end === "proven") await reveal()
        else await liar.passDue(question)
        const evidence =
          end === "proven"
            ? provenEvidence(honestRun(), await proof(liar))
            : withheldEvidence(liar.accused, question)
        await convictHidden(liar.as(copier), liar.accused, evidence)
        await convictHidden(us, liar.accused, evidence)
        expect(await challengerOf()).to.equal(await addressOf(challenger))
        // The copier has left the bond; it is the copier's.
        expect(await liar.settledTo(question)).to.equal(await addressOf(copier))
      })
    }

    it("and counts a demand from its commitment on", async () => {
      const { challenger } = court
      const us = liar.as(challenger)
      const { salt, receipt } = await commitToQuestion(
        us,
        liar.accused,
        await addressOf(challenger),
        chunkOf(LIE).question,
      )
      const block = await court.connection.ethers.provider.getBlock(receipt.blockNumber)
      await clock().increase(100n)
      await liar.demand(chunkOf(LIE), challenger, { salt })
      expect((await liar.demandOf(chunkOf(LIE).question)).since).to.equal(BigInt(block!.timestamp))
    })

    it("and goes to the first of all who show that they knew", async () => {
      const [first, second, copier] = [court.challenger, ...court.strangers]
      const { question } = chunkOf(LIE)
      const id = await liar.receiptId
      const salts: string[] = []
      for (const one of [first, second]) {
        const { salt } = await commitToQuestion(liar.as(one), liar.accused, await addressOf(one), question)
        salts.push(salt)
        await clock().increase(10n)
      }
      await liar.demand(chunkOf(LIE), copier)
      const preceding = court.judge.connect(second).precede(id, questionId(question), salts[1])
      await expect(preceding).to.emit(court.judge, "Preceded")
      const { predecessor, precededSince, since } = await liar.demandOf(question)
      expect(predecessor).to.equal(await addressOf(second))
      expect(precededSince).to.be.below(since)
      await expectError("AlreadyDemanded", () => precede(liar.as(second), liar.accused, question, salts[1]))
      await precede(liar.as(first), liar.accused, question, salts[0])
      expect((await liar.demandOf(question)).precededSince).to.be.below(precededSince)
      await expectError("AlreadyDemanded", () => precede(liar.as(second), liar.accused, question, salts[1]))
    })

    it("and nobody comes before itself", async () => {
      const { question } = chunkOf(LIE)
      const us = liar.as(court.challenger)
      const self = await addressOf(court.challenger)
      const { salt } = await commitToQuestion(us, liar.accused, self, question)
      await liar.demand(chunkOf(LIE), court.challenger, { salt })
      await expectError("AlreadyDemanded", () => precede(us, liar.accused, question, salt))
    })

    it("until its turn is over, to the second", async () => {
      await liar.demand(TOP)
      await liar.passDue(TOP.question)
      const { due, since } = await liar.demandOf(TOP.question)
      const { turn } = await court.judge.clocks()
      await clock().setNextBlockTimestamp(due + turn)
      await liar.convictWithheld(TOP.question)
      expect((await court.onus.payout(await liar.receiptId)).since).to.equal(since)
    })

    it("but not to who comes too late, without a commitment, or with one to something else", async () => {
      const { challenger } = court
      const [other] = court.strangers
      const us = liar.as(challenger)
      const { question } = chunkOf(LIE)
      const self = await addressOf(challenger)
      const commit = (asked: Question) => commitToQuestion(us, liar.accused, self, asked)
      await expectError("NotDemanded", () => precede(us, liar.accused, question, ZeroHash))
      const { salt: wrong } = await commit(TOP.question)
      const { salt: old } = await commit(question)
      await clock().increase(15n * 60n + 1n)
      await liar.demand(chunkOf(LIE), other)
      const { salt: late } = await commit(question)
      for (const salt of [ZeroHash, wrong, old, late])
        await expectError("AlreadyDemanded", () => precede(us, liar.accused, question, salt))
    })

    it("row 3: but a demand that is long over counts for nothing", async () => {
      const [accomplice] = court.strangers
      const first = await Dispute.open(court, lyingRun(), { challengeWindow: 14n * 86_400n })
      // The liar asks itself for its own lie, early, to be the first who knew.
      await first.demand(chunkOf(LIE), accomplice)
      await first.reply(chunkOf(LIE).question)
      const { openUntil } = await first.game()
      await first.passTo(openUntil + 1n, 300n)
      await first.demand(TOP)
      await first.reply(TOP.question)
      const evidence = provenEvidence(honestRun(), await proof(first))
      await convictHidden(first.as(court.challenger), first.accused, evidence)
      await expectError("AlreadyConvicted", () =>
        convictHidden(first.as(accomplice), first.accused, evidence),
      )
    })
  })

  it("row 4: is nothing to who only joins: bonds go back to those who left them, the reward to one", async () => {
    const [a, b] = court.strangers
    await liar.demand(TOP, a)
    await liar.demand(chunkOf(LIE), b)
    await liar.demand(chunkOf(0))
    await reveal()
    await liar.prove(honestRun(), await proof(liar))
    const due = await court.onus.payout(await liar.receiptId)
    expect(due.challenger).to.equal(await addressOf(court.challenger))
    expect(await liar.settledTo(TOP.question)).to.equal(await addressOf(a))
    expect(await liar.settledTo(chunkOf(LIE).question)).to.equal(await addressOf(b))
  })

  it("row 5, row 8: is bounded by what is asked: each question costs its asker more than its answer costs", async () => {
    await honest.demand(TOP)
    const { gas } = await honest.reply(TOP.question)
    const { bond } = await honest.demandOf(TOP.question)
    const { baseFeePerGas } = (await court.connection.ethers.provider.getBlock("latest"))!
    expect(bond).to.be.above(4n * gas * (baseFeePerGas ?? 0n))
  })
})
