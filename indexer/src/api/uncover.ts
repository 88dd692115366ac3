import { sql } from "ponder"
import { tableNames } from "../tables.ts"
import type { Database } from "./reader.ts"

/**
 * Has names mean the index's tables again. Ponder leaves empty temporary tables of the same names behind when it has written many rows at
 * once: PGlite has one session, in which they come first. PostgreSQL has others.
 */
export async function uncover(database: Pick<Database, "execute">): Promise<void> {
  const names = tableNames.map((name) => `pg_temp."${name}"`).join(", ")
  await database.execute(sql.raw(`DROP TABLE IF EXISTS ${names}`))
}
