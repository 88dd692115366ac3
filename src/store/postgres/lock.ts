import { Client } from "pg"
import type { OnusError } from "../../protocol/errors.ts"
import { databaseUnavailable, lockHeld } from "../errors.ts"
import { connectionConfig, nameOf } from "./connect.ts"
import { explain } from "./explain.ts"

/** Milliseconds between questions whether the connection still lives, and until no answer means no. */
const PULSE = 5_000

/** The server forgets a client that it has not heard of for so many seconds, so that another may have the lock. */
const KEEPALIVE = "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"

/** Of all advisory locks, ours: the number is "Onus" in ASCII. */
const CLASS = 0x4f6e7573

const HOLDER = `
  SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
  WHERE locktype = 'advisory' AND granted AND classid = ${CLASS} AND objid = hashtext($1)::oid
  AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())`

/** A name that is held as long as a connection lives. */
export class PostgresLock {
  readonly #client: Client
  readonly #where: string
  readonly #onLost: ((error: OnusError) => void) | undefined
  #pulse: NodeJS.Timeout | undefined
  #isOver = false

  private constructor(client: Client, where: string, onLost?: (error: OnusError) => void) {
    this.#client = client
    this.#where = where
    this.#onLost = onLost
    client.on("error", (error) => this.#lose(error))
    client.on("end", () => this.#lose(new Error("the connection has ended")))
  }

  static async take(
    url: string,
    name: string,
    holder: string,
    onLost?: (error: OnusError) => void,
  ): Promise<PostgresLock> {
    // The server tells others the name of the connection that holds a lock: 63 bytes of it.
    const config = { ...connectionConfig(url), application_name: holder, query_timeout: PULSE }
    const client = new Client(config)
    const lock = new PostgresLock(client, nameOf(url), onLost)
    try {
      await client.connect()
      await client.query(KEEPALIVE)
      const sql = `SELECT pg_try_advisory_lock(${CLASS}, hashtext($1)) AS "isHeld"`
      const { rows } = await client.query<{ isHeld: boolean }>(sql, [name])
      if (!rows[0].isHeld) throw await heldByOther(client, url, name)
      lock.#beat()
      return lock
    } catch (error) {
      await lock.release()
      throw explain(nameOf(url), error)
    }
  }

  async release(): Promise<void> {
    this.#isOver = true
    clearTimeout(this.#pulse)
    await this.#client.end().catch(() => {})
  }

  /** Asks for an answer now and then: a connection that is broken on the way says nothing by itself. */
  #beat(): void {
    if (this.#isOver) return
    this.#pulse = setTimeout(() => {
      this.#client.query("SELECT 1").then(
        () => this.#beat(),
        (error: Error) => this.#lose(error),
      )
    }, PULSE).unref()
  }

  #lose(cause: Error): void {
    if (this.#isOver) return
    void this.release()
    this.#onLost?.(databaseUnavailable(this.#where, cause))
  }
}

async function heldByOther(client: Client, url: string, name: string): Promise<OnusError> {
  const { rows } = await client.query<{ application_name: string }>(HOLDER, [name])
  return lockHeld(name, nameOf(url), rows[0]?.application_name || "Another process")
}
