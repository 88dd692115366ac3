import { expect } from "chai"
import type { Fault } from "../helpers/rpc-faults.ts"
import { ownTransactions } from "./stage/effects.ts"
import { eventually } from "./stage/eventually.ts"
import { long, selection } from "./stage/selection.ts"
import { CREDENTIALS } from "./stage/secrets.ts"
import { FINAL_DEPTH, Stage } from "./stage/stage.ts"
import { rootDemand } from "./stage/challenger.ts"

/** A lie, about which methods. */
type Lie = readonly [title: string, method: string, fault: Fault]

const LIES: readonly Lie[] = [
  ["429 with Retry-After", "*", { kind: "status", status: 429, retryAfter: 1 }],
  ["429 without a word", "*", { kind: "status", status: 429 }],
  ["500", "*", { kind: "status", status: 500 }],
  ["half of the JSON", "*", { kind: "truncate" }],
  ["a page for people", "*", { kind: "html" }],
  ["a broken connection", "*", { kind: "reset" }],
  ["no receipts", "eth_getTransactionReceipt", { kind: "result", result: null }],
  ["nonce zero", "eth_getTransactionCount", { kind: "result", result: "0x0" }],
  ["no gas price", "eth_feeHistory", { kind: "error", message: "method not found", code: -32601 }],
  ["an error for every estimate", "eth_estimateGas", { kind: "error", message: "internal error" }],
  ["that it took transactions which it drops", "eth_sendRawTransaction", { kind: "drop" }],
  ["that it knows every transaction", "eth_sendRawTransaction", { kind: "error", message: "already known" }],
  ["that every nonce is too low", "eth_sendRawTransaction", { kind: "error", message: "nonce too low" }],
  ["rubbish for a call", "eth_call", { kind: "result", result: "0x" }],
]
const FEW = LIES.filter(([title]) => title === "half of the JSON")

describe("Drill: an RPC that lies", () => {
  let stage: Stage

  beforeEach(async () => {
    stage = await Stage.open()
  })
  afterEach(() => stage.close())

  for (const [title, method, fault] of selection(LIES, FEW)) {
    it(`says ${title}: what is unknown stays unknown, nothing is done twice, nothing is lost`, async () => {
      const node = await stage.start()
      await stage.books.many(node, 2)
      const before = stage.proxy.calls.length
      stage.proxy.fault(method, fault)
      const wasHit = () =>
        stage.proxy.calls.slice(before).filter((call) => call.fault !== undefined).length >= 5
      await eventually("the lie was told five times", wasHit, { meanwhile: () => stage.chain.mine() })
      expect(await node.status("/healthz")).to.equal(200)
      stage.heal()
      await node.ready()
      await stage.books.many(node, 2)
      await stage.balance(node)
      await node.stop()
    })
  }

  it("empty logs: a challenge that was hidden is found and answered", async () => {
    const node = await stage.start()
    const [answer] = await stage.books.many(node, 1)
    await stage.balance(node)
    const standing = await stage.books.standing(node, answer.receiptId)
    // As a node does whose index of logs is behind its blocks.
    stage.proxy.fault("eth_getLogs", { kind: "result", result: [] })
    await stage.challenger.demand(standing, [rootDemand])
    const asked = stage.proxy.count("eth_getLogs")
    await eventually("logs are asked for", () => stage.proxy.count("eth_getLogs") > asked + 2, {
      meanwhile: () => stage.chain.mine(FINAL_DEPTH),
    })
    stage.heal()
    await eventually("the demand is answered", async () => (await stage.challenger.answered()) === 1, {
      meanwhile: () => stage.chain.mine(),
    })
    await stage.balance(node)
    await node.stop()
  })

  long("two RPCs at different heights: the head never goes back, no nonce is used twice", async () => {
    const behind = await stage.anotherProxy()
    behind.lag(3)
    const rpc = [stage.proxy, behind].map(({ url }) => `${url}/${CREDENTIALS}`)
    const node = await stage.start({ config: { chain: { rpc } } })
    for (let round = 0; round < 4; round++) {
      await stage.books.many(node, 2)
      const of = behind.calls.length
      stage.proxy.fault("*", { kind: "status", status: 503 })
      await eventually("the one that lags is asked", () => behind.calls.length > of + 5, {
        meanwhile: () => stage.chain.mine(),
      })
      stage.heal()
      await stage.chain.mine(2)
    }
    await node.ready()
    expect(node.said("ReorgTooDeep")).to.equal(false)
    await stage.balance(node)
    const { length } = await ownTransactions(stage.client)
    expect(length).to.be.above(0)
    await node.stop()
  })

  const hideFinal = () =>
    stage.proxy.answer("eth_getBlockByNumber", ([block, ...rest], forward) =>
      block === "finalized" || block === "safe"
        ? { error: { code: -32602, message: `invalid argument 0: unknown block tag ${block}` } }
        : forward([block, ...rest]),
    )

  long("has no finalized tag: depth decides instead, and the log says so", async () => {
    hideFinal()
    const node = await stage.start()
    expect(
      node.lines.some((line) => line.includes('"depth"')),
      node.tail(),
    ).to.equal(true)
    await stage.books.many(node, 2)
    await stage.balance(node)
    await node.stop()
  })

  long("has no finalized tag, and no depth is configured: refused with what to do", async () => {
    hideFinal()
    const node = await stage.launch({ config: { chain: { confirmations: 0 } } })
    await node.ends({ code: 2 })
    expect(node.tail()).to.contain("FinalityUnknown")
  })
})
