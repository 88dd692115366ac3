import { DatabaseSync } from "node:sqlite"
import type { Database } from "../../../src/store/database.ts"
export async function openDatabase(url: string): Promise<Database> {
  const path = url.replace("sqlite:", "")
  const db = new DatabaseSync(path)
  db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL")
  return {
    async transact(statements) {
      db.exec("BEGIN IMMEDIATE")
      try {
        const rows = statements.map(({ sql, values = [] }) => db.prepare(sql).all(...values) as never)
        db.exec("COMMIT")
        return rows
      } catch (error) {
        db.exec("ROLLBACK")
        throw error
      }
    },
    async query(sql, ...values) {
      return db.prepare(sql).all(...values) as never
    },
    async lock() {},
    async close() {
      db.close()
    },
  }
}
