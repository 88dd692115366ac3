import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { setTimeout as pause } from "node:timers/promises"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { expect } from "chai"
import type { Database } from "../../src/store/database.ts"
import { openDatabase } from "../../src/store/open.ts"
import { type SqliteOptions, openSqlite } from "../../src/store/sqlite/sqlite.ts"
import { FileJournal } from "../../src/sdk/journal.ts"
import { expectError } from "../sdk/expect-error.ts"
import { REGISTRY, receiptWith } from "../sdk/samples.ts"

describe("a SQLite file", () => {
  let folder: string
  let path: string
  let opened: Database[]

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "onus-sqlite-"))
    path = join(folder, "database")
    opened = []
  })
  afterEach(async () => {
    await Promise.all(opened.map((database) => database.close()))
    rmSync(folder, { recursive: true })
  })

  async function open(options?: SqliteOptions): Promise<Database> {
    const database = await openSqlite(path, options)
    opened.push(database)
    return database
  }

  /** A file with rows of a kilobyte, closed. */
  async function filled(rows: number): Promise<void> {
    const database = await open()
    await database.transact([
      { sql: "CREATE TABLE things (id {sequence}, body {bytes})" },
      ...Array.from({ length: rows }, (_, i) => insert(1000, i)),
    ])
    await database.close()
  }
  const insert = (bytes: number, fill = 1) => ({
    sql: "INSERT INTO things (body) VALUES (?)",
    values: [new Uint8Array(bytes).fill(fill)],
  })
  const count = async (database: Database) =>
    (await database.query("SELECT count(*) AS count FROM things"))[0].count

  it("is made in folders that do not exist yet, for its owner only", async () => {
    path = join(folder, "deep", "deeper", "database")
    const database = await open()
    await database.transact([{ sql: "CREATE TABLE things (id {sequence}, body {bytes})" }])
    if (process.platform !== "win32")
      for (const file of [path, `${path}-wal`, `${path}-shm`])
        expect(statSync(file).mode & 0o777, file).to.equal(0o600)
  })

  it("waits for the disk in every commit", async () => {
    const database = await open()
    const [[sync], [mode], [keys]] = await database.transact([
      { sql: "PRAGMA synchronous" },
      { sql: "PRAGMA journal_mode" },
      { sql: "PRAGMA foreign_keys" },
    ])
    expect([sync.synchronous, mode.journal_mode, keys.foreign_keys]).to.deep.equal([2, "wal", 1])
  })

  it("that holds something else is refused, and left as it is", async () => {
    const refused = async () => {
      const before = readFileSync(path)
      const { message, hint } = await expectError("DatabaseMalformed", () => openSqlite(path))
      expect(message).to.contain(path)
      expect(hint).to.contain("copy")
      expect(readFileSync(path)).to.deep.equal(before)
    }
    for (const garbage of ["x", "something else\n", "garbage".repeat(1000)]) {
      writeFileSync(path, garbage)
      await refused()
    }
    rmSync(path)
    const other = new DatabaseSync(path)
    other.exec("CREATE TABLE things (something)")
    other.close()
    await refused()
    rmSync(path)
    new FileJournal(path).claim(REGISTRY, receiptWith())
    await refused()
  })

  it("gets what was logged from a thread of its own, so that the log begins anew and no commit does that work", async () => {
    const database = await open()
    await database.transact([{ sql: "CREATE TABLE things (id {sequence}, body {bytes})" }])
    const logged = () => statSync(`${path}-wal`).size
    // Long before the writer would do it: once all is in the file, the log is written from its beginning and does not grow.
    for (let i = 0; i < 200; i++) {
      const before = logged()
      await database.transact([insert(100_000, i)])
      if (logged() === before) return
      await pause(25)
    }
    expect.fail("the log has grown with each of 200 transactions")
  })

  it("that is damaged is named so, and not repaired", async () => {
    await filled(2000)
    const whole = join(folder, "whole")
    copyFileSync(path, whole)
    const pages = statSync(path).size / 4096
    expect(pages).to.be.greaterThan(400)
    for (const page of [1, 2, 100, Math.floor(pages / 2), pages - 1]) {
      const bytes = readFileSync(whole)
      // The kind of a page, or the number of its cells.
      bytes[page * 4096] ^= 0xff
      bytes[page * 4096 + 3] ^= 0xff
      writeFileSync(path, bytes)
      await expectError("DatabaseMalformed", () => openSqlite(path))
      expect(readFileSync(path), `${page}`).to.deep.equal(bytes)
    }
    copyFileSync(whole, path)
    truncateSync(path, 100 * 4096)
    await expectError("DatabaseMalformed", () => openSqlite(path))
    copyFileSync(whole, path)
    expect(await count(await open())).to.equal(2000)
  })

  /** The header of a log with another salt, and the checksum that belongs to it. */
  function headerWithSalt(log: Uint8Array, salt: number): Uint8Array {
    const header = Uint8Array.from(log.subarray(0, 32))
    const view = new DataView(header.buffer)
    view.setUint32(16, salt)
    const isLittleEndian = (view.getUint32(0) & 1) === 0
    let [a, b] = [0, 0]
    for (let at = 0; at < 24; at += 8) {
      a = (a + view.getUint32(at, isLittleEndian) + b) >>> 0
      b = (b + view.getUint32(at + 4, isLittleEndian) + a) >>> 0
    }
    view.setUint32(24, a)
    view.setUint32(28, b)
    return header
  }

  it("whose log is damaged is named so: nothing that was acknowledged is forgotten without a word", async () => {
    const copy = join(folder, "copy")
    const database = await open()
    await database.transact([{ sql: "CREATE TABLE things (id {sequence}, body {bytes})" }])
    for (let i = 0; i < 20; i++) await database.transact([insert(5000, i)])
    // As after a crash: the log holds everything.
    for (const end of ["", "-wal"]) copyFileSync(`${path}${end}`, `${copy}${end}`)
    await database.close()
    const log = readFileSync(`${copy}-wal`)
    const frames = (log.length - 32) / 4120
    expect(frames).to.be.greaterThan(40)
    const restore = (wal: Uint8Array) => {
      copyFileSync(copy, path)
      rmSync(`${path}-shm`, { force: true })
      writeFileSync(`${path}-wal`, wal)
    }
    for (const at of [0, 9, 17, 25, 32, 36, 42, 50, 2000, 32 + 4120 * 20 + 4, log.length >> 1]) {
      const damaged = Uint8Array.from(log)
      damaged[at] ^= 0x10
      restore(damaged)
      await expectError("DatabaseMalformed", () => openSqlite(path))
      expect(readFileSync(`${path}-wal`).equals(damaged), `${at}`).to.equal(true)
    }
    restore(log)
    const whole = await open()
    expect(await count(whole)).to.equal(20)
    await whole.close()
    // A log that begins anew, killed after its header; the database has what the old one held.
    const old = Uint8Array.from(log)
    const begun = join(folder, "begun")
    restore(log)
    await (await open()).close()
    copyFileSync(path, begun)
    old.set(headerWithSalt(log, 77))
    copyFileSync(begun, path)
    writeFileSync(`${path}-wal`, old)
    const anew = await open()
    expect(await count(anew)).to.equal(20)
    await anew.close()
    // A write that was torn when power was lost, behind everything that was acknowledged.
    for (const length of [1, 30, 5000]) {
      restore(log.subarray(0, log.length - length))
      const torn = await open()
      expect(await count(torn)).to.equal(19)
      await torn.close()
    }
  })

  it("of many bytes is used before it is looked through, until damage is found", async () => {
    await filled(2000)
    const bytes = readFileSync(path)
    bytes[4096 * 200] ^= 0xff
    writeFileSync(path, bytes)
    const database = await open({ checkedBytes: 1000 })
    const failure = async (): Promise<unknown> => {
      for (;;) {
        const error = await database.query("SELECT 1 AS one").catch((caught: unknown) => caught)
        if (error instanceof Error) return error
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    expect(await failure()).to.have.property("code", "DatabaseMalformed")
    await expectError("DatabaseMalformed", () => database.transact([{ sql: "SELECT 1 AS one" }]))
  })

  it("of many bytes can be closed before it is looked through", async () => {
    await filled(10)
    const database = await open({ checkedBytes: 0 })
    expect(await count(database)).to.equal(10)
    await database.close()
  })

  it("that has no more room says so, loses nothing, and goes on when there is room again", async () => {
    await filled(1)
    const database = await open({ maxPages: 60 })
    const large = Array.from({ length: 20 }, () => insert(3000))
    await database.transact(large)
    await database.transact(large)
    await expectError("DatabaseFull", () => database.transact(large))
    expect(await count(database)).to.equal(41)
    // What is large does not take along what would fit.
    const [small, tooLarge, other] = await Promise.allSettled([
      database.transact([insert(10)]),
      database.transact(large),
      database.transact([insert(10)]),
    ])
    expect([small.status, tooLarge.status, other.status]).to.deep.equal([
      "fulfilled",
      "rejected",
      "fulfilled",
    ])
    expect((tooLarge as PromiseRejectedResult).reason).to.have.property("code", "DatabaseFull")
    await database.transact([{ sql: "DELETE FROM things WHERE id <= 21" }])
    await database.transact(large.slice(0, 15))
    expect(await count(database)).to.equal(37)
  })

  it("says that it cannot be used where no file can be", async () => {
    writeFileSync(path, "")
    await expectError("DatabaseUnavailable", () => openSqlite(join(path, "below")))
    await expectError("DatabaseUnavailable", () => openSqlite(folder))
  })

  it("is locked by the process that lives, not by files that one has left behind", async () => {
    await (await open()).lock("node", "first")
    const second = await open()
    await expectError("LockHeld", () => second.lock("node", "second"))
    await opened[0].close()
    expect(existsSync(`${path}-lock-node`)).to.equal(true)
    await second.lock("node", "second")
  })
})

describe("the URL of a database", () => {
  it("says which one it is, and is never repeated whole", async () => {
    for (const url of ["", "sqlite:", "mysql://root:secret@host/name", "/path", "secret"]) {
      const { message } = await expectError("DatabaseUrlMalformed", () => openDatabase(url))
      if (url.includes("secret@")) expect(message).to.not.contain("secret")
    }
  })
})
