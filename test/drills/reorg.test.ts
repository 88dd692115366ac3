import { expect } from "chai"
import { toQuantity } from "ethers"
import { anchoredBatches, ownTransactions } from "./stage/effects.ts"
import { eventually } from "./stage/eventually.ts"
import { long } from "./stage/selection.ts"
import { FINAL_DEPTH, Stage } from "./stage/stage.ts"
import { rootDemand } from "./stage/challenger.ts"

describe("Drill: reorganisations", () => {
  let stage: Stage

  beforeEach(async () => {
    stage = await Stage.open()
  })
  afterEach(() => stage.close())

  /** Lets something of the node get into a block, and takes that block back. */
  const takeBack = async (submit: () => Promise<unknown>, blocks: number) => {
    const sent = stage.proxy.transactions.length
    stage.proxy.fault("eth_sendRawTransaction", { kind: "hold" })
    await submit()
    await eventually("it is sent", () => stage.proxy.transactions.length > sent)
    stage.chain.stopTicking()
    const branch = await stage.chain.branch()
    await stage.proxy.release()
    const height = await stage.chain.height()
    await eventually("the node has seen the block", () =>
      stage.proxy.calls
        .slice(-20)
        .some(({ params }) => params[0] === toQuantity(height) || params[0] === "latest"),
    )
    const transactions = (await ownTransactions(stage.client)).length
    expect(transactions).to.be.above(0)
    stage.proxy.fault("eth_sendRawTransaction", { kind: "hold" })
    const given = stage.proxy.transactions.length
    await branch.reorganise(blocks)
    expect(await ownTransactions(stage.client)).to.have.length.below(transactions)
    stage.chain.tick()
    await eventually("it is sent again", () => stage.proxy.transactions.length > given)
    await stage.proxy.release()
  }

  it("a shallow one takes our anchor back: it is anchored again, once", async () => {
    const node = await stage.start()
    await takeBack(() => stage.books.many(node, 3), 3)
    await stage.balance(node)
    expect(await anchoredBatches(stage.client)).to.have.length(1)
    await node.stop()
  })

  long("one after the other: each receipt is in one batch in the end", async () => {
    const node = await stage.start()
    for (let round = 0; round < 4; round++)
      await takeBack(() => stage.books.many(node, 2, { picture: round }), 1 + round)
    await stage.balance(node)
    await node.stop()
  })

  long("one that takes an answer to a challenge back: it is answered again", async () => {
    const node = await stage.start()
    const [answer] = await stage.books.many(node, 1)
    await stage.balance(node)
    const standing = await stage.books.standing(node, answer.receiptId)
    await takeBack(() => stage.challenger.demand(standing, [rootDemand]), 2)
    await eventually("the demand is answered again", async () => (await stage.challenger.answered()) === 1)
    await stage.balance(node)
    await node.stop()
  })

  it("one deeper than what counts as final: it stops with code 2, says so, and signs nothing more", async () => {
    const node = await stage.start()
    const branch = await stage.chain.branch()
    const from = await stage.chain.height()
    await stage.books.many(node, 1)
    await stage.balance(node)
    const height = await eventually("many blocks", async () => {
      const height = await stage.chain.height()
      return height > from + 3 * FINAL_DEPTH ? height : undefined
    })
    const calls = stage.proxy.calls.length
    await eventually("the node has seen them", () => stage.proxy.calls.length > calls + 10)
    stage.chain.stopTicking()
    await branch.reorganise(height - from + 20)
    await node.ends({ code: 2 })
    expect(node.said("ReorgTooDeep"), node.tail()).to.equal(true)
    await stage.alerted("ReorgTooDeep")
  })
})
