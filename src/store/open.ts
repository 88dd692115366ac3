import { OnusError } from "../protocol/errors.ts"
import type { Database } from "./database.ts"
import { openPostgres } from "./postgres/postgres.ts"
import { openSqlite } from "./sqlite/sqlite.ts"

/**
 * Opens a database, and makes it if it is a file that does not exist.
 *
 * @param url `sqlite:PATH`, or `postgres://USER:PASSWORD@HOST:PORT/NAME` as PostgreSQL's own tools take it.
 * @throws OnusError `DatabaseUrlMalformed`, `DatabaseMalformed`, `DatabaseUnavailable`, `DatabaseUnsafe` when a server is set up to
 * forget what it has acknowledged.
 */
export async function openDatabase(url: string): Promise<Database> {
  const scheme = /^([a-z]+):/.exec(url)?.[1]
  if (scheme === "sqlite" && url.length > "sqlite:".length) return openSqlite(url.slice("sqlite:".length))
  if (scheme === "postgres" || scheme === "postgresql") return openPostgres(url)
  // The text may hold a password: only its beginning is repeated.
  throw new OnusError("DatabaseUrlMalformed", `A database's URL cannot begin with "${url.slice(0, 10)}"`, {
    hint: "Write sqlite:PATH, or postgres://USER:PASSWORD@HOST/NAME",
  })
}
