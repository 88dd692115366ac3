import { expect } from "chai"
import { classify } from "../../../src/chain/transactions/node-errors.ts"
import { Nonces } from "../../../src/chain/transactions/nonces.ts"
import type { Database } from "../../../src/store/database.ts"
import { Stage } from "./stage.ts"
import { expectError } from "../../sdk/expect-error.ts"

describe("Nodes, signers and databases that fail", () => {
  let stage: Stage
  before(async () => (stage = await Stage.open()))
  beforeEach(() => stage.reset())
  after(() => stage.close())

  it("are no reason to conclude anything: each method may fail, and the effect is one", async () => {
    for (const [i, method] of [
      "eth_getTransactionCount",
      "eth_getTransactionReceipt",
      "eth_getBalance",
      "eth_feeHistory",
      "eth_estimateGas",
      "eth_sendRawTransaction",
      "eth_getBlockByNumber",
    ].entries()) {
      const amount = 10n + BigInt(i)
      const faults = new Map([[method, new Error("connection reset")]])
      const { transactions, tick } = await stage.open({ chain: stage.failing(faults) })
      await transactions.submit(stage.mint("a", amount))
      await tick()
      await stage.mine()
      await tick()
      expect(await transactions.outcomeOf("a"), method).to.equal(undefined)
      faults.clear()
      expect(await stage.finish(transactions, "a"), method).to.include({ state: "confirmed" })
      expect(await stage.effects(amount), method).to.equal(1)
    }
  })

  it("may say of a transaction what they like: the chain decides", async () => {
    for (const [i, words] of [
      "already known",
      "nonce too low",
      "replacement transaction underpriced",
      "insufficient funds for gas * price + value",
      "transaction underpriced",
      "<html>502</html>",
    ].entries()) {
      const amount = 20n + BigInt(i)
      const faults = new Map([["eth_sendRawTransaction", new Error(words)]])
      // The node takes it and says that it does not.
      const { transactions, tick } = await stage.open({ chain: stage.failing(faults, () => true) })
      await transactions.submit(stage.mint("a", amount))
      await tick()
      await stage.mine()
      expect(await stage.finish(transactions, "a"), words).to.include({ state: "confirmed" })
      expect(await stage.effects(amount), words).to.equal(1)
    }
  })

  it("may lag: nonces that were final are not used again", async () => {
    const answers: Record<string, unknown> = {}
    const { transactions, tick } = await stage.open({ chain: stage.answering(answers) })
    await transactions.submit(stage.mint("a", 5n))
    await stage.finish(transactions, "a")
    answers.eth_getTransactionCount = "0x0"
    await transactions.submit(stage.mint("b", 6n))
    await tick()
    expect(transactions.pending()[0].stage).to.equal("waitingForNonce")
    delete answers.eth_getTransactionCount
    await stage.finish(transactions, "b")
    expect(await stage.effects(6n)).to.equal(1)
  })

  it("may hide receipts: what is counted and has none waits until that is final", async () => {
    const answers: Record<string, unknown> = {}
    const { transactions, bell, tick } = await stage.open({ chain: stage.answering(answers) })
    await transactions.submit(stage.mint("a", 5n))
    await tick()
    answers.eth_getTransactionReceipt = null
    await stage.mine()
    await tick()
    await stage.mine()
    await tick()
    expect(transactions.pending()[0]).to.include({ nonce: 0 })
    delete answers.eth_getTransactionReceipt
    expect(await stage.finish(transactions, "a")).to.include({ state: "confirmed" })
    expect(bell.standing.has("ForeignTransaction")).to.equal(false)
    expect(await stage.effects(5n)).to.equal(1)
  })

  it("may know no fee history", async () => {
    const faults = new Map([["eth_feeHistory", new Error("the method does not exist")]])
    const { transactions } = await stage.open({ chain: stage.failing(faults) })
    await transactions.submit(stage.mint("a", 5n))
    expect(await stage.finish(transactions, "a")).to.include({ state: "confirmed" })
  })

  it("may name absurd prices: nothing is sent for them", async () => {
    for (const base of ["0x1" + "0".repeat(60), "banana", null]) {
      const chain = stage.answering({
        eth_feeHistory: { baseFeePerGas: [base], reward: [["0x1"]] },
        eth_maxPriorityFeePerGas: "0xffffffffffffffffffff",
      })
      const { transactions, tick } = await stage.open({ chain })
      await transactions.submit(stage.mint("a", 5n))
      await tick()
      expect(transactions.pending()[0].fee ?? 0n).to.satisfy((fee: bigint) => fee <= 50n * 10n ** 9n)
    }
  })

  it("are told of when it is the signer, and nothing is sent that it signed with another key", async () => {
    let broken: "unavailable" | "other" | undefined = "unavailable"
    const key = {
      address: stage.key.address,
      sign: (preimage: Uint8Array) => {
        if (broken === "unavailable") return Promise.reject(new Error("no answer"))
        return (broken === "other" ? stage.otherKey : stage.key).sign(preimage)
      },
    }
    const { transactions, bell, tick } = await stage.open({ key })
    await transactions.submit(stage.mint("a", 5n))
    for (broken of ["unavailable", "other"] as const) {
      await tick()
      expect(bell.standing.has("SignerUnavailable"), broken).to.equal(true)
      expect(transactions.pending()[0]).to.include({ stage: "queued", attempts: 0 })
      bell.standing.clear()
    }
    broken = undefined
    expect(await stage.finish(transactions, "a")).to.include({ state: "confirmed" })
  })

  it("leave nothing unsaid when it is the database: everything is read anew", async () => {
    const inner = await stage.openDatabase()
    let mode: "fail" | "lie" | undefined
    const database: Database = {
      transact: async (statements) => {
        if (mode === "fail") throw new Error("disk full")
        const rows = await inner.transact(statements)
        // It was written, and that is not known here.
        if (mode === "lie") throw new Error("connection lost")
        return rows
      },
      query: (sql, ...values) => inner.query(sql, ...values),
      lock: (...names) => inner.lock(...names),
      close: () => inner.close(),
    }
    const { transactions } = await stage.open({ database })
    const told: string[] = []
    transactions.onOutcome(({ key }, { state }) => void told.push(`${key} ${state}`))
    await transactions.submit(stage.mint("a", 5n))
    await transactions.tick(await stage.head())
    await transactions.submit(stage.mint("b", 6n))
    for (mode of ["fail", "lie"] as const) {
      const head = await stage.head()
      await transactions.tick(head).then(
        () => expect.fail("the database's error is told"),
        () => undefined,
      )
      await stage.mine()
    }
    mode = "lie"
    for (let i = 0; i < 4; i++) {
      await stage.mine()
      await transactions.tick(await stage.head()).catch(() => undefined)
    }
    mode = undefined
    for (const key of ["a", "b"]) await stage.finish(transactions, key)
    expect(told.sort()).to.deep.equal(["a confirmed", "b confirmed"])
    for (const amount of [5n, 6n]) expect(await stage.effects(amount)).to.equal(1)
  })

  it("do not make a program send on one chain what it signed for another", async () => {
    const { transactions, tick, database } = await stage.open()
    await transactions.submit(stage.mint("a", 5n))
    await tick()
    const chain = Object.assign(Object.create(stage.chain) as typeof stage.chain, {
      getNetwork: () => Promise.resolve({ chainId: 1n }),
    })
    await expectError("ChainMismatch", () => stage.open({ database, chain }))
  })
})

