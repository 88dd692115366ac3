import { type ClientConfig, types } from "pg"

/** Milliseconds to get a connection, and to get an answer on it. */
const CONNECT_TIMEOUT = 10_000
const ANSWER_TIMEOUT = 60_000

/** PostgreSQL's numbers of types. */
const INT8 = 20
const BYTEA = 17

/** A number, as SQLite gives it, or an error where a number would not be exact. */
function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large for a number`)
  return value
}

const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  [INT8]: wholeNumber,
  [BYTEA]: (text) => new Uint8Array(Buffer.from(text.slice(2), "hex")),
}

/** How every connection to a server is made. */
export function connectionConfig(url: string): ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    query_timeout: ANSWER_TIMEOUT,
    keepAlive: true,
    application_name: "onus",
    types: {
      getTypeParser: ((oid: number, format?: "text") =>
        parsers[oid] ??
        (types.getTypeParser as (oid: number, format?: string) => unknown)(oid, format)) as never,
    },
  }
}

/** Names a server and its database without the password. */
export function nameOf(url: string): string {
  try {
    const { host, pathname } = new URL(url)
    return `postgres://${host}${pathname}`
  } catch {
    return "the PostgreSQL database"
  }
}
