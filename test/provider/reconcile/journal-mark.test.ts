import { expect } from "chai"
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { openJournal } from "../../../src/provider/journal/open.ts"
import { Facts } from "../../../src/provider/reconcile/facts.ts"
import { JournalMark } from "../../../src/provider/reconcile/journal-mark.ts"
import type { Database } from "../../../src/store/database.ts"
import { openDatabase } from "../../../src/store/open.ts"
import { expectError } from "../../sdk/expect-error.ts"
import { REGISTRY } from "../../sdk/samples.ts"
import { claimOf } from "../journal/samples.ts"

describe("the mark beside a journal", () => {
  let folder: string
  let file: string
  let warnings: string[]
  let opened: Database | undefined
  let asked = 0

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "onus-mark-"))
    file = join(folder, "node.db")
    warnings = []
  })

  afterEach(async () => {
    await opened?.close()
    rmSync(folder, { recursive: true })
  })

  /** Starts as a node does, up to the comparison. */
  async function start(restored = false) {
    await stop()
    const database = (opened = await openDatabase(`sqlite:${file}`))
    const facts = await Facts.open(database)
    const journal = await openJournal(database, REGISTRY, { replica: "node" })
    const mark = await check(database, facts, restored)
    const claim = async () => (await journal.claim(claimOf(++asked))).entry.request
    return { database, journal, mark, claim }
  }

  const check = (database: Database, facts: Facts, restored = false) => {
    const log = { warn: (_: object, message: string) => void warnings.push(message) }
    return JournalMark.check({ file, database, facts, log, restored })
  }

  /** A whole run with some claims, which ends in order. */
  async function run(claims: number) {
    const { mark, claim } = await start()
    await mark.begin()
    for (let i = 0; i < claims; i++) await claim()
    await mark.write()
    await stop()
  }

  async function stop() {
    await opened?.close()
    opened = undefined
  }

  /** Copies the database as an operator does: while it is used. */
  const backup = () => {
    const database = new DatabaseSync(file)
    database.exec(`VACUUM INTO '${join(folder, "backup")}'`)
    database.close()
  }
  const restore = () => copyFileSync(join(folder, "backup"), file)
  const written = () => JSON.parse(readFileSync(`${file}.mark`, "utf8")) as { run: string; claims: number }

  it("says how many claims there were, and is replaced as a whole", async () => {
    await run(2)
    expect(written().claims).equal(2)
    const { run: first } = written()
    await run(1)
    expect(written().claims).equal(3)
    expect(written().run).not.equal(first)
    expect(readdirSync(folder).filter((name) => name.includes("mark"))).deep.equal(["node.db.mark"])
    expect(warnings).deep.equal([])
  })

  it("may be behind the journal: what was claimed since is there", async () => {
    const { mark, claim } = await start()
    await mark.begin()
    await claim()
    await stop()
    expect(written().claims).equal(0)
    await run(1)
    expect(written().claims).equal(2)
  })

  it("refuses a copy that lacks claims of the same run", async () => {
    const { mark, claim } = await start()
    await mark.begin()
    await claim()
    backup()
    await claim()
    await mark.write()
    await stop()
    restore()
    const error = await expectError("JournalBehindMark", () => start())
    expect(error.message).contain("has given 1 claims a number, and 2 by its mark")
    expect(error.hint).contain("--restored").and.contain(`remove ${file}.mark`)
  })

  it("refuses a copy of before a run, also if as much was claimed on another branch of it", async () => {
    await run(1)
    backup()
    await run(1)
    const aside = join(folder, "mark")
    copyFileSync(`${file}.mark`, aside)
    restore()
    await expectError("JournalBehindMark", () => start())
    // Not believed the second time either.
    const error = await expectError("JournalBehindMark", () => start())
    expect(error.message).contain("does not know the run")
    await stop()
    rmSync(`${file}.mark`)
    await run(5)
    copyFileSync(aside, `${file}.mark`)
    await expectError("JournalBehindMark", () => start())
  })

  it("refuses an empty journal in the place of one that was", async () => {
    await run(1)
    rmSync(file)
    await expectError("JournalBehindMark", () => start())
  })

  it("is written anew for a journal that is said to be restored, once the node has begun", async () => {
    await run(1)
    backup()
    await run(1)
    restore()
    await start(true)
    await stop()
    await expectError("JournalBehindMark", () => start())
    const { mark } = await start(true)
    await mark.begin()
    await stop()
    expect(written().claims).equal(1)
    await run(1)
    expect(written().claims).equal(2)
  })

  it("is missed once where there was none, and taken for missing when half of it is there", async () => {
    await run(1)
    rmSync(`${file}.mark`)
    await run(1)
    await run(0)
    expect(warnings).have.length(1)
    writeFileSync(`${file}.mark`, "")
    await run(0)
    writeFileSync(`${file}.mark`, `{"run":"00`)
    await run(0)
    expect(warnings).have.length(3)
    expect(written().claims).equal(2)
  })

  it("does not mind claims that are deleted", async () => {
    const { mark, claim, journal, database } = await start()
    await mark.begin()
    await claim()
    const failed = await claim()
    await mark.write()
    await journal.abandon(failed)
    await database.transact([{ sql: "DELETE FROM inputs" }, { sql: "DELETE FROM claims" }])
    await stop()
    await run(1)
    expect(written().claims).equal(3)
  })

  it("may be of a run that lies far back, as long as no other could be written", async () => {
    await run(1)
    const old = readFileSync(`${file}.mark`)
    const { database } = await start()
    const facts = await Facts.open(database)
    for (let i = 0; i < 70; i++) {
      await (await check(database, facts)).begin()
      writeFileSync(`${file}.mark`, old)
    }
    await check(database, facts)
    expect(warnings).deep.equal([])
  })
})
