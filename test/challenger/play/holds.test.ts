import { expect } from "chai"
import { ZeroHash, id as hashOf } from "ethers"
import { Governance__factory } from "../../../types/contracts/index.js"
import { DIRECT } from "../../../src/protocol/batch.ts"
import { OnusError, isOnusError } from "../../../src/protocol/errors.ts"
import { prepareBatch } from "../../../src/sdk/anchor.ts"
import { bundleOf } from "../../../src/sdk/bundle.ts"
import type { Court } from "../../faults/court.ts"
import { LIE, eachAlone, honestRun, lyingRun, openCourt } from "../../faults/dispute.ts"
import { Arena } from "./arena.ts"

describe("a case that others hold up", () => {
  let court: Court
  let arena: Arena
  let id: string
  let receipt: Awaited<ReturnType<Court["attest"]>>["receipt"]

  before(async () => (court = await openCourt()))
  eachAlone(() => court)
  afterEach(() => arena.close())
  beforeEach(async () => {
    const run = lyingRun()
    ;({ receipt } = await court.attest(run))
    id = await court.onus.receiptIdOf(receipt)
    const signed = { registry: court.registry, receipt, signature: "0x" }
    const served = { bundle: bundleOf(signed, run), step: LIE, element: 0, claimed: 1n, correct: 0n }
    const opinion = { verdict: "mismatch", proof: "shown", reason: "", served } as const
    arena = await new Arena(court, { run: honestRun(), opinion }).start()
    arena.book.add({ id, signed, isAttested: true, inclusion: DIRECT })
    await arena.book.accuse({
      accusation: "execution",
      receiptId: id,
      reason: "",
      deadline: 2 ** 40,
      notes: "{}",
    })
  })

  const stateOf = () => arena.book.about("execution", id).state
  const guardian = async () => {
    const [first] = await court.connection.ethers.getSigners()
    return Governance__factory.connect(await court.onus.governance(), first)
  }

  it("waits while disputes are stopped, sends nothing meanwhile, and is won afterwards", async () => {
    await arena.until(() => arena.kinds.includes("commit"))
    await (await guardian()).stopDisputes(3_600)
    await arena.ticks(10)
    expect(arena.kinds).deep.equal(["commit"])
    expect(arena.lines.some((line) => line.includes("DisputesStopped"))).equal(true)
    await arena.pass(4_000)
    await arena.until(() => stateOf() === "won")
    expect(arena.kinds).deep.equal(["commit", "commit", "convict"])
  })

  it("does not claim again and again what is held back", async () => {
    await arena.until(() => stateOf() === "won")
    await arena.pass(4 * 86_400)
    await (await guardian()).stopDisputes(3_600)
    const sent = () => court.connection.ethers.provider.getTransactionCount(arena.wallet.address)
    const before = await sent()
    await arena.ticks(10)
    expect(await sent()).equal(before)
    await arena.pass(4_000)
    await arena.until(() => stateOf() === "paid")
  })

  it("is lost, with an alert, when governance gives back what was taken", async () => {
    await arena.until(() => stateOf() === "won")
    await (await guardian()).returnPayout(id, receipt)
    await arena.pass(100)
    await arena.until(() => stateOf() === "lost")
    expect(arena.bell.standing.get("DisputeLost")?.message).contain("given back")
    expect(arena.kinds).deep.equal(["commit", "convict"])
  })

  it("concludes nothing from a node that does not have the head, or does not answer", async () => {
    await arena.until(() => arena.kinds.includes("commit"))
    const view = await arena.view()
    const latest = { ...view.head.latest, hash: ZeroHash, number: view.head.latest.number + 5 }
    const isThrown = await arena.play.player.tick({ ...view, head: { ...view.head, latest } }).then(
      () => false,
      () => true,
    )
    expect(isThrown || stateOf() === "open").equal(true)
    expect(stateOf()).equal("open")
    expect(arena.kinds).deep.equal(["commit"])
    await arena.pass(100)
    await arena.until(() => stateOf() === "won")
  })

  it("pays the consumer too, if it is to", async () => {
    await arena.close()
    const { book, machine } = arena
    arena = new Arena(court, machine, { policy: { paysConsumers: true } })
    for (const known of book.receipts.values()) arena.book.add(known)
    await arena.book.accuse({
      accusation: "execution",
      receiptId: id,
      reason: "",
      deadline: 2 ** 40,
      notes: "{}",
    })
    await arena.start()
    await arena.until(() => stateOf() === "won")
    await arena.pass(4 * 86_400)
    await arena.until(() => stateOf() === "paid")
    expect(arena.kinds).include.members(["reward", "restitution"])
    expect(await court.token.balanceOf(court.consumer)).equal(receipt.coverage)
  })

  it("waits until the receipt is anchored, and is given up when it never was", async () => {
    const [{ id: about, signed }] = arena.book.receipts.values()
    arena.book.receipts.clear()
    arena.book.add({ id: about, signed })
    await arena.ticks(3)
    expect(stateOf()).equal("open")
    await arena.pass(4_000)
    await arena.until(() => stateOf() === "dropped")
    expect(arena.submitted).deep.equal([])
  })

  it("is won all the same when a reorganisation takes the conviction away", async () => {
    await arena.until(() => arena.kinds.includes("commit"))
    const snapshot = await court.connection.networkHelpers.takeSnapshot()
    await arena.until(() => stateOf() === "won")
    await snapshot.restore()
    await arena.mine()
    const view = await arena.view()
    await arena.play.player.tick(view)
    expect((await court.onus.payout(id)).reward).equal(0n)
    await arena.pass(100)
    await arena.until(async () => (await court.onus.payout(id)).reward > 0n)
    await arena.until(() => stateOf() === "won")
    expect(arena.kinds.filter((kind) => kind === "convict").length).equal(1)
  })

  it("goes on when a node refuses to say something about one with less time left", async () => {
    const earlier = Array.from({ length: 8 }, (_, i) => ({ ...receipt, requestId: hashOf(`other ${i}`) }))
    for (const [i, one] of earlier.entries()) {
      const receiptId = await court.onus.receiptIdOf(one)
      arena.book.add({ id: receiptId, signed: { registry: court.registry, receipt: one, signature: "0x" } })
      const about = { accusation: "execution", receiptId, reason: "", deadline: i } as const
      await arena.book.accuse({ ...about, notes: "{}" })
    }
    const refused = await court.onus.receiptIdOf(earlier[0])
    const find = arena.book.find.bind(arena.book)
    arena.book.find = (one) =>
      one === refused ? Promise.reject(new OnusError("RpcTimeout", "It takes too long")) : find(one)
    for (let i = 0; i < 4; i++) {
      const failure = await arena.play.player.tick(await arena.view()).catch((error: unknown) => error)
      expect(isOnusError(failure, "RpcTimeout")).equal(true)
      await arena.transactions.tick((await arena.view()).head)
      await arena.mine()
    }
    expect(arena.kinds).deep.equal(["commit", "convict"])
  })

  it("is won by the place whose window is open, where the provider has put the receipt into another one, too", async () => {
    const { batch, inclusions } = prepareBatch({ registry: court.registry }, [receipt])
    const short = { ...batch, window: 600n }
    await court.onus.connect(court.providers[0]).anchor(short)
    const [known] = arena.book.receipts.values()
    arena.book.add({ ...known, isAttested: true, inclusion: { ...inclusions[0], batch: short } })
    await arena.pass(900)
    await arena.until(() => stateOf() === "won")
  })
})
