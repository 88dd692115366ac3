import { OnusError, isOnusError } from "../protocol/errors.ts"
import type { Database } from "./database.ts"

const CREATE = "CREATE TABLE IF NOT EXISTS migrations (name TEXT, version {int}, PRIMARY KEY (name, version))"

/**
 * Brings tables up to date, one transaction for each step. Replicas may do so at the same time: each step is done once.
 *
 * @param name of the part of the program that the tables are for.
 * @param steps statements by version, from 1. A step never changes once it was released; changes are steps of their own.
 * @throws OnusError `DatabaseNewer` when a later program has used the database.
 */
export async function migrate(
  database: Database,
  name: string,
  steps: readonly (readonly string[])[],
): Promise<void> {
  // Two that create one table at once: PostgreSQL refuses one of them.
  await unlessDone(() => database.transact([{ sql: CREATE }]))
  const rows = await database.query("SELECT version FROM migrations WHERE name = ? ORDER BY version", name)
  const version = rows.length === 0 ? 0 : Number(rows[rows.length - 1].version)
  if (version > steps.length) throw newer(name, version, steps.length)
  for (const [i, step] of steps.entries()) {
    if (i < version) continue
    // Whoever inserts the version first does the step; others wait for that and find it done.
    const mark = { sql: "INSERT INTO migrations VALUES (?, ?)", values: [name, i + 1] }
    await unlessDone(() => database.transact([mark, ...step.map((sql) => ({ sql }))]))
  }
}

async function unlessDone(act: () => Promise<unknown>): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (!isOnusError(error, "DatabaseConflict")) throw error
  }
}

function newer(name: string, version: number, known: number): OnusError {
  return new OnusError(
    "DatabaseNewer",
    `The tables of ${name} have version ${version}, this program knows ${known}`,
    { hint: "Use the program that wrote the database, or a later one" },
  )
}
