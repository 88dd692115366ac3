import { expect } from "chai"
import { type PostgresServer, startPostgres } from "../helpers/postgres.ts"
import { Refused, randomId } from "./stage/client.ts"
import { eventually } from "./stage/eventually.ts"
import { long } from "./stage/selection.ts"
import { Stage, type StartOptions } from "./stage/stage.ts"

describe("Drill: several replicas of one provider", function () {
  let postgres: PostgresServer
  let stage: Stage
  let drills = 0

  before(async () => {
    postgres = await startPostgres()
  })
  after(() => postgres.stop())
  beforeEach(async () => {
    stage = await Stage.open()
    url = await postgres.create(`drill${drills++}`)
  })
  afterEach(() => stage.close())

  let url: string
  /** Options for one of two replicas, or more. */
  const replica = (name: string, share = 0.5, more: StartOptions = {}): StartOptions => ({
    ...more,
    config: { ...more.config, journal: { url, replica: name, share } },
  })

  long("the one that sends is killed: the other takes over, and one request has one answer", async () => {
    const [first, second] = [await stage.start(replica("a")), await stage.start(replica("b"))]
    const asked = Array.from({ length: 8 }, (_, picture) => ({ requestId: randomId(), picture }))
    // Both are asked the same at the same time.
    await Promise.all(
      asked.flatMap((wishes) => [first, second].map((node) => stage.books.infer(node, wishes))),
    )
    const other = await Promise.allSettled(
      asked.flatMap(({ requestId }) =>
        [first, second].map((node) => stage.books.infer(node, { requestId, picture: 99 })),
      ),
    )
    for (const answer of other) {
      expect(answer.status).to.equal("rejected")
      expect((answer as PromiseRejectedResult).reason)
        .to.be.instanceOf(Refused)
        .with.property("status", 409)
    }
    await stage.books.many(first, 5)
    const [sending, waiting] = first.said("sends transactions") ? [first, second] : [second, first]
    await sending.kill()
    await stage.books.many(waiting, 5)
    await stage.balance(waiting)
    await waiting.stop()
  })

  for (const point of ["claimed", "answered"]) {
    long(
      `one dies at "${point}" and never comes back: what it had promised is kept by the other`,
      async () => {
        const node = await stage.start(replica("a"))
        const failing = await stage.start(replica("b", 0.5, { failpoint: `${point}:3` }))
        let count = 0
        for (let picture = 0; picture < 20; picture++)
          count += await stage.books.infer(failing, { picture }).then(
            () => 1,
            () => 0,
          )
        await failing.crashes()
        await stage.books.many(node, 2)
        // The third answer may have got out in its last moment.
        const others = count === 2 ? 1 : 0
        const anchored = stage.books.receipts.length + others
        await eventually("it is anchored", async () => (await stage.anchoredReceipts()) === anchored)
        await stage.balance(node, { others })
        await node.stop()
      },
    )
  }

  long("two of one name, and shares that add up to more than all: refused", async () => {
    const node = await stage.start(replica("a", 0.6))
    await (await stage.launch(replica("a", 0.4))).ends({ code: 73 })
    const greedy = await stage.launch(replica("b", 0.6))
    await greedy.ends({ code: 2 })
    expect(greedy.said("SharesTooLarge"), greedy.tail()).to.equal(true)
    await stage.books.many(node, 2)
    await stage.balance(node)
    await node.stop()
  })

  long("the database goes away and comes back: no work meanwhile, nothing lost, nothing twice", async () => {
    let node = await stage.start(replica("a", 1))
    await stage.books.many(node, 3)
    const restarting = postgres.restart()
    const asked = Array.from({ length: 20 }, (_, picture) => ({ requestId: randomId(), picture }))
    for (const wishes of asked) await stage.books.infer(node, wishes).catch(() => undefined)
    await restarting
    // Without its lock another process may send: it may end, and whoever supervises it starts it again.
    await eventually(
      "it is ready, or it has ended",
      async () => node.exit ?? (await node.status("/readyz")) === 200,
    )
    if (node.exit) {
      expect(node.exit.code).to.equal(75)
      node = await stage.start(replica("a", 1))
    }
    for (const wishes of asked) await stage.books.infer(node, wishes)
    await stage.balance(node)
    await node.stop()
  })
})
