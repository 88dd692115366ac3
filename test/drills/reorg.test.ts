import { expect } from "chai"
import { anchoredBatches } from "./stage/effects.ts"
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

  const anchored = (batches: number) =>
    eventually(`${batches} batches are anchored`, async () => (await anchoredBatches(stage.client)).length === batches)

  it("a shallow one takes our anchor back: it is anchored again, once", async () => {
    const node = await stage.start()
    await stage.chain.mine(10)
    const branch = await stage.chain.branch()
    await stage.books.many(node, 3)
    await anchored(1)
    await branch.reorganise(3)
    expect(await anchoredBatches(stage.client)).to.have.length(0)
    await stage.balance(node)
    expect(await anchoredBatches(stage.client)).to.have.length(1)
    await node.stop()
  })

  long("one after the other: each receipt is in one batch in the end", async () => {
    const node = await stage.start()
    await stage.chain.mine(10)
    for (let round = 0; round < 3; round++) {
      const branch = await stage.chain.branch()
      await stage.books.many(node, 2)
      await eventually("something is anchored", async () =>
        (await anchoredBatches(stage.client)).length > 0 ? true : undefined,
      )
      await branch.reorganise(2 + round)
    }
    await stage.balance(node)
    await node.stop()
  })

  long("one that takes an answer to a challenge back: it is answered again", async () => {
    const node = await stage.start()
    const [answer] = await stage.books.many(node, 1)
    await stage.balance(node)
    const standing = await stage.books.standing(node, answer.receiptId)
    await stage.challenger.demand(standing, [rootDemand])
    const branch = await stage.chain.branch()
    const isAnswered = async () => (await stage.challenger.answered()) === 1
    await eventually("the demand is answered", isAnswered)
    await branch.reorganise(2)
    expect(await isAnswered()).to.equal(false)
    await eventually("the demand is answered again", isAnswered, { meanwhile: () => stage.chain.mine() })
    await stage.chain.mine(FINAL_DEPTH + 2)
    await stage.balance(node)
    await node.stop()
  })

  it("one deeper than what counts as final: it stops with code 2, says so, and signs nothing more", async () => {
    const node = await stage.start()
    const branch = await stage.chain.branch()
    await stage.books.many(node, 1)
    await anchored(1)
    const mined = 3 * FINAL_DEPTH
    await stage.chain.mine(mined)
    const height = await stage.chain.height()
    await eventually("the node has seen it", () =>
      stage.proxy.calls.some(({ params }) => Number(params[0]) >= height - FINAL_DEPTH),
    )
    await stage.books.standing(node, stage.books.receipts[0].receiptId)
    await branch.reorganise(mined + 10)
    await node.ends({ code: 2 })
    expect(node.said("ReorgTooDeep"), node.tail()).to.equal(true)
    await stage.alerted("ReorgTooDeep")
  })
})
