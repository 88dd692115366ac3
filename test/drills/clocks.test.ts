import { expect } from "chai"
import { Refused } from "./stage/client.ts"
import { long } from "./stage/selection.ts"
import { Stage } from "./stage/stage.ts"

describe("Drill: clocks", () => {
  let stage: Stage

  beforeEach(async () => {
    stage = await Stage.open()
  })
  afterEach(() => stage.close())

  long(
    "the clock differs from the chain's by ten minutes: nothing is signed, both are told, deadlines are the chain's",
    async () => {
      const skewed = { checks: { max_clock_skew: "5m", warn_clock_skew: "1m" } }
      const node = await stage.start({ config: skewed })
      const [{ signed }] = await stage.books.many(node, 2)
      expect(Math.abs(Number(signed.receipt.issuedAt) - (await stage.chain.time()))).to.be.below(30)
      await stage.chain.pass(600, 5)
      const reason = await node.unready(/clock/i)
      expect(reason, "the difference in seconds").to.match(/[56]\d\d/)
      const refusal = await stage.books.infer(node).catch((error: unknown) => error)
      expect(refusal).to.be.instanceOf(Refused).with.property("status", 503)
      await stage.alerted("ClockSkewed")
      // What is owed is done all the same, by the chain's time.
      await stage.balance(node)
      await node.stop()

      const tolerant = await stage.start()
      const later = await stage.books.infer(tolerant)
      expect(Number(later.signed.receipt.issuedAt)).to.be.above(Number(signed.receipt.issuedAt) + 590)
      await stage.balance(tolerant)
      await tolerant.stop()
    },
  )
})
