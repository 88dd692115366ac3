import { expect } from "chai"
import { chunkDemands, leafDemands, rootDemand } from "./stage/challenger.ts"
import { eventually } from "./stage/eventually.ts"
import { long } from "./stage/selection.ts"
import { Stage } from "./stage/stage.ts"

describe("Drill: a flood of challenges", () => {
  let stage: Stage

  beforeEach(async () => {
    stage = await Stage.open()
  })
  afterEach(() => stage.close())

  /** Everything that can be asked about receipts, while the provider sees nothing of it. */
  const flood = async (count: number, receipts: number) => {
    const node = await stage.start()
    await stage.books.many(node, receipts)
    await stage.balance(node)
    const standings = await Promise.all(
      stage.books.receipts.map(({ receiptId }) => stage.books.standing(node, receiptId)),
    )
    await stage.proxy.down()
    const demands = [rootDemand, ...leafDemands, ...chunkDemands()].slice(0, count)
    for (const standing of standings.reverse()) {
      await stage.challenger.demand(standing, demands)
      await stage.chain.pass(60, 10)
    }
    await stage.proxy.up()
    await eventually(
      "every demand is answered",
      async () => (await stage.challenger.answered()) === stage.challenger.asked.length,
      { meanwhile: () => stage.chain.mine() },
    )
    // Those that are due first were answered first, but for what is in flight at the same time.
    const dueFirst = stage.challenger.asked
      .slice(0, count)
      .map(({ questionId, receiptId }) => receiptId + questionId)
    const order = (await stage.challenger.answers()).map(
      ({ questionId, receiptId }) => receiptId + questionId,
    )
    const last = Math.max(...dueFirst.map((demand) => order.indexOf(demand)))
    expect(last, "the last answer about the receipt that was asked about first").to.be.below(count + 16)
    await stage.balance(node)
    await node.stop()
  }

  it("dozens of demands: the oldest deadline first, all of them answered", () => flood(10, 2))
  long("hundreds of demands: the oldest deadline first, all of them answered", () => flood(55, 5))
})
