import { expect } from "chai"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ZeroHash, id } from "ethers"
import { OnusError } from "../../../src/protocol/errors.ts"
import { ChallengeBook } from "../../../src/provider/defence/book.ts"
import { challengeId } from "../../../src/provider/defence/challenge.ts"
import { ChallengeWatch } from "../../../src/provider/defence/watch.ts"
import type { Entry } from "../../../src/provider/journal.ts"
import type { Alert } from "../../../src/service/alerts.ts"
import type { Database } from "../../../src/store/database.ts"
import { openDatabase } from "../../../src/store/open.ts"
import { Omission__factory, WrongExecution__factory } from "../../../types/contracts/index.js"
import { claimOf } from "../journal/samples.ts"

const address = `0x${"bb".repeat(20)}`

describe("watching for challenges", () => {
  let folder: string
  let database: Database
  let book: ChallengeBook
  let alerts: Alert[]

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "onus-watch-"))
    database = await openDatabase(`sqlite:${join(folder, "node.db")}`)
    book = await ChallengeBook.open(database)
    alerts = []
  })
  afterEach(async () => {
    await database.close()
    rmSync(folder, { recursive: true })
  })

  const omission = Omission__factory.connect(address)
  const entry: Entry = { ...claimOf(1), request: ZeroHash }
  const open = (byReceipt: (receiptId: string) => Promise<Entry | undefined>) =>
    new ChallengeWatch({
      provider: address,
      journal: { byReceipt },
      book,
      judge: WrongExecution__factory.connect(address),
      omission,
      reader: { getTransaction: () => Promise.resolve(null) },
      alerts: { raise: (alert) => void alerts.push(alert), resolve: () => undefined },
    })

  function claimed(receiptId: string, index: number) {
    const { terms } = claimOf(1)
    const receipt = { ...terms, outputCommitment: ZeroHash, traceCommitment: ZeroHash }
    const values = [receiptId, address, address, 5_000n, 60n, 1n, receipt]
    const { data, topics } = omission.interface.encodeEventLog("Claimed", values)
    const where = {
      blockNumber: 7,
      blockHash: id("block"),
      transactionHash: id(`transaction ${index}`),
      index,
    }
    return { address, topics, data, ...where }
  }

  it("tells of a challenge once, and after a restart only if it is still to be answered", async () => {
    const find = () => Promise.resolve(entry)
    const [one, two] = [id("one"), id("two")]
    const logs = [claimed(one, 0), claimed(two, 1)]
    const watch = open(find)
    for (let i = 0; i < 2; i++) await watch.claimed(logs)
    expect(alerts.map(({ code }) => code)).deep.equal(["ChallengeOpened", "ChallengeOpened"])
    await book.mark(challengeId("omission", one), "answered")
    alerts = []
    await open(find).claimed(logs)
    expect(alerts.map(({ subject }) => subject)).deep.equal([challengeId("omission", two)])
  })

  it("sees all others when a receipt that is challenged is damaged on the disk", async () => {
    const [damaged, sound] = [id("damaged"), id("sound")]
    const watch = open((receiptId) => {
      if (receiptId === damaged) throw new OnusError("DatabaseMalformed", "it does not hash to its id")
      return Promise.resolve(entry)
    })
    await watch.claimed([claimed(damaged, 0), claimed(sound, 1)])
    expect((await book.list("open", 9)).map(({ receiptId }) => receiptId)).deep.equal([sound])
    expect(alerts.map(({ code }) => code)).deep.equal(["ChallengeUnreadable", "ChallengeOpened"])
  })

  it("takes note of nothing while the database does not answer, so that it is read again", async () => {
    let isFailing = true
    const watch = open(() => {
      if (isFailing) throw new OnusError("DatabaseUnavailable", "gone")
      return Promise.resolve(entry)
    })
    const logs = [claimed(id("one"), 0)]
    const failed = await watch.claimed(logs).catch((error: OnusError) => error.code)
    expect(failed).equal("DatabaseUnavailable")
    isFailing = false
    await watch.claimed(logs)
    expect((await book.list("open", 9)).length).equal(1)
  })
})
