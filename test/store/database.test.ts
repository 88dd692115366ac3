import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { expect } from "chai"
import { migrate } from "../../src/store/migrate.ts"
import type { Database } from "../../src/store/database.ts"
import { expectError } from "../sdk/expect-error.ts"
import { describeBackends } from "./backends.ts"

const CREATE = "CREATE TABLE things (id {sequence}, name TEXT NOT NULL UNIQUE, size {int}, body {bytes})"
const INSERT = "INSERT INTO things (name, size, body) VALUES (?, ?, ?)"

const insert = (name: string, size: number | null = null, body: Uint8Array | null = null) => ({
  sql: INSERT,
  values: [name, size, body],
})

describeBackends("database", (backend) => {
  let database: Database
  beforeEach(async () => {
    database = await backend.open()
    await database.transact([{ sql: CREATE }])
  })

  const names = async (of = database) =>
    (await of.query("SELECT name FROM things ORDER BY name")).map(({ name }) => name)

  it("gives back what it was given, as the same types", async () => {
    const body = Uint8Array.from({ length: 1000 }, (_, i) => i & 0xff)
    const [rows] = await database.transact([
      { sql: `${INSERT} RETURNING *`, values: ["ünï\u{1f600} '?$1", Number.MAX_SAFE_INTEGER, body] },
    ])
    const row = { id: 1, name: "ünï\u{1f600} '?$1", size: Number.MAX_SAFE_INTEGER, body }
    expect({ ...rows[0] }).to.deep.equal(row)
    const [read] = await database.query("SELECT * FROM things")
    expect({ ...read }).to.deep.equal(row)
    expect(Object.getPrototypeOf(read.body)).to.equal(Uint8Array.prototype)
    await database.transact([insert("nothing"), insert("empty", -1, new Uint8Array())])
    const [nothing, empty] = await database.query("SELECT * FROM things WHERE id > 1 ORDER BY id")
    expect({ ...nothing }).to.deep.equal({ id: 2, name: "nothing", size: null, body: null })
    expect({ ...empty }).to.deep.equal({ id: 3, name: "empty", size: -1, body: new Uint8Array() })
    const [{ count }] = await database.query("SELECT count(*) AS count FROM things")
    expect(count).to.equal(3)
  })

  it("takes parts of larger buffers, and shared memory as it is at that moment", async () => {
    const large = Buffer.from("abcdef")
    const shared = new Uint8Array(new SharedArrayBuffer(3)).fill(7)
    const kept = database.transact([insert("part", 0, large.subarray(1, 3)), insert("shared", 0, shared)])
    shared.fill(9)
    large.fill(0)
    await kept
    const bodies = await database.query("SELECT body FROM things ORDER BY id")
    expect(bodies.map(({ body }) => [...(body as Uint8Array)])).to.deep.equal([
      [98, 99],
      [7, 7, 7],
    ])
  })

  it("does all of a transaction or nothing, and a transaction sees what it did before", async () => {
    const rows = await database.transact([insert("a"), { sql: "SELECT count(*) AS count FROM things" }])
    expect(rows.map((of) => of.map((row) => ({ ...row })))).to.deep.equal([[], [{ count: 1 }]])
    const twice = () => database.transact([insert("b"), insert("c"), insert("b")])
    await expectError("DatabaseConflict", twice)
    await expectError("DatabaseConflict", () => database.transact([insert("a")]))
    expect(await names()).to.deep.equal(["a"])
    expect(await database.transact([])).to.deep.equal([])
  })

  it("lets a transaction that fails take no other with it, however many come at once", async () => {
    const all = await Promise.allSettled(
      Array.from({ length: 300 }, (_, i) =>
        database.transact([insert(`${i}`), insert(i % 3 === 0 ? `${i}` : `more ${i}`)]),
      ),
    )
    for (const [i, { status }] of all.entries())
      expect(status, `${i}`).to.equal(i % 3 === 0 ? "rejected" : "fulfilled")
    expect(await names()).to.have.length(400)
  })

  it("lets queries see what has resolved, also another connection", async () => {
    const other = await backend.open()
    for (let i = 0; i < 20; i++) {
      await database.transact([insert(`${i}`)])
      expect(await names(other)).to.have.length(i + 1)
      await other.transact([{ sql: "UPDATE things SET size = ? WHERE name = ?", values: [i, `${i}`] }])
      const [row] = await database.query("SELECT size FROM things WHERE name = ?", `${i}`)
      expect(row.size).to.equal(i)
    }
  })

  it("keeps two writers of the same rows apart", async () => {
    const other = await backend.open()
    await database.transact([insert("a", 0), insert("b", 0)])
    const add = (name: string) => ({
      sql: "UPDATE things SET size = size + 1 WHERE name = ?",
      values: [name],
    })
    // In opposite orders: each waits for the other, unless somebody steps back.
    await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        i % 2 ? database.transact([add("a"), add("b")]) : other.transact([add("b"), add("a")]),
      ),
    )
    const sizes = await database.query("SELECT size FROM things")
    expect(sizes.map(({ size }) => size)).to.deep.equal([30, 30])
  })

  it("says what is wrong with a statement, and goes on", async () => {
    const wrong = async (act: Promise<unknown>) => {
      const error = (await act.catch((caught: unknown) => caught)) as Error
      expect(error).to.be.instanceOf(Error)
      expect(error.name).to.not.equal("OnusError")
    }
    await wrong(database.transact([insert("a"), { sql: "INSERT INTO nowhere VALUES (1)" }]))
    await wrong(database.query("SELEC"))
    expect(await names()).to.deep.equal([])
  })

  it("keeps everything over a restart", async () => {
    await database.transact([insert("a"), insert("b")])
    await database.close()
    expect(await names(await backend.open())).to.deep.equal(["a", "b"])
    await expectError("DatabaseUnavailable", () => database.transact([insert("c")]))
    await expectError("DatabaseUnavailable", () => database.query("SELECT 1 AS one"))
  })

  it("finishes what was asked for before it is closed", async () => {
    const all = Promise.all(Array.from({ length: 50 }, (_, i) => database.transact([insert(`${i}`)])))
    await Promise.all([all, database.close()])
    expect(await names(await backend.open())).to.have.length(50)
  })

  it("keeps what it has acknowledged when its process is killed", async () => {
    const script = join(import.meta.dirname, "writer.ts")
    const child = spawn(process.execPath, [script, backend.url, "lock of the child"], {
      stdio: ["ignore", "pipe", "inherit"],
    })
    let printed = ""
    child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()))
    while (printed.split("\n").length < 40) await once(child.stdout, "data")
    const { message } = await expectError("LockHeld", () => database.lock("writer", "the test"))
    expect(message).to.contain("lock of the child")
    child.kill("SIGKILL")
    await once(child, "close")
    const acknowledged = printed.split("\n").slice(0, -1)
    expect(await names()).to.include.members(acknowledged)
    await eventually(() => database.lock("writer", "the test"))
  })

  it("gives a name to one holder at a time, and to the next when it is closed", async () => {
    const other = await backend.open()
    await database.lock("sender", "process 1 on here")
    await other.lock("another name", "process 2 on here")
    const { message } = await expectError("LockHeld", () => other.lock("sender", "process 2 on here"))
    expect(message).to.contain("process 1 on here").and.to.contain("sender")
    expect(message).to.not.contain("onus:onus")
    await expectError("LockHeld", () => database.lock("sender", "process 1 on here"))
    await database.close()
    await eventually(() => other.lock("sender", "process 2 on here"))
  })

  /** A server notices a moment later that a connection has ended. */
  async function eventually(act: () => Promise<void>): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      try {
        return await act()
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    return act()
  }

  describe("migrations", () => {
    const steps = [
      ["CREATE TABLE one (id {sequence}, size {int})", "INSERT INTO one (size) VALUES (1)"],
      ["ALTER TABLE one ADD COLUMN body {bytes}", "UPDATE one SET size = size + 1"],
    ]
    const size = async () => (await database.query("SELECT size, body FROM one"))[0].size

    it("are done once each, in order, whoever starts when", async () => {
      const others = await Promise.all([backend.open(), backend.open(), backend.open()])
      await Promise.all([database, ...others].map((of) => migrate(of, "part", steps.slice(0, 1))))
      expect(await size().catch(() => "no body yet")).to.equal("no body yet")
      await Promise.all([database, ...others].map((of) => migrate(of, "part", steps)))
      await migrate(database, "part", steps)
      expect(await size()).to.equal(2)
    })

    it("of several parts of a program do not meet", async () => {
      await migrate(database, "part", steps)
      await migrate(database, "other", [["CREATE TABLE two (id {int})"]])
      expect(await size()).to.equal(2)
    })

    it("leave nothing of a step that fails", async () => {
      const broken = [...steps.slice(0, 1), ["UPDATE one SET size = 100", "UPDATE nowhere SET size = 1"]]
      await migrate(database, "part", broken).then(
        () => expect.fail("the step did not fail"),
        () => {},
      )
      await migrate(database, "part", steps)
      expect(await size()).to.equal(2)
    })

    it("refuse a database that a later program has written", async () => {
      await migrate(database, "part", steps)
      const { message } = await expectError("DatabaseNewer", () =>
        migrate(database, "part", steps.slice(0, 1)),
      )
      expect(message).to.contain("part").and.to.contain("2").and.to.contain("1")
    })
  })
})
