import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openDatabase } from "../../src/store/open.ts"
import type { Database } from "../../src/store/database.ts"
import { type PostgresServer, startPostgres } from "../helpers/postgres.ts"

/** What tests of one behaviour over both databases need. */
export interface Backend {
  /** URL of the database of this test: a new one for each. */
  readonly url: string
  /** Opens it, once more if it is open; closed after the test. */
  open(): Promise<Database>
}

/** Describes a behaviour for SQLite and for PostgreSQL. */
export function describeBackends(title: string, define: (backend: Backend) => void): void {
  describe(`${title}, SQLite`, () => {
    let folder: string
    before(() => (folder = mkdtempSync(join(tmpdir(), "onus-store-"))))
    after(() => rmSync(folder, { recursive: true }))
    let count = 0
    const next = () => Promise.resolve(`sqlite:${join(folder, `${++count}`, "database")}`)
    defineWith(next, define)
  })

  describe(`${title}, PostgreSQL`, function () {
    this.timeout(180_000)
    let server: PostgresServer
    before(async () => (server = await startPostgres()))
    after(() => server.stop())
    let count = 0
    defineWith(() => server.create(`test${++count}`), define)
  })
}

function defineWith(next: () => Promise<string>, define: (backend: Backend) => void): void {
  let url: string
  let opened: Database[]
  beforeEach(async () => {
    url = await next()
    opened = []
  })
  afterEach(() => Promise.all(opened.map((database) => database.close())))
  define({
    get url() {
      return url
    },
    async open() {
      const database = await openDatabase(url)
      opened.push(database)
      return database
    },
  })
}