describe("classify", () => {
  it("knows what nodes and libraries say", () => {
    const said = (message: string) => classify({ error: { info: { error: { message } } } })
    expect(said("already known")).to.equal("known")
    expect(said("Known transaction: 0x12")).to.equal("known")
    expect(said("nonce too low: next nonce 5, tx nonce 4")).to.equal("nonce-too-low")
    expect(said("replacement transaction underpriced")).to.equal("underpriced")
    expect(said("transaction underpriced: tip needed 1")).to.equal("too-cheap")
    expect(said("max fee per gas less than block base fee")).to.equal("too-cheap")
    expect(said("insufficient funds for gas * price + value")).to.equal("funds")
    expect(said("server busy")).to.equal("other")
    for (const strange of [undefined, null, 7, "", {}, { message: {} }])
      expect(classify(strange)).to.equal("other")
  })

  it("does not get lost in what contains itself, or is huge", () => {
    const loop: Record<string, unknown> = { message: "x".repeat(10_000_000) }
    loop.error = loop
    expect(classify(loop)).to.equal("other")
  })
})

describe("Nonces", () => {
  it("are the lowest that is free", () => {
    const nonces = new Nonces(0)
    expect(nonces.next(3, new Set(), 1)).to.equal(3)
    expect(nonces.next(3, new Set([3, 4, 6]), 1)).to.equal(5)
  })

  it("are not used again because a node lags, but when the chain insists", () => {
    const nonces = new Nonces(0)
    nonces.used(7)
    expect(nonces.next(5, new Set(), 100)).to.equal(undefined)
    expect(nonces.next(5, new Set(), 115)).to.equal(undefined)
    expect(nonces.next(8, new Set(), 115)).to.equal(8)
    expect(nonces.behindSince).to.equal(undefined)
    expect(nonces.next(5, new Set(), 200)).to.equal(undefined)
    expect(nonces.next(5, new Set(), 216)).to.equal(5)
  })
})
