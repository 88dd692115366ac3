import { expect } from "chai"
import { Client } from "pg"
import { type PostgresServer, startPostgres } from "../../helpers/postgres.ts"
import { inclusionOf, infer } from "./client.ts"
import { NodeProcess, Stage, eventually } from "./stage.ts"

describe("two replicas of one provider", function () {
  this.bail(true)
  let stage: Stage
  let postgres: PostgresServer
  let first: NodeProcess
  let second: NodeProcess
  const signed = new Set<string>()

  const replica = (name: string, share = 0.5) =>
    NodeProcess.start(stage, { journal: { url: postgres.url, replica: name, share } })

  before(async function () {
    this.timeout(180_000)
    postgres = await startPostgres()
    stage = await Stage.open()
    await stage.mine(5)
  })

  after(async function () {
    this.timeout(60_000)
    await Promise.all([first, second].map((node) => node?.end("SIGKILL")))
    await stage.close()
    await postgres.stop()
  })

  it("both serve, and one of them anchors for both", async function () {
    this.timeout(120_000)
    first = await replica("first")
    await first.ready()
    await eventually("the first one sends", () =>
      Promise.resolve(first.output.includes("sends transactions")),
    )
    second = await replica("second")
    await second.ready()
    const answers = [await infer(stage, first), await infer(stage, second)]
    for (const { receiptId } of answers) {
      signed.add(receiptId)
      await eventually(
        "it is anchored",
        () => inclusionOf(second, receiptId),
        () => stage.mine(),
      )
    }
    expect(second.output).not.contain("sends transactions")
  })

  it("a third one is refused whose share is too large", async function () {
    this.timeout(60_000)
    const third = await replica("third", 0.1)
    expect(await third.exited).equal(2)
    expect(third.output).contain("add up to 1.1")
  })

  it("another one of the same name is refused while the first lives", async function () {
    this.timeout(60_000)
    const twin = await replica("second")
    expect(await twin.exited).equal(73)
  })

  it("one takes over when the other dies, whatever it had begun, and each receipt is in one batch", async function () {
    this.timeout(120_000)
    const { receiptId } = await infer(stage, first)
    // What is not kept yet when a replica dies is finished when it is known to be dead.
    await eventually("it is kept", async () => (await fetch(`${second.url}/v1/receipts/${receiptId}`)).ok)
    await first.end("SIGKILL")
    await eventually(
      "the second one sends",
      () => Promise.resolve(second.output.includes("sends transactions")),
      () => stage.mine(),
    )
    await eventually(
      "it is anchored",
      () => inclusionOf(second, receiptId),
      () => stage.mine(),
    )
    const { receiptId: later } = await infer(stage, second)
    await eventually(
      "the next one is, too",
      () => inclusionOf(second, later),
      () => stage.mine(),
    )
    signed.add(receiptId).add(later)
    const { onus } = await stage.client(stage.consumer)
    const batches = await onus.queryFilter(onus.filters.BatchAnchored())
    const counts = batches.map(({ args }) => Number(args[4]))
    expect(counts.reduce((all, one) => all + one)).equal(signed.size)
    expect(await second.end(), second.output.slice(-4_000)).equal(0)
  })
  it("one that loses its locks ends, since another may have its name", async function () {
    this.timeout(120_000)
    second = await replica("second")
    await second.ready()
    const client = new Client(postgres.url)
    await client.connect()
    await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'process %'",
    )
    await client.end()
    expect(await second.exited, second.output.slice(-4_000)).equal(75)
  })

  it("one that is told to end while it starts ends in order", async function () {
    this.timeout(120_000)
    second = await replica("second")
    await eventually("it starts", () => Promise.resolve(second.output.includes("A node starts")))
    expect(await second.end(), second.output.slice(-4_000)).equal(0)
    expect(second.output).not.contain("JournalUnwritable")
  })
})
