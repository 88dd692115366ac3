import { expect } from "chai"
import { rootDemand } from "./stage/challenger.ts"
import type { Answered } from "./stage/client.ts"
import { anchoredBatches, ownTransactions } from "./stage/effects.ts"
import { eventually } from "./stage/eventually.ts"
import { sendingKey } from "./stage/roles.ts"
import { long } from "./stage/selection.ts"
import { Stage } from "./stage/stage.ts"

const GWEI = 10n ** 9n
/** Seconds after which a receipt was to be anchored: see `configText`. */
const ANCHOR_WITHIN = 1800

describe("Drill: a claim that a receipt was not anchored", () => {
  let stage: Stage

  beforeEach(async () => {
    stage = await Stage.open()
  })
  afterEach(() => stage.close())

  const expectAnswer = async (claimed: Answered, meanwhile = () => stage.chain.mine()) =>
    eventually("the claim is answered", () => stage.challenger.claimAnswered(claimed), { meanwhile })

  it("is answered with its inclusion while the node runs, before anything else", async () => {
    const node = await stage.start()
    const [claimed] = await stage.books.many(node, 2)
    await stage.balance(node)
    await stage.chain.pass(ANCHOR_WITHIN + 1)
    const sent = (await ownTransactions(stage.client)).length
    const anchored = (await anchoredBatches(stage.client)).length

    // Gas is too dear for anchors, so that all of this is waiting when the claim comes.
    const mineDear = async () => {
      await stage.chain.baseFee(250n * GWEI)
      await stage.chain.mine()
    }
    stage.chain.stopTicking()
    await mineDear()
    await stage.chain.automine(false)
    stage.chain.tick(200, mineDear)
    await stage.books.many(node, 3, { picture: 50 })
    await stage.challenger.claim(claimed)
    await expectAnswer(claimed, async () => {})
    expect(await anchoredBatches(stage.client), "batches that were anchored before").to.have.length(anchored)
    stage.chain.tick()
    await stage.chain.automine(true)
    await stage.balance(node)

    const judge = await (await stage.client.omission()).getAddress()
    const after = (await ownTransactions(stage.client)).slice(sent)
    expect(after.map(({ to }) => to === judge)).to.deep.equal([true, false])
    await node.stop()
  })

  it("is answered when it was made while the node was dead", async () => {
    const node = await stage.start()
    const [claimed, asked] = await stage.books.many(node, 2, { window: 7200 })
    await stage.balance(node)
    const standing = await stage.books.standing(node, asked.receiptId)
    await node.kill()
    await stage.chain.pass(ANCHOR_WITHIN + 1)
    await stage.challenger.claim(claimed)
    await stage.challenger.demand(standing, [rootDemand])

    const next = await stage.start()
    await expectAnswer(claimed)
    await eventually("the demand is answered", async () => (await stage.challenger.answered()) === 1)
    await stage.books.many(next, 2, { picture: 10 })
    await stage.balance(next)
    await next.stop()
  })

  long("of a batch whose anchor nobody has seen mined: it is anchored once, and answered", async () => {
    const failing = await stage.start({ failpoint: "tx-sent" })
    const [claimed] = await stage.books.many(failing, 2)
    await failing.crashes()
    // It was mined all the same, and the node hears of both at once.
    await eventually("it is anchored", async () => (await anchoredBatches(stage.client)).length === 1)
    await stage.chain.pass(ANCHOR_WITHIN + 1)
    await stage.challenger.claim(claimed)
    const node = await stage.start()
    await expectAnswer(claimed)
    await stage.balance(node)
    const sender = sendingKey.address
    expect(await stage.client.onus.runner!.provider!.getTransactionCount(sender)).to.equal(2)
    await node.stop()
  })

  long("of every receipt at once: all are answered, whoever asks", async () => {
    const node = await stage.start()
    const receipts = await stage.books.many(node, 12)
    await stage.balance(node)
    await stage.chain.pass(ANCHOR_WITHIN + 1)
    await stage.proxy.down()
    for (const receipt of receipts) await stage.challenger.claim(receipt)
    await stage.proxy.up()
    for (const receipt of receipts) await expectAnswer(receipt)
    await stage.balance(node)
    await node.stop()
  })
})
