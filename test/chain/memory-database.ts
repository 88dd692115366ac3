import { DatabaseSync } from "node:sqlite"
import { OnusError } from "../../src/protocol/errors.ts"
import type { Database, Row } from "../../src/store/database.ts"
import { explain } from "../../src/store/sqlite/explain.ts"
import { translator } from "../../src/store/translate.ts"

const translate = translator(
  { int: "INTEGER", bytes: "BLOB", sequence: "INTEGER PRIMARY KEY", now: "0" },
  (n) => `?${n}`,
)

/** A database that is gone when the test is, and whose disk can be full. */
export class MemoryDatabase implements Database {
  isFull = false
  readonly #sqlite = new DatabaseSync(":memory:")

  /** Makes tables, as `migrate` does. */
  async make({ steps }: { readonly steps: readonly (readonly string[])[] }): Promise<void> {
    for (const sql of steps.flat()) await this.transact([{ sql }])
  }

  async transact(statements: Parameters<Database["transact"]>[0]): Promise<readonly (readonly Row[])[]> {
    if (this.isFull) throw new OnusError("DatabaseFull", "There is no room left")
    this.#sqlite.exec("BEGIN")
    try {
      const rows = statements.map(({ sql, values = [] }) => this.#run(sql, values))
      this.#sqlite.exec("COMMIT")
      return await Promise.resolve(rows)
    } catch (error) {
      this.#sqlite.exec("ROLLBACK")
      throw explain("memory", error as Parameters<typeof explain>[1])
    }
  }

  query(sql: string, ...values: Parameters<Database["query"]>[1][]): Promise<readonly Row[]> {
    return Promise.resolve(this.#run(sql, values))
  }

  async lock(): Promise<void> {}

  close(): Promise<void> {
    this.#sqlite.close()
    return Promise.resolve()
  }

  #run(sql: string, values: readonly Parameters<Database["query"]>[1][]): Row[] {
    return this.#sqlite.prepare(translate(sql)).all(...values) as unknown as Row[]
  }
}
