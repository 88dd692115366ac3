import { expect } from "chai"
import { Priority } from "../../../src/chain/transactions/transactions.ts"
import { foreign, Stage } from "./stage.ts"

describe("Transactions on a chain that changes its mind", () => {
  let stage: Stage
  before(async () => (stage = await Stage.open()))
  beforeEach(() => stage.reset())
  after(() => stage.close())

  const snapshot = () => stage.rpc("evm_snapshot") as Promise<string>
  const revertTo = (id: string) => stage.rpc("evm_revert", id)

  it("sends a transaction again that the node has dropped, the same bytes", async () => {
    const { transactions, tick } = await stage.open()
    await transactions.submit(stage.mint("a", 5n))
    await tick()
    const [{ hash }] = transactions.pending()
    await stage.rpc("hardhat_dropTransaction", hash)
    expect(await stage.pool()).to.deep.equal([])
    await stage.mine()
    await tick()
    expect((await stage.pool()).map((sent) => sent.hash)).to.deep.equal([hash])
    expect(await stage.finish(transactions, "a")).to.include({ state: "confirmed", hash })
  })

  it("fills a gap in the nonces with the stored bytes, the lowest first", async () => {
    const { transactions, tick } = await stage.open()
    for (const amount of [5n, 6n, 7n]) await transactions.submit(stage.mint(`${amount}`, amount))
    await tick()
    await stage.rpc("hardhat_dropTransaction", transactions.pending()[0].hash)
    await stage.mine()
    expect(await stage.effects(6n)).to.equal(0)
    await tick()
    for (const amount of [5n, 6n, 7n]) await stage.finish(transactions, `${amount}`)
    for (const amount of [5n, 6n, 7n]) expect(await stage.effects(amount)).to.equal(1)
  })

  it("goes back to pending when a reorganisation takes its block, and has one effect", async () => {
    const { transactions, tick } = await stage.open()
    const before = await snapshot()
    await transactions.submit(stage.mint("a", 5n))
    await tick()
    await stage.mine()
    await tick()
    const [{ hash, stage: at }] = transactions.pending()
    expect(at).to.equal("included")
    await revertTo(before)
    await stage.mine(2)
    await tick()
    expect(transactions.pending()[0]).to.include({ stage: "sent", hash, nonce: 0 })
    expect((await stage.pool()).map((sent) => sent.hash)).to.deep.equal([hash])
    expect(await stage.finish(transactions, "a")).to.include({ state: "confirmed", hash })
    expect(await stage.effects(5n)).to.equal(1)
  })

  it("does not confirm by height alone: the block must be one of the chain", async () => {
    const { transactions, tick } = await stage.open()
    const before = await snapshot()
    await transactions.submit(stage.mint("a", 5n))
    await tick()
    await stage.mine()
    await tick()
    await revertTo(before)
    await stage.mine(8)
    await tick()
    expect(await transactions.outcomeOf("a")).to.equal(undefined)
    const outcome = await stage.finish(transactions, "a")
    expect(outcome).to.include({ state: "confirmed" })
    expect(await stage.effects(5n)).to.equal(1)
  })

  it("takes another nonce when somebody else used its own, and says so", async () => {
    const { transactions, bell, tick } = await stage.open()
    await transactions.submit(stage.mint("a", 5n))
    await tick()
    await stage.rpc("hardhat_dropTransaction", transactions.pending()[0].hash)
    await stage.rpc("eth_sendRawTransaction", await foreign(stage, 0))
    await stage.mine()
    await tick()
    expect(transactions.pending()[0]).to.include({ nonce: 0 })
    expect(bell.standing.has("ForeignTransaction"), "nothing is final yet").to.equal(false)
    await stage.mine(2)
    await tick()
    expect(bell.standing.get("ForeignTransaction")?.details).to.include({ nonce: 0, key: "a" })
    expect(transactions.pending()[0]).to.include({ nonce: 1 })
    await stage.finish(transactions, "a")
    expect(await stage.effects(5n)).to.equal(1)
  })

  it("takes another nonce when a reorganisation gave its own to somebody else", async () => {
    const { transactions, bell, tick } = await stage.open()
    const before = await snapshot()
    await transactions.submit(stage.mint("a", 5n))
    await tick()
    await stage.mine()
    await tick()
    await revertTo(before)
    await stage.rpc("eth_sendRawTransaction", await foreign(stage, 0))
    await stage.mine()
    const outcome = await stage.finish(transactions, "a")
    expect(outcome).to.include({ state: "confirmed" })
    expect(bell.standing.has("ForeignTransaction")).to.equal(true)
    expect(await stage.effects(5n)).to.equal(1)
  })

  it("keeps its nonce when the block with the foreign transaction is reorganised away", async () => {
    const { transactions, bell, tick } = await stage.open()
    await transactions.submit(stage.mint("a", 5n))
    await tick()
    await stage.rpc("hardhat_dropTransaction", transactions.pending()[0].hash)
    const before = await snapshot()
    await stage.rpc("eth_sendRawTransaction", await foreign(stage, 0))
    await stage.mine()
    await tick()
    await revertTo(before)
    await stage.mine(3)
    expect(await stage.finish(transactions, "a")).to.include({ state: "confirmed" })
    expect(await stage.chain.getTransactionCount(stage.key.address)).to.equal(1)
    expect(bell.standing.has("ForeignTransaction")).to.equal(false)
    expect(await stage.effects(5n)).to.equal(1)
  })

  it("fills the gap that a foreign transaction leaves when its block is reorganised away", async () => {
    const { transactions, tick } = await stage.open()
    const before = await snapshot()
    await stage.rpc("eth_sendRawTransaction", await foreign(stage, 0))
    await stage.mine()
    await transactions.submit(stage.mint("a", 5n))
    await tick()
    expect(transactions.pending()[0].nonce).to.equal(1)
    await revertTo(before)
    const told: string[] = []
    transactions.onOutcome(({ key }) => void told.push(key))
    await stage.mine(2)
    expect(await stage.finish(transactions, "a")).to.include({ state: "confirmed" })
    expect(await stage.effects(5n)).to.equal(1)
    await tick()
    expect([transactions.pending(), told]).to.deep.equal([[], ["a"]])
  })

  it("asks whether it happened all the same before it uses another nonce", async () => {
    const { transactions, tick } = await stage.open()
    const asked: string[] = []
    transactions.checkDone("mint", ({ key }) => {
      asked.push(key)
      return Promise.resolve(true)
    })
    await transactions.submit(stage.mint("a", 5n))
    await tick()
    expect(asked).to.deep.equal([])
    await stage.rpc("hardhat_dropTransaction", transactions.pending()[0].hash)
    await stage.rpc("eth_sendRawTransaction", await foreign(stage, 0))
    await stage.mine()
    expect(await stage.finish(transactions, "a")).to.include({ state: "refused", code: "DoneElsewhere" })
    expect(asked).to.deep.equal(["a"])
    expect(await stage.effects(5n)).to.equal(0)
  })

  it("asks the same of what an older copy of its database has not sent yet", async () => {
    const url = stage.newDatabaseUrl()
    const first = await stage.openOn(url)
    await first.transactions.submit(stage.mint("a", 5n))
    await first.database.close()
    const copy = stage.copyDatabase(url)
    const second = await stage.openOn(url)
    await stage.finish(second.transactions, "a")
    const restored = await stage.openOn(copy)
    restored.transactions.checkDone("mint", async () => (await stage.effects(5n)) > 0)
    expect(await stage.finish(restored.transactions, "a")).to.include({
      state: "refused",
      code: "DoneElsewhere",
    })
    expect(await stage.effects(5n)).to.equal(1)
  })

  it("finds in an older copy of its database that what it sent was mined", async () => {
    const url = stage.newDatabaseUrl()
    const first = await stage.openOn(url)
    await first.transactions.submit(stage.mint("a", 5n))
    await first.tick()
    const [{ hash }] = first.transactions.pending()
    await first.database.close()
    const copy = stage.copyDatabase(url)
    const second = await stage.openOn(url)
    await second.transactions.submit(stage.mint("b", 6n))
    for (const key of ["a", "b"]) await stage.finish(second.transactions, key)
    const restored = await stage.openOn(copy)
    expect(await stage.finish(restored.transactions, "a")).to.include({ state: "confirmed", hash })
    await restored.transactions.submit(stage.mint("c", 7n))
    expect(await stage.finish(restored.transactions, "c")).to.include({ state: "confirmed" })
    for (const amount of [5n, 6n, 7n]) expect(await stage.effects(amount)).to.equal(1)
  })

  it("is content with the cheaper one of its transactions when that is mined", async () => {
    const { transactions, tick } = await stage.open({ policy: { raiseAfter: 1 } })
    await transactions.submit(stage.mint("a", 5n))
    await tick()
    const [cheap] = transactions.pending()
    const raw = await stage.rawOf(cheap.hash!)
    await stage.setBaseFee(10n * 10n ** 9n)
    await stage.mine()
    await tick()
    const [dear] = transactions.pending()
    expect(dear.attempts).to.equal(2)
    await stage.rpc("hardhat_dropTransaction", dear.hash)
    await stage.setBaseFee(10n ** 9n)
    await stage.rpc("eth_sendRawTransaction", raw)
    await stage.mine()
    expect(await stage.finish(transactions, "a")).to.include({ state: "confirmed", hash: cheap.hash })
    expect(await stage.effects(5n)).to.equal(1)
  })

  it("starts behind what somebody else has sent already", async () => {
    const { transactions } = await stage.open()
    await stage.rpc("eth_sendRawTransaction", await foreign(stage, 0))
    await stage.mine()
    await transactions.submit(stage.mint("a", 5n))
    await transactions.tick(await stage.head())
    expect(transactions.pending()[0].nonce).to.equal(1)
    await stage.finish(transactions, "a")
    expect(await stage.effects(5n)).to.equal(1)
  })

  it("outbids somebody else's transaction that waits under its nonce", async () => {
    const { transactions, tick } = await stage.open()
    await stage.rpc("eth_sendRawTransaction", await foreign(stage, 0))
    await transactions.submit(stage.mint("a", 5n))
    await tick()
    for (let i = 0; i < 4; i++) {
      await stage.mine()
      await tick()
    }
    await stage.finish(transactions, "a")
    expect(await stage.effects(5n)).to.equal(1)
  })

  it("says that a transaction failed in its block, and why", async () => {
    const { transactions, tick } = await stage.open()
    // Good when it is tried out; in its block, an earlier transaction has taken the tokens.
    await transactions.submit(stage.mint("fund", 1n, { data: mintTo(stage.key.address) }))
    await stage.finish(transactions, "fund")
    await transactions.submit(stage.overspend("first"))
    await transactions.submit(stage.overspend("second"))
    await tick()
    expect(await stage.finish(transactions, "first")).to.include({ state: "confirmed" })
    const outcome = await stage.finish(transactions, "second")
    expect(outcome.state).to.equal("reverted")
    expect(outcome).to.have.property("reason").that.is.a("string").with.length.above(10)
  })

  const mintTo = (to: string) => stage.token.interface.encodeFunctionData("mint", [to, 1n])

  it("watches what another key of the same database has signed, and sends new things with its own", async () => {
    const { transactions, tick, database } = await stage.open()
    await transactions.submit(stage.mint("a", 5n))
    await tick()
    const [{ hash }] = transactions.pending()
    await stage.rpc("hardhat_dropTransaction", hash)
    await transactions.close()
    const next = await stage.open({ database, key: stage.otherKey })
    await next.transactions.submit(stage.mint("b", 6n))
    expect(await stage.finish(next.transactions, "b")).to.include({ state: "confirmed" })
    expect(await stage.finish(next.transactions, "a")).to.include({ state: "confirmed", hash })
    for (const amount of [5n, 6n]) expect(await stage.effects(amount)).to.equal(1)
  })

  it("signs anew what another key has signed, when it is urgent and the chain takes it once only", async () => {
    const { transactions, tick, database } = await stage.open()
    for (const [key, amount] of [
      ["a", 5n],
      ["b", 6n],
      ["c", 7n],
    ] as const)
      await transactions.submit(stage.mint(key, amount, { priority: Priority.Defence, kind: key }))
    await tick()
    for (const { hash } of transactions.pending()) await stage.rpc("hardhat_dropTransaction", hash)
    await transactions.close()
    // The old account is empty: what it has signed gets into no block any more.
    await stage.setBalance(0n)
    const isDone = (amount: bigint) => async () => (await stage.effects(amount)) > 0
    const doneChecks = { a: isDone(5n), b: () => Promise.resolve(true) }
    const next = await stage.open({ database, key: stage.otherKey, doneChecks })
    expect(await stage.finish(next.transactions, "a", 20)).to.include({ state: "confirmed" })
    expect(await stage.finish(next.transactions, "b", 20)).to.include({ code: "DoneElsewhere" })
    expect(await next.transactions.outcomeOf("c")).to.equal(undefined)
    expect(await Promise.all([5n, 6n, 7n].map((amount) => stage.effects(amount)))).to.deep.equal([1, 0, 0])
  })
})
