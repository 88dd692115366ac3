import { expect } from "chai"
import { rootDemand } from "./stage/challenger.ts"
import { Refused, randomId } from "./stage/client.ts"
import { eventually } from "./stage/eventually.ts"
import { preload } from "./stage/preload.ts"
import { long } from "./stage/selection.ts"
import { Stage } from "./stage/stage.ts"

/** Runs after which each thread dies. */
const LAST_RUN = 10
const CLIENTS = 8

describe("Drill: threads that die", () => {
  let stage: Stage

  beforeEach(async () => {
    stage = await Stage.open()
  })
  afterEach(() => stage.close())

  const mortal = { env: { ...preload("mortal-threads"), ONUS_DRILL_LAST_RUN: String(LAST_RUN) } }

  /** Asks as clients do: again with the same id until there is an answer. @returns how often it was refused. */
  const insist = async (url: string, picture: number): Promise<number> => {
    const wishes = { requestId: randomId(), picture }
    for (let refusals = 0; ; refusals++) {
      try {
        await stage.books.infer({ url }, wishes)
        return refusals
      } catch (error) {
        expect(error, String(error)).to.be.instanceOf(Refused)
        expect((error as Refused).status, String(error)).to.be.oneOf([500, 503])
      }
    }
  }

  it("while requests come: each of them fails one run, all requests are answered, no receipt is lost", async () => {
    const node = await stage.start({ ...mortal })
    const each = 5
    const refusals = await Promise.all(
      Array.from({ length: CLIENTS }, async (_, client) => {
        let sum = 0
        for (let i = 0; i < each; i++) sum += await insist(node.url, client * each + i)
        return sum
      }),
    )
    const refused = refusals.reduce((sum, count) => sum + count, 0)
    expect(stage.books.receipts).to.have.length(CLIENTS * each)
    expect(refused, "runs that a thread died in").to.be.at.least(Math.floor((CLIENTS * each) / LAST_RUN))
    await stage.alerted("WorkerLost")
    expect(await node.status("/healthz")).to.equal(200)
    await node.ready()
    await stage.balance(node)
    await node.stop()
  })

  long("that gather evidence too: every demand is answered all the same", async () => {
    const node = await stage.start({ ...mortal, env: { ...mortal.env, ONUS_DRILL_LAST_RUN: "2" } })
    for (let i = 0; i < 6; i++) await insist(node.url, i)
    await stage.balance(node)
    for (const { receiptId } of stage.books.receipts)
      await stage.challenger.demand(await stage.books.standing(node, receiptId), [rootDemand])
    await eventually(
      "every demand is answered",
      async () => (await stage.challenger.answered()) === stage.challenger.asked.length,
      { meanwhile: () => stage.chain.mine() },
    )
    await stage.balance(node)
    await node.stop()
  })

  long("as soon as they work, every one: nothing is signed, and the node says so and lives", async () => {
    const node = await stage.start({ env: { ...mortal.env, ONUS_DRILL_LAST_RUN: "1" } })
    const outcomes = await Promise.all(
      Array.from({ length: CLIENTS }, (_, picture) =>
        stage.books.infer(node, { picture }).catch((error: unknown) => error),
      ),
    )
    for (const outcome of outcomes)
      expect(outcome).to.be.instanceOf(Refused).with.property("status").oneOf([500, 503])
    await stage.alerted("WorkerLost")
    expect(await node.status("/healthz")).to.equal(200)
    await node.kill()

    // Another machine: what was refused was not promised.
    const next = await stage.start()
    await stage.books.many(next, 2)
    await stage.balance(next)
    await next.stop()
  })
})
