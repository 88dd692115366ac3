import { expect } from "chai"
import { type Answered, Refused, randomId } from "./stage/client.ts"
import { eventually } from "./stage/eventually.ts"
import { selection } from "./stage/selection.ts"
import { Stage } from "./stage/stage.ts"

/** Where a request is on its way when the process dies. */
const ON_THE_WAY_OUT = ["claim", "claimed", "run", "ran", "signed", "answered", "kept"]
/** Where a batch is on its way. */
const ON_THE_WAY_TO_THE_CHAIN = ["assigned", "submitted", "tx-intent", "tx-signed", "tx-sent", "tx-mined"]

describe("Drill: kill -9", () => {
  let stage: Stage

  beforeEach(async () => {
    stage = await Stage.open()
  })
  afterEach(() => stage.close())

  for (const point of selection(ON_THE_WAY_OUT, ["answered"])) {
    it(`at "${point}": the request is answered once, with one content, whoever asks again`, async () => {
      const failing = await stage.start({ failpoint: `${point}:3` })
      const asked = Array.from({ length: 20 }, (_, picture) => ({ requestId: randomId(), picture }))
      const before = new Map<string, Answered>()
      for (const wishes of asked) {
        const answered = await stage.books.infer(failing, wishes).catch(() => undefined)
        if (!answered) break
        before.set(wishes.requestId, answered)
      }
      await failing.crashes()
      expect(before.size).to.be.below(asked.length)

      // Long enough for a second answer to differ in its time, if one was made.
      await stage.chain.pass(60, 10)
      const node = await stage.start()
      for (const wishes of asked) {
        const again = await stage.books.infer(node, wishes)
        const first = before.get(wishes.requestId)
        if (first) expect(again).to.deep.equal(first)
      }
      for (const { requestId, picture } of asked) {
        const refusal = await stage.books
          .infer(node, { requestId, picture: picture + 100 })
          .catch((error: unknown) => error)
        expect(refusal).to.be.instanceOf(Refused).with.property("status", 409)
      }
      await stage.balance(node)
      await node.stop()
    })
  }

  for (const point of selection(ON_THE_WAY_TO_THE_CHAIN, ["assigned", "tx-signed"])) {
    it(`at "${point}": each receipt is anchored in time, in one batch, by one transaction`, async () => {
      const failing = await stage.start({ failpoint: point })
      await stage.books.many(failing, 5)
      await eventually("the node dies", () => failing.exit, { meanwhile: () => stage.chain.mine() })
      await failing.crashes()

      await stage.chain.pass(60, 10)
      const node = await stage.start()
      await stage.balance(node)
      await stage.books.many(node, 3, { coverage: 2 })
      await stage.balance(node)
      await node.stop()
    })
  }
})
