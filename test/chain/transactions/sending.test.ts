import { expect } from "chai"
import { Priority } from "../../../src/chain/transactions/transactions.ts"
import { expectError } from "../../sdk/expect-error.ts"
import { Stage } from "./stage.ts"

describe("openTransactions", () => {
  let stage: Stage
  before(async () => (stage = await Stage.open()))
  beforeEach(() => stage.reset())
  after(() => stage.close())

  it("sends an intent once and confirms it when its block is final", async () => {
    const { transactions, tick } = await stage.open()
    await transactions.submit(stage.mint("a", 5n))
    await tick()
    await stage.mine()
    await tick()
    expect(transactions.pending()[0]).to.include({ stage: "included", nonce: 0 })
    expect(await transactions.outcomeOf("a")).to.equal(undefined)
    const block = await stage.chain.getBlockNumber()
    await stage.mine(2)
    await tick()
    expect(await transactions.outcomeOf("a")).to.include({ state: "confirmed", block })
    expect(transactions.pending()).to.deep.equal([])
    expect(await stage.effects(5n)).to.equal(1)
  })

  it("does nothing for a key that it has already, on its way or finished", async () => {
    const { transactions } = await stage.open()
    await transactions.submit(stage.mint("a", 5n))
    await transactions.submit(stage.mint("a", 7n))
    await stage.finish(transactions, "a")
    await transactions.submit(stage.mint("a", 5n))
    await transactions.tick(await stage.head())
    expect(transactions.pending()).to.deep.equal([])
    expect(await stage.effects(5n)).to.equal(1)
    expect(await stage.effects(7n)).to.equal(0)
  })

  it("forgets what is finished, and only that", async () => {
    const { transactions } = await stage.open()
    await transactions.submit(stage.mint("a", 5n))
    await expectError("IntentUnfinished", () => transactions.forget("a"))
    await stage.finish(transactions, "a")
    await transactions.forget("a")
    expect(await transactions.outcomeOf("a")).to.equal(undefined)
    await transactions.submit(stage.mint("a", 5n))
    await stage.finish(transactions, "a")
    expect(await stage.effects(5n)).to.equal(2)
  })

  it("tells what became of an intent, after that is on the disk", async () => {
    const { transactions } = await stage.open()
    const told: string[] = []
    transactions.onOutcome(({ key }, { state }) => void told.push(`${key} ${state}`))
    transactions.onOutcome(() => {
      throw new Error("a listener that fails harms nobody")
    })
    await transactions.submit(stage.mint("a", 5n))
    await stage.finish(transactions, "a")
    expect(told).to.deep.equal(["a confirmed"])
  })

  it("starts by priority, then deadline, then age, and leaves places to answers", async () => {
    const { transactions, tick } = await stage.open({ policy: { inFlight: 4 } })
    const deadline = (await stage.head()).latest.timestamp + 100_000
    await transactions.submit(stage.mint("claim", 1n, { priority: Priority.Claim }))
    await transactions.submit(stage.mint("old", 2n))
    await transactions.submit(stage.mint("later", 3n, { deadline: deadline + 1 }))
    await transactions.submit(stage.mint("sooner", 4n, { deadline }))
    await tick()
    const order = () =>
      transactions
        .pending()
        .filter(({ nonce }) => nonce !== undefined)
        .sort((a, b) => a.nonce! - b.nonce!)
        .map(({ key }) => key)
    expect(order()).to.deep.equal(["sooner", "later"])
    for (let i = 0; i < 3; i++)
      await transactions.submit(stage.mint(`answer ${i}`, BigInt(5 + i), { priority: Priority.Defence }))
    await tick()
    expect(order()).to.deep.equal(["sooner", "later", "answer 0", "answer 1"])
    for (const key of ["answer 2", "old", "claim"]) await stage.finish(transactions, key)
    for (let amount = 1n; amount <= 7n; amount++) expect(await stage.effects(amount)).to.equal(1)
  })

  it("answers a flood of challenges in the order of their deadlines", async () => {
    const { transactions, tick } = await stage.open()
    const now = (await stage.head()).latest.timestamp
    const count = 30
    const at = (i: number) => (i * 7) % count
    for (let i = 0; i < count; i++)
      await transactions.submit(
        stage.mint(`${at(i)}`, BigInt(at(i) + 1), {
          priority: Priority.Defence,
          deadline: now + 1_000 + at(i),
        }),
      )
    const mined: string[] = []
    for (let block = 0; mined.length < count && block < 20; block++) {
      await tick()
      await stage.mine()
      const included = transactions.pending().filter(({ stage: at }) => at === "included")
      for (const { key } of included.sort((a, b) => a.nonce! - b.nonce!))
        if (!mined.includes(key)) mined.push(key)
    }
    expect(mined).to.deep.equal(Array.from({ length: count }, (_, i) => `${i}`))
    for (let i = 1; i <= count; i++) expect(await stage.effects(BigInt(i))).to.equal(1)
  })

  it("loses nothing that is submitted while it works", async () => {
    const { transactions } = await stage.open()
    const keys = Array.from({ length: 12 }, (_, i) => `${i}`)
    const head = await stage.head()
    const ticks = keys.map(() => transactions.tick(head))
    await Promise.all([
      ...ticks,
      ...keys.map((key) => transactions.submit(stage.mint(key, BigInt(key) + 1n))),
      ...keys.map((key) => transactions.submit(stage.mint(key, BigInt(key) + 1n))),
    ])
    for (const key of keys) await stage.finish(transactions, key, 30)
    for (const key of keys) expect(await stage.effects(BigInt(key) + 1n)).to.equal(1)
    expect(await stage.chain.getTransactionCount(stage.key.address)).to.equal(keys.length)
  })

  it("makes an intent more urgent that is submitted again with more urgency", async () => {
    const { transactions, database } = await stage.open()
    await transactions.submit(stage.mint("a", 5n, { priority: Priority.Claim }))
    await transactions.submit(stage.mint("a", 5n, { priority: Priority.Defence, deadline: 2_000_000_000 }))
    await transactions.submit(stage.mint("a", 5n, { deadline: 3_000_000_000 }))
    const urgent = { priority: Priority.Defence, deadline: 2_000_000_000 }
    expect(transactions.pending()[0]).to.include(urgent)
    const again = await stage.open({ database })
    expect(again.transactions.pending()[0]).to.include(urgent)
  })

  it("sends ether and pays for it", async () => {
    const { transactions } = await stage.open()
    const to = stage.recipient(9n)
    await transactions.submit({ ...stage.mint("a", 9n), to, data: "0x", value: 123n })
    expect(await stage.finish(transactions, "a")).to.include({ state: "confirmed" })
    expect(await stage.chain.getBalance(to)).to.equal(123n)
  })

  it("refuses to keep what could never be signed", async () => {
    const { transactions } = await stage.open()
    const good = stage.mint("a", 5n)
    for (const wrong of [
      { key: "" },
      { key: "x".repeat(201) },
      { kind: "fill" },
      { kind: "" },
      { to: "0x12" },
      { data: "0x123" },
      { data: `0x${"00".repeat(130_000)}` },
      { value: -1n },
      { value: 1n << 256n },
      { deadline: 1.5 },
      { priority: 3 as Priority },
    ])
      await expectError("IntentInvalid", () => transactions.submit({ ...good, ...wrong }))
    expect(transactions.pending()).to.deep.equal([])
  })

  it("is idle when what was sent is in a block and answers are given, whatever waits for cheap gas", async () => {
    const { transactions, tick } = await stage.open({
      policy: { caps: { defence: 500n, anchor: 1n, claim: 1n } },
    })
    await transactions.submit(stage.mint("waits", 5n))
    await tick()
    expect(transactions.pending()[0].stage).to.equal("waitingForGas")
    await transactions.idle()
    const other = await stage.open()
    await other.transactions.submit(stage.mint("answer", 6n, { priority: Priority.Defence }))
    let isIdle = false
    const idle = other.transactions.idle().then(() => (isIdle = true))
    await other.tick()
    expect(isIdle).to.equal(false)
    await stage.mine()
    await other.tick()
    await idle
    await other.transactions.close()
  })

  it("does nothing more when it was closed", async () => {
    const { transactions, tick } = await stage.open()
    await transactions.submit(stage.mint("a", 5n))
    await transactions.close()
    await tick()
    expect(transactions.pending()[0].stage).to.equal("queued")
  })
})
