import { DatabaseSync } from "node:sqlite"
import { OnusError } from "../../src/protocol/errors.ts"
import type { Database, Row } from "../../src/store/database.ts"

/** A database that is gone when the test is, and whose disk can be full. */
export class MemoryDatabase implements Database {
  isFull = false
  readonly #sqlite = new DatabaseSync(":memory:")

  /** Makes tables, as `migrate` does. */
  async make({ steps }: { readonly steps: readonly (readonly string[])[] }): Promise<void> {
    for (const sql of steps.flat()) await this.transact([{ sql: sql.replaceAll("{int}", "INTEGER") }])
  }

  async transact(statements: Parameters<Database["transact"]>[0]): Promise<readonly (readonly Row[])[]> {
    if (this.isFull) throw new OnusError("DatabaseFull", "There is no room left")
    return Promise.all(statements.map(({ sql, values = [] }) => this.query(sql, ...values)))
  }

  query(sql: string, ...values: Parameters<Database["query"]>[1][]): Promise<readonly Row[]> {
    return Promise.resolve(this.#sqlite.prepare(sql).all(...values) as unknown as Row[])
  }

  async lock(): Promise<void> {}

  close(): Promise<void> {
    this.#sqlite.close()
    return Promise.resolve()
  }
}
