import { setTimeout } from "node:timers/promises"
import { Pool, type PoolClient } from "pg"
import { OnusError } from "../../protocol/errors.ts"
import type { Database, Row, Statement, Value } from "../database.ts"
import { databaseUnavailable } from "../errors.ts"
import { translator } from "../translate.ts"
import { connectionConfig, nameOf } from "./connect.ts"
import { explain, isRetriable } from "./explain.ts"
import { PostgresLock } from "./lock.ts"

/** Transactions that share a wait for the disk come from as many connections. */
const CONNECTIONS = 8

/** How often a transaction that was in the way of another is tried, and how many milliseconds it steps back at most. */
const TRIES = 30
const PAUSE = 50

/**
 * Connects to a PostgreSQL database.
 *
 * @throws OnusError `DatabaseUnavailable`, `DatabaseUnsafe`.
 */
export async function openPostgres(url: string): Promise<Database> {
  const database = new Postgres(url)
  try {
    await refuseUnsafe(database, nameOf(url))
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

/** A server that acknowledges what it may forget is of no use to somebody who owes. */
async function refuseUnsafe(database: Database, where: string): Promise<void> {
  const settings = await database.query(
    "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'",
  )
  if (settings.length === 0) return
  const names = settings.map(({ name }) => name).join(" and ")
  throw new OnusError(
    "DatabaseUnsafe",
    `${where} runs with ${names} off: it may forget what it has acknowledged`,
    {
      hint: "Set both to on in postgresql.conf",
    },
  )
}

class Postgres implements Database {
  readonly #url: string
  readonly #pool: Pool
  readonly #locks: PostgresLock[] = []
  readonly #running = new Set<Promise<unknown>>()
  #closed: Promise<void> | undefined

  constructor(url: string) {
    this.#url = url
    this.#pool = new Pool({ ...connectionConfig(url), max: CONNECTIONS, pipeline: true })
    // An idle connection that breaks is replaced by the next one; whoever uses a broken one is told.
    this.#pool.on("error", () => {})
    this.#pool.on("connect", (client) => {
      client.on("error", () => {})
      const sql =
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
      client.query(sql).catch(() => client.end())
    })
  }

  async transact(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    if (this.#closed) throw databaseUnavailable(nameOf(this.#url), new Error("it is closed"))
    const running = this.#repeat(statements.map(translated))
    this.#running.add(running)
    try {
      return await running
    } catch (error) {
      throw explain(nameOf(this.#url), error)
    } finally {
      this.#running.delete(running)
    }
  }

  async query(sql: string, ...values: readonly Value[]): Promise<readonly Row[]> {
    const [rows] = await this.transact([{ sql, values }])
    return rows
  }

  async lock(name: string, holder: string, onLost?: (error: OnusError) => void): Promise<void> {
    this.#locks.push(await PostgresLock.take(this.#url, name, holder, onLost))
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#finish())
  }

  async #finish(): Promise<void> {
    // A pool that ends forgets whoever waits for a connection.
    await Promise.allSettled(this.#running)
    await this.#pool.end()
    for (const lock of this.#locks.splice(0)) await lock.release()
  }

  /** Runs a transaction, again if it was in the way of another. */
  async #repeat(queries: readonly Query[]): Promise<Row[][]> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#try(queries)
      } catch (error) {
        if (tries === TRIES || !isRetriable(error)) throw error
        await setTimeout(Math.random() * PAUSE)
      }
    }
  }

  async #try(queries: readonly Query[]): Promise<Row[][]> {
    const client = await this.#pool.connect()
    try {
      const rows = await run(client, queries)
      client.release()
      return rows
    } catch (error) {
      // A connection that failed in any way is not used again: its state would have to be guessed.
      client.release(error as Error)
      throw error
    }
  }
}

const translate = translator(
  {
    int: "BIGINT",
    bytes: "BYTEA",
    sequence: "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    now: "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
  },
  (n) => `$${n}`,
)

/** A statement as the server takes it. */
interface Query {
  readonly text: string
  readonly values: Value[]
}

/** Bytes are copied: they are sent later, and their owner may write over them. */
const translated = ({ sql, values = [] }: Statement): Query => ({
  text: translate(sql),
  values: values.map((value) => (value instanceof Uint8Array ? new Uint8Array(value) : value)),
})

/** Sends a whole transaction at once. After a failure the server takes the commit for a rollback. */
async function run(client: PoolClient, queries: readonly Query[]): Promise<Row[][]> {
  const isOne = queries.length === 1
  const sent = isOne ? queries : [{ text: "BEGIN" }, ...queries, { text: "COMMIT" }]
  const results = await Promise.allSettled(sent.map((query) => client.query<Record<string, Value>>(query)))
  const failure = results.find((result) => result.status === "rejected")
  if (failure) throw failure.reason
  const rows = results.map((result) => (result as PromiseFulfilledResult<{ rows: Row[] }>).value.rows)
  return isOne ? rows : rows.slice(1, -1)
}
