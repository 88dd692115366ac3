import type { Database } from "../store/database.ts"

/** The tables that cursors are kept in, for `migrate`. */
export const CURSOR_TABLES = {
  name: "cursors",
  steps: [
    [
      "CREATE TABLE cursors (name TEXT PRIMARY KEY, filter TEXT NOT NULL, block {int} NOT NULL, hash TEXT NOT NULL)",
    ],
  ],
} as const satisfies { readonly name: string; readonly steps: readonly (readonly string[])[] }

/** Up to where logs were read and dealt with, for good. */
export interface Cursor {
  readonly block: number
  /** The hash of that block; empty before the first one was read. */
  readonly hash: string
}

/** The cursor of a name, if it is about the same filter. */
export async function loadCursor(
  database: Database,
  name: string,
  filter: string,
): Promise<Cursor | undefined> {
  const sql = "SELECT block, hash FROM cursors WHERE name = ? AND filter = ?"
  const [row] = await database.query(sql, name, filter)
  return row ? { block: Number(row.block), hash: String(row.hash) } : undefined
}

/** Keeps a cursor, durably. */
export async function saveCursor(
  database: Database,
  name: string,
  filter: string,
  cursor: Cursor,
): Promise<void> {
  const sql =
    "INSERT INTO cursors (name, filter, block, hash) VALUES (?, ?, ?, ?) " +
    "ON CONFLICT (name) DO UPDATE SET filter = excluded.filter, block = excluded.block, hash = excluded.hash"
  await database.transact([{ sql, values: [name, filter, cursor.block, cursor.hash] }])
}
