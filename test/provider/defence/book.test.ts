import { expect } from "chai"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { id } from "ethers"
import { ChallengeBook } from "../../../src/provider/defence/book.ts"
import { type Challenge, challengeId } from "../../../src/provider/defence/challenge.ts"
import { openJournal } from "../../../src/provider/journal/open.ts"
import type { Journal } from "../../../src/provider/journal.ts"
import type { Database } from "../../../src/store/database.ts"
import { openDatabase } from "../../../src/store/open.ts"
import { REGISTRY } from "../../sdk/samples.ts"
import { MODEL, WINDOW, batchOf, claimOf, signAll, signedFor } from "../journal/samples.ts"

describe("the book of challenges", () => {
  let folder: string
  let database: Database
  let journal: Journal
  let book: ChallengeBook

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "onus-book-"))
    database = await openDatabase(`sqlite:${join(folder, "node.db")}`)
    journal = await openJournal(database, REGISTRY)
    book = await ChallengeBook.open(database)
  })
  afterEach(async () => {
    await database.close()
    rmSync(folder, { recursive: true })
  })

  it("knows which receipts and batches somebody may still ask about", async () => {
    await signAll(journal, [claimOf(1), claimOf(2)])
    const entries = await journal.waitingEntries(MODEL, WINDOW, 10)
    const made = batchOf(entries)
    await journal.assign(
      made,
      entries.map(({ request }) => request),
    )
    const { receiptId } = signedFor(claimOf(1))
    const other = signedFor(claimOf(2)).receiptId
    const challenge: Challenge = {
      id: challengeId("demand", receiptId, id("question")),
      kind: "demand",
      receiptId,
      questionId: id("question"),
      due: 5_000,
      dueBlock: 1,
      bond: 1n,
      coverage: 1n,
      block: 1,
    }
    const disputed = (goneOn: number) =>
      Promise.all([made.batchId, receiptId, other].map((about) => book.isDisputed(about, goneOn)))
    expect(await disputed(0)).deep.equal([false, false, false])
    await book.note([challenge])
    expect(await disputed(9_000)).deep.equal([true, true, false])
    // Answered, and whoever asked may go on asking as long as the game may last.
    await book.mark(challenge.id, "answered")
    expect(await disputed(5_000)).deep.equal([true, true, false])
    expect(await disputed(5_001)).deep.equal([false, false, false])
    await book.mark(challenge.id, "closed")
    expect(await disputed(0)).deep.equal([false, false, false])
  })

  it("keeps claims from being pruned while a challenge needs them, and forgets challenges of pruned ones", async () => {
    await signAll(journal, [claimOf(1), claimOf(2)])
    const entries = await journal.waitingEntries(MODEL, WINDOW, 10)
    const made = batchOf(entries)
    await journal.assign(
      made,
      entries.map(({ request }) => request),
    )
    await journal.anchored(made.batchId, { block: 1, blockHash: id("block"), time: 3_000 })
    await journal.released(made.batchId)
    const { receiptId } = signedFor(claimOf(1))
    const challenge: Challenge = {
      id: challengeId("omission", receiptId),
      kind: "omission",
      receiptId,
      due: 5_000,
      dueBlock: 1,
      bond: 1n,
      coverage: 1n,
      block: 1,
    }
    await book.note([challenge])
    const prune = async (before: number) => {
      const count = await journal.prune(before, (batchId) => book.needs(batchId, before))
      await book.prune(before)
      return count
    }
    for (const state of ["open", "sent", "lost"] as const) {
      await book.mark(challenge.id, state)
      expect(await prune(9_000)).equal(0)
    }
    await book.mark(challenge.id, "answered")
    expect(await prune(5_000)).equal(0)
    expect((await book.find(challenge.id))?.state).equal("answered")
    expect(await prune(5_001)).equal(2)
    expect(await book.find(challenge.id)).equal(undefined)
  })
})
