import { expect } from "chai"
import { ZeroHash, formatEther } from "ethers"
import { notesOf } from "../../../src/challenger/play/notes.ts"
import { proofOf } from "../../../src/challenger/play/proof.ts"
import { type Answerer, answerer } from "../../../src/engine/audit/game/answer.ts"
import { Solver } from "../../../src/engine/audit/game/solve.ts"
import type { Execution } from "../../../src/engine/executor.ts"
import { commit } from "../../../src/engine/trace/commitment.ts"
import type { Inclusion } from "../../../src/protocol/batch.ts"
import type { Receipt } from "../../../src/protocol/receipt.ts"
import { bundleOf } from "../../../src/sdk/bundle.ts"
import type { DemandMove } from "../../../src/sdk/game/calls.ts"
import { account } from "../../cli/chain.ts"
import type { Court } from "../../faults/court.ts"
import { LIE, PROGRAM, eachAlone, honestRun, lyingRun, openCourt } from "../../faults/dispute.ts"
import { Table } from "../../game/table.ts"
import { Arena, type ArenaOptions } from "./arena.ts"

const HIDDEN = { verdict: "mismatch", proof: "hidden", reason: "another answer" } as const

class Killed extends Error {}

describe("a dispute about a wrong execution", () => {
  let court: Court
  const arenas: Arena[] = []

  let nonceBefore = 0

  before(async () => {
    court = await openCourt()
    nonceBefore = await court.connection.ethers.provider.getTransactionCount(court.challenger)
  })
  eachAlone(() => court)
  afterEach(async () => {
    for (const arena of arenas.splice(0)) await arena.close()
  })

  /** A receipt whose provider lied, a challenger that knows it, and the table between them. */
  async function accuse(run: Execution, options: ArenaOptions & { lazy?: boolean; isServed?: boolean } = {}) {
    const changes = options.lazy ? { traceCommitment: ZeroHash } : {}
    const { receipt, inclusion } = await court.anchor(run, changes)
    const arena = await challenger(receipt, inclusion, run, options)
    const table = new Table(court, PROGRAM, receipt, inclusion)
    return { arena, table, receipt, inclusion, id: await court.onus.receiptIdOf(receipt) }
  }

  async function challenger(
    receipt: Receipt,
    inclusion: Inclusion,
    run: Execution,
    { isServed, ...options }: ArenaOptions & { isServed?: boolean } = {},
  ) {
    const signed = { registry: court.registry, receipt, signature: "0x" }
    const served = { bundle: bundleOf(signed, run), step: LIE, element: 0, claimed: 1n, correct: 0n }
    const opinion = isServed ? ({ ...HIDDEN, proof: "shown", served } as const) : HIDDEN
    const arena = await new Arena(court, { run: honestRun(), opinion }, options).start()
    arenas.push(arena)
    const id = await court.onus.receiptIdOf(receipt)
    arena.book.add({ id, signed, inclusion })
    await arena.book.accuse({
      accusation: "execution",
      receiptId: id,
      reason: "",
      deadline: 2 ** 40,
      notes: "{}",
    })
    return arena
  }

  /** Lets the provider answer what it is asked. */
  async function answerAll(table: Table, run: Execution, answers: Answerer = answerer(run)) {
    const { asked } = await table.read()
    for (const { question, shown } of asked)
      if (!shown) await table.answer(question, answers, commit(run).traceRoot)
  }

  const stateOf = (arena: Arena, id: string) => arena.book.about("execution", id).state
  const ended = (arena: Arena, id: string) => () => !/open|won/.test(stateOf(arena, id))

  it("is won with a served trace by a commitment and one conviction, and paid after the escrow", async () => {
    const { arena, id } = await accuse(lyingRun(), { isServed: true })
    await arena.until(() => stateOf(arena, id) === "won")
    expect(arena.kinds).deep.equal(["commit", "convict"])
    const { reward, maturesAt } = await court.onus.payout(id)
    await arena.ticks(2)
    expect(await arena.play.player.sums()).deep.include({ rewards: { won: reward, claimable: 0n } })
    await arena.pass(Number(maturesAt))
    const before = await court.token.balanceOf(arena.wallet.address)
    await arena.until(ended(arena, id))
    expect(stateOf(arena, id)).equal("paid")
    expect((await court.token.balanceOf(arena.wallet.address)) - before).equal(reward)
    expect(arena.kinds).deep.equal(["commit", "convict", "reward"])
  })

  it("is won by asking for a hidden trace, with every bond back", async () => {
    const run = lyingRun()
    const { arena, table, id } = await accuse(run)
    await arena.until(
      () => stateOf(arena, id) === "won",
      60,
      () => answerAll(table, run),
    )
    expect(arena.kinds.filter((kind) => kind === "demand").length).equal(2)
    expect(arena.kinds.filter((kind) => kind === "convict").length).equal(1)
    // What was expected of it is what it brought.
    const { approved } = notesOf(arena.book.about("execution", id))
    expect(approved).include({
      way: "hidden",
      reward: `${formatEther((await court.onus.payout(id)).reward)} DEMO`,
    })
    await arena.until(() => arena.kinds.filter((kind) => kind === "settle").length === 2)
    await arena.pass(4 * 86_400)
    await arena.until(ended(arena, id))
    expect(stateOf(arena, id)).equal("paid")
    const { left, back, lost } = await arena.play.bonds.sums()
    expect([left, lost]).deep.equal([0n, 0n])
    expect(back > 0n).equal(true)
    expect(arena.runs, "a run for the inputs, one for each answer").at.most(6)
  })

  it("is won against a provider without a trace commitment, which posts its root when it is asked", async () => {
    const run = lyingRun(PROGRAM.steps.length - 1)
    const { arena, table, id } = await accuse(run, { lazy: true })
    await arena.until(
      () => stateOf(arena, id) === "won",
      60,
      () => answerAll(table, run),
    )
  })

  it("is won when nothing is answered, by the silence", async () => {
    const { arena, id } = await accuse(lyingRun())
    await arena.until(() => arena.kinds.includes("demand"))
    await arena.ticks(3)
    expect(arena.kinds).deep.equal(["commit", "demand"])
    await arena.pass(86_400 + 600)
    await arena.until(() => stateOf(arena, id) === "won")
    expect(arena.kinds.filter((kind) => kind !== "settle")).deep.equal(["commit", "demand", "convict"])
  })

  it("is given up before anything is spent if nothing differs, and lost with an alert if it was", async () => {
    const run = honestRun()
    const first = await accuse(run)
    await first.arena.until(ended(first.arena, first.id))
    expect(stateOf(first.arena, first.id)).equal("dropped")
    expect(first.arena.submitted).deep.equal([])
    // The root differs where no step writes: nobody can be convicted for that.
    const { arena, id } = await accuse(lyingRun())
    await arena.until(() => arena.kinds.includes("demand"))
    arena.machine.run = lyingRun()
    await arena.ticks(2)
    await arena.start()
    await arena.until(
      () => arena.bell.standing.has("DisputeLost"),
      20,
      () => arena.pass(2 * 86_400),
    )
    expect(stateOf(arena, id)).equal("lost")
  })

  it("is left alone if it is not worth it, with the numbers", async () => {
    const { arena, id } = await accuse(lyingRun(), { isServed: true, policy: { minReward: 10n ** 30n } })
    await arena.until(ended(arena, id))
    expect(stateOf(arena, id)).equal("dropped")
    expect(arena.book.about("execution", id).reason).contain("The reward would be")
    expect(arena.submitted).deep.equal([])
  })

  it("is only told, and nothing is sent or written, in a dry run", async () => {
    const { arena, id } = await accuse(lyingRun(), { isDry: true })
    await arena.ticks(4)
    expect(arena.submitted).deep.equal([])
    expect(stateOf(arena, id)).equal("open")
    const told = arena.lines.filter((line) => line.includes("Would be sent"))
    expect(told.length).equal(1)
    expect(arena.lines.some((line) => line.includes("The case is worth its while"))).equal(true)
  })

  it("waits for the budget, and says so", async () => {
    const { arena } = await accuse(lyingRun(), { policy: { mostBonds: 1n } })
    await arena.until(() => arena.bell.standing.has("BondBudgetReached"))
    await arena.ticks(2)
    expect(arena.kinds).deep.equal([])
  })

  it("joins a dispute: what somebody else asked is not asked again, and nothing is left for it", async () => {
    const run = lyingRun()
    const { arena, table, id } = await accuse(run)
    const other = court.strangers[0]
    await table.demand(await firstMove(table), other)
    await answerAll(table, run)
    await arena.until(
      () => stateOf(arena, id) === "won",
      60,
      () => answerAll(table, run),
    )
    expect(arena.kinds.filter((kind) => kind === "demand").length).equal(1)
  })

  it("shows that it knew first when its demand is copied", async () => {
    const run = lyingRun()
    const { arena, table, id } = await accuse(run)
    await arena.until(() => arena.kinds.includes("commit"))
    // Somebody reads the demand in the pool and is faster.
    await arena.mine()
    await table.demand(await firstMove(table), court.strangers[0])
    await arena.until(() => arena.kinds.includes("precede"))
    await arena.ticks(2)
    const { asked } = await table.read()
    const { predecessor } = await table.demandOf(asked[0].question)
    expect(predecessor.toLowerCase()).equal(arena.me)
    expect(arena.kinds).deep.equal(["commit", "precede"])
    expect((await arena.play.bonds.ofCase(`execution:${id}`)).length).equal(0)
  })

  it("takes the reward over from who copied the conviction", async () => {
    const run = lyingRun()
    const { arena, id, receipt, inclusion } = await accuse(run, { isServed: true })
    await arena.until(() => arena.kinds.includes("commit"))
    await arena.mine()
    const thief = court.strangers[1]
    const proof = (await arena.play.files.find(`execution:${id}`, "proof"))!
    const { evidence } = JSON.parse(Buffer.from(proof).toString()) as { evidence: string }
    await court.onus.connect(thief).convict(1, receipt, inclusion, evidence)
    expect((await court.onus.payout(id)).challenger).equal(await thief.getAddress())
    await arena.until(() => stateOf(arena, id) === "won")
    expect((await court.onus.payout(id)).challenger.toLowerCase()).equal(arena.me)
  })

  it("gives way to who knew earlier, at no cost", async () => {
    const run = lyingRun()
    const { arena, id, receipt, inclusion } = await accuse(run, { isServed: true })
    const { evidence } = proofOf(run, commit(run), LIE, 0)
    await court.onus.connect(court.strangers[2]).convict(1, receipt, inclusion, evidence)
    await arena.until(ended(arena, id))
    expect(stateOf(arena, id)).equal("dropped")
    expect(arena.submitted).deep.equal([])
    expect(arena.bell.standing.has("DisputeLost")).equal(false)
  })

  it("commits anew when a commitment has run out before the evidence was shown", async () => {
    const { arena, id } = await accuse(lyingRun(), { isServed: true })
    await arena.until(() => arena.kinds.includes("commit"))
    await arena.pass(1_000)
    await arena.until(() => stateOf(arena, id) === "won")
    expect(arena.kinds).deep.equal(["commit", "commit", "convict"])
  })

  it("goes on after a kill before and after each step as if nothing had happened, and leaves no bond twice", async () => {
    const run = lyingRun()
    const { arena, table, id } = await accuse(run)
    const crashed = new Set<string>()
    arena.crash = (when, { key }) => {
      if (crashed.has(`${when} ${key}`)) return
      crashed.add(`${when} ${key}`)
      throw new Killed()
    }
    const live = async () => {
      const before = crashed.size
      await arena.tick()
      if (crashed.size > before) await arena.start()
      await answerAll(table, run)
    }
    while (stateOf(arena, id) !== "won") await live()
    await arena.pass(4 * 86_400)
    while (!ended(arena, id)()) await live()
    expect(stateOf(arena, id)).equal("paid")
    const { keys, values } = sentBy(arena)
    expect(new Set(keys).size).equal(keys.length)
    expect(crashed.size).equal(2 * keys.length)
    expect(values.length, "one bond for each question").equal(2)
    const { left, back, lost } = await arena.play.bonds.sums()
    expect([left, back, lost]).deep.equal([0n, values.reduce((sum, value) => sum + value, 0n), 0n])
    const nonce = await court.connection.ethers.provider.getTransactionCount(arena.wallet.address)
    expect(nonce - nonceBefore, "one transaction for each step").equal(keys.length)
  })

  const sentBy = ({ submitted }: Arena) => ({
    keys: submitted.map(({ key }) => key),
    values: submitted.flatMap(({ value }) => (value > 0n ? [value] : [])),
  })

  it("is won by one of two that find the same lie: the other spends gas and no bond", async () => {
    for (const isServed of [true, false]) {
      const run = lyingRun()
      const { arena, table, id, receipt, inclusion } = await accuse(run, { isServed })
      const rival = await challenger(receipt, inclusion, run, { isServed, wallet: account(7) })
      const both = [rival, arena]
      for (let i = 0; i < 40 && both.some((one) => stateOf(one, id) === "open"); i++) {
        for (const one of both) await one.tick()
        await answerAll(table, run)
        // Who is not first waits until the other had time enough.
        if (i % 10 === 9) await arena.pass(20_000)
      }
      await arena.pass(4 * 86_400)
      for (let i = 0; i < 20 && both.some((one) => !ended(one, id)()); i++)
        for (const one of both) await one.tick()
      expect(both.map((one) => stateOf(one, id)).sort()).deep.equal(["dropped", "paid"])
      for (const one of both) {
        const { left, lost } = await one.play.bonds.sums()
        expect([left, lost]).deep.equal([0n, 0n])
      }
      expect(both.flatMap(({ kinds }) => kinds).filter((kind) => kind === "demand").length).equal(
        isServed ? 0 : 2,
      )
    }
  })

  it("takes its bonds back also after its database was lost", async () => {
    const { arena, table, id, receipt, inclusion } = await accuse(lyingRun())
    await arena.until(() => arena.kinds.includes("demand"))
    await arena.ticks(2)
    expect((await table.read()).asked.length).equal(1)
    const again = await challenger(receipt, inclusion, lyingRun())
    await again.ticks(2)
    expect(again.submitted).deep.equal([])
    await again.pass(86_400 + 600)
    await again.until(() => again.kinds.includes("settle"))
    expect(again.kinds).deep.equal(["convict", "settle"])
    expect(stateOf(again, id)).equal("won")
  })

  /** What any challenger asks first. */
  async function firstMove(table: Table): Promise<DemandMove> {
    return new Solver(honestRun()).next(await table.read()) as DemandMove
  }
})
