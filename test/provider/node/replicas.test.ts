import { expect } from "chai"
import { type PostgresServer, startPostgres } from "../../helpers/postgres.ts"
import { inclusionOf, infer } from "./client.ts"
import { NodeProcess, Stage, eventually } from "./stage.ts"

describe("two replicas of one provider", function () {
  this.bail(true)
  let stage: Stage
  let postgres: PostgresServer
  let first: NodeProcess
  let second: NodeProcess

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
    for (const { receiptId } of answers)
      await eventually(
        "it is anchored",
        () => inclusionOf(second, receiptId),
        () => stage.mine(),
      )
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

  it("one takes over when the other dies, whatever it had begun", async function () {
    this.timeout(120_000)
    const { receiptId } = await infer(stage, first)
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
    expect(await second.end(), second.output.slice(-4_000)).equal(0)
  })
})
