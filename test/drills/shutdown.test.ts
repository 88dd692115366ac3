import { expect } from "chai"
import { Refused } from "./stage/client.ts"
import { eventually } from "./stage/eventually.ts"
import { long, selection } from "./stage/selection.ts"
import { Stage } from "./stage/stage.ts"

describe("Drill: the end of a process", () => {
  let stage: Stage

  beforeEach(async () => {
    stage = await Stage.open()
  })
  afterEach(() => stage.close())

  it("SIGTERM under load: what was begun is finished, the rest refused, and nothing is lost", async () => {
    const node = await stage.start()
    let refused = 0
    let isOver = false
    let isTold = false
    const clients = Array.from({ length: 8 }, async (_, client) => {
      for (let i = 0; !isOver; i++) {
        try {
          await stage.books.infer(node, { picture: 100 * client + i })
        } catch (error) {
          // Told so, or the door was closed already: never cut off in the middle of an answer.
          const isClosed =
            error instanceof TypeError && /ECONNREFUSED|ECONNRESET|closed/.test(String(error.cause))
          expect(isClosed || (error instanceof Refused && error.status === 503), String(error)).to.equal(true)
          // Before it is told to end, a machine that is short of time may keep it from looking at the chain for a while.
          if (!isTold) continue
          refused++
          isOver = true
        }
      }
    })
    await eventually("it is busy", () => stage.books.receipts.length >= 50)
    isTold = true
    node.signal("SIGTERM")
    await node.ends({ code: 0 })
    await Promise.all(clients)
    expect(refused).to.be.above(0)

    const next = await stage.start()
    await stage.balance(next)
    await next.stop()
  })

  const LINES = ["A node starts", "Following the chain", "The node serves"]
  for (const line of selection(LINES, LINES.slice(1, 2))) {
    it(`SIGTERM as early as "${line}": it ends with 0`, async () => {
      const node = await stage.launch()
      await eventually("it starts", () => node.said(line), { every: 1 })
      await node.stop()
    })
  }

  long("a second SIGTERM ends it at once, and the next start finds everything", async () => {
    const node = await stage.start({ config: { anchoring: { max_age: "20m" } } })
    await stage.books.many(node, 5)
    // Nothing of what it must still do can be done.
    await stage.proxy.down()
    node.signal("SIGTERM")
    await eventually("it drains", async () => (await node.status("/readyz").catch(() => 0)) !== 200)
    node.signal("SIGTERM")
    await eventually("it ends", () => node.exit)
    await stage.proxy.up()
    const next = await stage.start()
    await stage.balance(next)
    await next.stop()
  })
})
