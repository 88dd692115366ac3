import { randomBytes } from "node:crypto"
import type { Database } from "../../store/database.ts"

const BYTES = 32

/** Random bytes that only this challenger knows: made when they are first asked for, and the same ever after. */
export async function loadSecret(database: Database, name: string): Promise<Uint8Array> {
  const [, [{ value }]] = await database.transact([
    { sql: "INSERT INTO secrets VALUES (?, ?) ON CONFLICT DO NOTHING", values: [name, randomBytes(BYTES)] },
    { sql: "SELECT value FROM secrets WHERE name = ?", values: [name] },
  ])
  return value as Uint8Array
}
