import { createServer, connect, type Server, type Socket } from "node:net"
import { once } from "node:events"
import { expect } from "chai"
import type { OnusError } from "../../src/protocol/errors.ts"
import type { Database } from "../../src/store/database.ts"
import { openDatabase } from "../../src/store/open.ts"
import { type PostgresServer, startPostgres } from "../helpers/postgres.ts"
import { expectError } from "../sdk/expect-error.ts"

describe("a PostgreSQL server", function () {
  this.timeout(180_000)
  let server: PostgresServer
  let database: Database
  let line: Line

  before(async () => {
    server = await startPostgres()
    line = await startLine(server.url)
    database = await openDatabase(line.url)
    await database.transact([{ sql: "CREATE TABLE things (name TEXT PRIMARY KEY)" }])
  })
  after(async () => {
    await database.close()
    await line.close()
    await server.stop()
  })

  const insert = (name: string) =>
    database.transact([{ sql: "INSERT INTO things VALUES (?)", values: [name] }])

  it("that is away is told of, without its password, and used again when it is back", async () => {
    await insert("before")
    line.cut()
    const { message } = await expectError("DatabaseUnavailable", () => insert("between"))
    expect(message).to.not.contain("onus:onus")
    line.mend()
    await insert("after")
    const rows = await database.query("SELECT name FROM things ORDER BY name")
    expect(rows.map(({ name }) => name)).to.deep.equal(["after", "before"])
  })

  it("that was restarted has what it acknowledged", async () => {
    await insert("kept")
    await server.restart()
    await database.query("SELECT 1 AS one").catch(() => {})
    const [row] = await database.query("SELECT count(*) AS count FROM things WHERE name = 'kept'")
    expect(row.count).to.equal(1)
  })

  it("tells who held a lock that it is lost with the connection, and gives it to another", async () => {
    const other = await openDatabase(server.url)
    let tell: (error: OnusError) => void
    const lost = new Promise<OnusError>((resolve) => (tell = resolve))
    await database.lock("sender", "first", (error) => tell(error))
    await expectError("LockHeld", () => other.lock("sender", "other"))
    line.cut()
    expect((await lost).code).to.equal("DatabaseUnavailable")
    line.mend()
    // The server notices a moment later.
    const taken = async (): Promise<boolean> => {
      try {
        await other.lock("sender", "other")
        return true
      } catch {
        return false
      }
    }
    while (!(await taken())) await new Promise((resolve) => setTimeout(resolve, 20))
    await other.close()
  })

  it("that cannot be reached, or does not know us, is named", async () => {
    const wrong = server.url.replace("onus:onus", "onus:wrong")
    const { message } = await expectError("DatabaseUnavailable", () => openDatabase(wrong))
    expect(message).to.contain("password").and.to.not.contain("wrong")
    const nowhere = server.url.replace(/:\d+\//, ":1/")
    await expectError("DatabaseUnavailable", () => openDatabase(nowhere))
  })

  it("that may forget what it has acknowledged is refused", async () => {
    const careless = await startPostgres(["-c", "full_page_writes=off"])
    try {
      const { message } = await expectError("DatabaseUnsafe", () => openDatabase(careless.url))
      expect(message).to.contain("full_page_writes")
    } finally {
      await careless.stop()
    }
  })

  it("that is told to be careless about commits by default is told to be careful", async () => {
    const careless = await startPostgres(["-c", "synchronous_commit=off"])
    try {
      const careful = await openDatabase(careless.url)
      const [[row]] = await careful.transact([{ sql: "SHOW synchronous_commit" }])
      expect(row.synchronous_commit).to.equal("on")
      await careful.close()
    } finally {
      await careless.stop()
    }
  })
})

/** A line to a server that can be cut. */
interface Line {
  readonly url: string
  cut(): void
  mend(): void
  close(): Promise<void>
}

async function startLine(url: string): Promise<Line> {
  const sockets = new Set<Socket>()
  let isCut = false
  const { hostname, port } = new URL(url)
  const listener: Server = createServer((near) => {
    if (isCut) return void near.destroy()
    const far = connect(Number(port), hostname)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(from)
      from.pipe(to)
      from.on("error", () => to.destroy()).on("close", () => sockets.delete(from) && to.destroy())
    }
  }).listen(0, "127.0.0.1")
  await once(listener, "listening")
  const { port: own } = listener.address() as { port: number }
  const cut = () => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: url.replace(`:${port}/`, `:${own}/`),
    cut,
    mend: () => (isCut = false),
    async close() {
      cut()
      listener.close()
      await once(listener, "close")
    },
  }
}
