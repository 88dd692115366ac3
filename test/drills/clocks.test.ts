import { expect } from "chai"
import { Refused } from "./stage/client.ts"
import { eventually } from "./stage/eventually.ts"
import { preload } from "./stage/preload.ts"
import { long, selection } from "./stage/selection.ts"
import { Stage } from "./stage/stage.ts"

/** Seconds by which the machine's clock is ahead of what it should be. */
const SHIFTS = [600, -600]

describe("Drill: clocks", () => {
  let stage: Stage

  beforeEach(async () => {
    stage = await Stage.open()
  })
  afterEach(() => stage.close())

  const expectRefusal = async (url: string) => {
    const refusal = await stage.books.infer({ url }).catch((error: unknown) => error)
    expect(refusal).to.be.instanceOf(Refused).with.property("status", 503)
  }

  /** The machine's clock is off by so many seconds; chain and machine go at one pace. */
  const machineOff = (seconds: number) => {
    stage.chain.tick(1000)
    return { ...preload("shifted-clock"), ONUS_DRILL_CLOCK: String(seconds) }
  }

  for (const seconds of selection(SHIFTS, SHIFTS.slice(0, 1))) {
    const direction = seconds > 0 ? "ahead" : "behind"

    it(`the machine's clock is ten minutes ${direction}, more than is allowed: nothing is signed, what is owed is done`, async () => {
      const before = await stage.start({ config: { anchoring: { max_age: "20m" } } })
      await stage.books.many(before, 3)
      await before.kill()

      const strict = { checks: { max_clock_skew: "2m", warn_clock_skew: "1m" } }
      const node = await stage.launch({ config: strict, env: machineOff(seconds) })
      const reason = await node.unready(/clock/i)
      expect(reason).to.contain(seconds > 0 ? "ahead of" : "behind")
      await expectRefusal(node.url)
      await stage.alerted("ClockSkewed")
      // In time by the chain, which is what counts.
      await stage.chain.pass(10, 5)
      await stage.balance(node)
      await node.stop()
    })

    long(
      `the machine's clock is ten minutes ${direction}, which is allowed: deadlines are the chain's`,
      async () => {
        const tolerant = { checks: { max_clock_skew: "1h", warn_clock_skew: "3m" } }
        const node = await stage.start({ config: tolerant, env: machineOff(seconds) })
        await stage.alerted("ClockSkewed")
        expect(await node.status("/readyz")).to.equal(200)
        const time = await stage.chain.time()
        const { signed } = await stage.books.infer(node)
        const { issuedAt, anchorBy } = signed.receipt
        expect(Number(issuedAt)).to.be.within(time - 30, time + 30)
        expect(Number(anchorBy - issuedAt)).to.equal(1800)
        await stage.balance(node)
        // A claim, which is answered by the time of the chain too.
        await stage.chain.pass(1801)
        await stage.challenger.claim(stage.books.receipts[0])
        await eventually("it is answered", () => stage.challenger.claimAnswered(stage.books.receipts[0]), {
          meanwhile: () => stage.chain.mine(),
        })
        await node.stop()
      },
    )

    long(
      `the machine's clock jumps ten minutes ${direction} and back: no work meanwhile, none lost`,
      async () => {
        const env = { ...machineOff(seconds), ONUS_DRILL_CLOCK_RIGHT: "1" }
        const strict = { checks: { max_clock_skew: "5m", warn_clock_skew: "4m" } }
        const node = await stage.start({ config: { ...strict, anchoring: { max_age: "10s" } }, env })
        await stage.books.many(node, 3)
        node.signal("SIGUSR2")
        await node.unready(/clock/i)
        await expectRefusal(node.url)
        expect(await node.status("/healthz")).to.equal(200)
        node.signal("SIGUSR2")
        await node.ready()
        await stage.books.many(node, 2, { picture: 10 })
        await stage.balance(node)
        await node.stop()
      },
    )
  }

  long(
    "the clock differs from the chain's by ten minutes: nothing is signed, both are told, deadlines are the chain's",
    async () => {
      stage.chain.tick(1000)
      const skewed = { checks: { max_clock_skew: "5m", warn_clock_skew: "1m" } }
      const node = await stage.start({ config: skewed })
      const [{ signed }] = await stage.books.many(node, 2)
      expect(Math.abs(Number(signed.receipt.issuedAt) - (await stage.chain.time()))).to.be.below(30)
      await stage.chain.pass(600, 5)
      const reason = await node.unready(/clock/i)
      expect(reason, "the difference in seconds").to.match(/\b[5-9]\d\d s/)
      await expectRefusal(node.url)
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
