import type { Probe } from "../../service/vitals.ts"
import type { Database } from "../../store/database.ts"
import { migrate } from "../../store/migrate.ts"

const STEPS = [["CREATE TABLE challenger_alive (id {int} PRIMARY KEY, at {int} NOT NULL)"]]
const NOTE = "INSERT INTO challenger_alive VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at"

/** Whether the book takes writes: only a write shows that. */
export async function bookProbe(database: Database): Promise<Probe> {
  await migrate(database, "challenger-alive", STEPS)
  return {
    check: "book",
    code: "BookUnwritable",
    async look() {
      try {
        await database.transact([{ sql: NOTE, values: [Math.floor(Date.now() / 1000)] }])
        return undefined
      } catch (error) {
        return `The book takes no writes: ${error instanceof Error ? error.message : String(error)}`
      }
    },
  }
}
