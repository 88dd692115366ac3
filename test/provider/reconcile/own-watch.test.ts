import { expect } from "chai"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ZeroHash, id } from "ethers"
import type { ChainLog } from "../../../src/chain/log-filter.ts"
import type { BatchRecord, Entry } from "../../../src/provider/journal.ts"
import { Facts } from "../../../src/provider/reconcile/facts.ts"
import { Incidents } from "../../../src/provider/reconcile/incidents.ts"
import { OwnWatch } from "../../../src/provider/reconcile/own-watch.ts"
import { Restoration } from "../../../src/provider/reconcile/restored.ts"
import type { Alert } from "../../../src/service/alerts.ts"
import { Readiness } from "../../../src/service/readiness.ts"
import type { Database } from "../../../src/store/database.ts"
import { openDatabase } from "../../../src/store/open.ts"
import { Onus__factory } from "../../../types/contracts/index.js"
import { expectError } from "../../sdk/expect-error.ts"
import { answering } from "../helpers/contracts.ts"

const provider = `0x${"11".repeat(20)}`
const onus = Onus__factory.connect(`0x${"aa".repeat(20)}`)
const DAY = 86_400n

describe("what happens to a provider on-chain", () => {
  let folder: string
  let database: Database
  let facts: Facts
  let alerts: Alert[]
  let readiness: Readiness
  let incidents: Incidents
  let restoration: Restoration
  let watch: OwnWatch
  let places = 0
  /** Id of a receipt that the journal has. */
  let kept: string | undefined

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "onus-own-"))
    database = await openDatabase(`sqlite:${join(folder, "node.db")}`)
    facts = await Facts.open(database)
    incidents = await Incidents.open(database)
    restoration = await openRestoration()
    watch = start()
  })

  const openRestoration = () =>
    Restoration.open(facts, { onus: answering(onus, { thawPeriod: () => Promise.resolve(21n * DAY) }) })

  /** What a process begins with; the database stays. */
  function start(): OwnWatch {
    alerts = []
    kept = undefined
    readiness = new Readiness()
    return new OwnWatch({
      provider,
      client: { onus },
      journal: {
        batch: (batchId) => Promise.resolve(batchId === id("ours") ? ({} as BatchRecord) : undefined),
        byReceipt: (receiptId) => Promise.resolve(receiptId === kept ? ({} as Entry) : undefined),
      },
      facts,
      incidents,
      restoration,
      alerts: { raise: (alert) => void alerts.push(alert), resolve: () => undefined },
      readiness,
    })
  }

  afterEach(async () => {
    await database.close()
    rmSync(folder, { recursive: true })
  })

  function event(
    name: "BatchAnchored" | "ReceiptAttested" | "Convicted",
    values: readonly unknown[],
  ): ChainLog {
    const { topics, data } = onus.interface.encodeEventLog(name, values)
    const common = {
      address: provider,
      blockNumber: 7,
      blockHash: id("block"),
      transactionHash: id("transaction"),
    }
    return { ...common, topics, data, index: places++ }
  }

  const anchored = (name: string) =>
    event("BatchAnchored", [id(name), provider, ZeroHash, ZeroHash, 1, 1, 600])
  const convicted = () =>
    event("Convicted", [id("receipt"), provider, provider, 1, ZeroHash, ZeroHash, 1, 1, 1, 1])

  it("is watched by three events that name it", () => {
    const { topics } = watch
    expect([(topics[0] as string[]).length, topics[1], topics[2]]).deep.equal([
      3,
      null,
      `0x${"00".repeat(12)}${"11".repeat(20)}`,
    ])
  })

  it("is in the journal, or the journal is older than the chain and nothing starts", async () => {
    await watch.handle([anchored("ours")])
    const error = await expectError("JournalBehindChain", () => watch.handle([anchored("theirs")]))
    expect(error.hint).contain("--restored")
    // Not believed the second time either.
    await expectError("JournalBehindChain", () => watch.handle([anchored("theirs")]))
  })

  it("is taken note of for good when the journal is known to be restored", async () => {
    watch.mode = "note"
    await watch.handle([anchored("theirs")])
    watch.mode = "refuse"
    await watch.handle([anchored("theirs")])
    watch.mode = "alarm"
    await watch.handle([anchored("theirs")])
    expect(alerts).deep.equal([])
  })

  it("keeps consumers from choosing request ids for good once it has anchors that the journal does not know", async () => {
    await restoration.note(1_000n)
    watch.mode = "note"
    await watch.handle([anchored("ours")])
    expect(restoration.mayChooseId(10n ** 9n)).equal(true)
    await watch.handle([anchored("theirs")])
    expect(restoration.mayChooseId(10n ** 9n)).equal(false)
    expect((await openRestoration()).mayChooseId(10n ** 9n)).equal(false)
  })

  it("keeps consumers from choosing request ids for good when another node anchors for it", async () => {
    watch.mode = "alarm"
    await watch.handle([anchored("theirs")])
    expect((await openRestoration()).mayChooseId(10n ** 9n)).equal(false)
  })

  it("knows a receipt that was attested directly also when the journal has forgotten it", async () => {
    const words = [ZeroHash, ZeroHash, ZeroHash, ZeroHash, ZeroHash]
    const receipt = [provider, ...words, provider, 1, 1, 2, 600, ZeroHash]
    const attested = () => event("ReceiptAttested", [id("receipt"), provider, provider, receipt])
    kept = id("receipt")
    await watch.handle([attested()])
    kept = undefined
    await watch.handle([attested()])
    expect([alerts, readiness.problems]).deep.equal([[], []])
  })

  it("stops new work while the node runs, when another hand anchors for it", async () => {
    watch.mode = "alarm"
    await watch.handle([anchored("ours"), anchored("theirs")])
    expect(readiness.problems.map(({ code }) => code)).deep.equal(["ForeignAnchor"])
    expect(alerts.map(({ severity, code }) => [severity, code])).deep.equal([["critical", "ForeignAnchor"]])
  })

  it("stops new work when it is convicted, also if that happened while nothing ran", async () => {
    for (const mode of ["alarm", "refuse", "note"] as const) {
      watch = start()
      watch.mode = mode
      await watch.handle([convicted()])
      expect(readiness.problems.map(({ check }) => check)).deep.equal(["convicted"])
      expect(alerts[0].code).equal("Convicted")
    }
  })

  it("stops new work at every start, until an operator has said that it is looked into", async () => {
    watch.mode = "alarm"
    await watch.handle([anchored("theirs"), convicted()])

    watch = start()
    expect(await watch.recall(false)).deep.equal([])
    expect(readiness.problems.map(({ code }) => code)).have.members(["ForeignAnchor", "Convicted"])
    expect(readiness.problems[0].message).contain("--acknowledged")
    expect(alerts.map(({ subject }) => subject)).have.members([id("theirs"), id("receipt")])
    // Read again, it is no reason to refuse: the node has to answer and anchor.
    await watch.handle([anchored("theirs"), convicted()])

    watch = start()
    const takenBack = await watch.recall(true)
    expect(takenBack.map(({ code }) => code)).have.members(["ForeignAnchor", "Convicted"])
    await watch.handle([anchored("theirs"), convicted()])
    watch.mode = "alarm"
    await watch.handle([anchored("theirs"), convicted()])
    expect([readiness.isReady, alerts]).deep.equal([true, []])

    // What comes afterwards is another thing.
    await watch.handle([anchored("others")])
    expect(readiness.problems.map(({ code }) => code)).deep.equal(["ForeignAnchor"])
  })

  it("stops every process that sees it, and not only the first of those who share a journal", async () => {
    watch.mode = "alarm"
    await watch.handle([convicted()])
    const another = start()
    another.mode = "alarm"
    await another.handle([convicted()])
    expect(readiness.isReady).equal(false)
  })

  it("is not taken back by an operator who cannot have known of it", async () => {
    expect(await watch.recall(true)).deep.equal([])
    await watch.handle([convicted()])
    expect(readiness.isReady).equal(false)
  })

  it("keeps consumers from choosing request ids for as long as signatures of before the restoration count", async () => {
    expect(restoration.mayChooseId(0n)).equal(true)
    await restoration.note(1_000n)
    const later = await openRestoration()
    const until = 1_000n + 28n * DAY
    expect([later.mayChooseId(until), later.mayChooseId(until + 1n)]).deep.equal([false, true])
  })
})
