import { expect } from "chai"
import { Refused } from "./stage/client.ts"
import { eventually } from "./stage/eventually.ts"
import { long } from "./stage/selection.ts"
import { Stage } from "./stage/stage.ts"
import { rootDemand } from "./stage/challenger.ts"

describe("Drill: the chain cannot be reached", () => {
  let stage: Stage

  beforeEach(async () => {
    stage = await Stage.open()
  })
  afterEach(() => stage.close())

  /** Nothing is answered as long as nobody knows what can be promised. */
  const expectRefusal = async (url: string) => {
    const refusal = await stage.books.infer({ url }).catch((error: unknown) => error)
    expect(refusal).to.be.instanceOf(Refused).with.property("status", 503)
    expect((refusal as Refused).retryAfter, "Retry-After").to.match(/^\d+$/)
  }

  it("RPC down: alive, not ready, no answers; and on when it is back", async () => {
    const node = await stage.start()
    await stage.books.many(node, 2)
    await stage.proxy.down()
    await node.unready(/rpc/i)
    expect(await node.status("/healthz")).to.equal(200)
    await expectRefusal(node.url)
    await stage.proxy.up()
    await node.ready()
    await stage.books.many(node, 2)
    await stage.balance(node)
    await node.stop()
  })

  long("RPC down for long: alive, not ready, and it resumes where it stopped", async () => {
    // More than are read again in any case, for logs that a node may have found late.
    await stage.chain.mine(700)
    const node = await stage.start()
    await stage.books.many(node, 2)
    await stage.balance(node)
    await stage.books.many(node, 2)
    const height = await stage.chain.height()
    await stage.proxy.down()
    await node.unready(/rpc/i)
    expect(await node.status("/healthz")).to.equal(200)
    await expectRefusal(node.url)

    const [anchored] = stage.books.receipts
    await stage.challenger.demand(await stage.books.standing(node, anchored.receiptId), [rootDemand])
    await stage.chain.pass(600, 150)
    const seen = stage.proxy.calls.length
    await stage.proxy.up()
    await node.ready()
    await eventually("the demand is answered", async () => (await stage.challenger.answered()) === 1, {
      meanwhile: () => stage.chain.mine(),
    })
    const from = stage.proxy.calls
      .slice(seen)
      .filter(({ method }) => method === "eth_getLogs")
      .map(({ params }) => Number((params[0] as { fromBlock: string }).fromBlock))
    expect(Math.min(...from), "the first block that was read anew").to.be.above(height - 600)
    await stage.books.many(node, 2)
    await stage.balance(node)
    await node.stop()
  })

  long("a call that hangs: it is given up, said, and made again", async () => {
    const node = await stage.start()
    await stage.books.many(node, 2)
    stage.proxy.fault("eth_getBlockByNumber", { kind: "hang" })
    await node.unready(/rpc|head/i)
    expect(await node.status("/healthz")).to.equal(200)
    stage.heal()
    await node.ready()
    await stage.balance(node)
    await node.stop()
  })

  for (const method of [
    "eth_getLogs",
    "eth_call",
    "eth_estimateGas",
    "eth_sendRawTransaction",
    "eth_getTransactionReceipt",
  ]) {
    long(`every ${method} hangs for a while: nothing is done twice, nothing is forgotten`, async () => {
      const node = await stage.start()
      await stage.books.many(node, 2)
      stage.proxy.fault(method, { kind: "hang" })
      const passed = stage.proxy.count(method)
      await eventually(
        "it is called again and again",
        () => stage.proxy.count(method) > passed + 2 || node.exit,
        { meanwhile: () => stage.chain.mine() },
      )
      expect(await node.status("/healthz")).to.equal(200)
      stage.heal()
      await node.ready()
      await stage.balance(node)
      await node.stop()
    })
  }

  long("the chain stalls: nothing is concluded, operators are told, and it goes on", async () => {
    const node = await stage.start({ config: { chain: { stalled_after: "2s" } } })
    stage.chain.stopTicking()
    await node.unready(/head|stall|chain/i)
    await expectRefusal(node.url)
    await stage.alerted("NoNewHeads")
    stage.chain.tick()
    await node.ready()
    await stage.books.many(node, 2)
    await stage.balance(node)
    await node.stop()
  })
})
