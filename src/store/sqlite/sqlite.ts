import { statSync } from "node:fs"
import { resolve } from "node:path"
import type { Database, Row, Statement, Value } from "../database.ts"
import { translator } from "../translate.ts"
import { type Check, checkBeside } from "./check.ts"
import { explain } from "./explain.ts"
import { createFile } from "./file.ts"
import { lockFile } from "./lock.ts"
import type { Failure } from "./messages.ts"
import { Thread } from "./thread.ts"

/** Larger files are checked while they are used already: reading one may take minutes. */
const CHECKED_BYTES = 1 << 28

export interface SqliteOptions {
  /** How many pages of 4096 bytes the file may have. */
  readonly maxPages?: number
  /** Files of more bytes are used before they are looked through for damage. */
  readonly checkedBytes?: number
}

/**
 * Opens a SQLite file, and makes it if there is none. One thread writes, another reads, so that neither the program nor a
 * transaction waits for a long query; a third one moves what was written from the log into the file, so that no transaction does.
 *
 * @throws OnusError `DatabaseMalformed`, `DatabaseFull`, `DatabaseUnavailable`.
 */
export async function openSqlite(path: string, options: SqliteOptions = {}): Promise<Database> {
  const { maxPages, checkedBytes = CHECKED_BYTES } = options
  const file = resolve(path)
  try {
    createFile(file)
  } catch (error) {
    throw explain(file, error as Failure)
  }
  const task = { path: file, maxPages, checkedBytes }
  const threads = [await Thread.start({ ...task, role: "write" })]
  try {
    for (const role of ["read", "settle"] as const) threads.push(await Thread.start({ ...task, role }))
    const isChecked = statSync(file).size <= checkedBytes
    return new Sqlite(file, threads, isChecked ? undefined : checkBeside(file))
  } catch (error) {
    for (const thread of threads.toReversed()) await thread.close()
    throw error
  }
}

class Sqlite implements Database {
  readonly #path: string
  readonly #writer: Thread
  readonly #reader: Thread
  readonly #settler: Thread
  readonly #check: Check | undefined
  readonly #locks: (() => void)[] = []
  #damage: Error | undefined

  constructor(path: string, [writer, reader, settler]: readonly Thread[], check: Check | undefined) {
    this.#path = path
    this.#writer = writer
    this.#reader = reader
    this.#settler = settler
    this.#check = check
    void check?.damage.then((damage) => (this.#damage = damage))
  }

  async transact(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    if (this.#damage) throw this.#damage
    return this.#writer.run(statements.map(({ sql, values = [] }) => prepared(sql, values)))
  }

  async query(sql: string, ...values: readonly Value[]): Promise<readonly Row[]> {
    if (this.#damage) throw this.#damage
    const [rows] = await this.#reader.run([prepared(sql, values)])
    return rows
  }

  // The system keeps a file's lock as long as the process lives: it is never lost.
  lock(name: string, holder: string): Promise<void> {
    return Promise.resolve().then(() => void this.#locks.push(lockFile(this.#path, name, holder)))
  }

  async close(): Promise<void> {
    this.#check?.stop()
    await this.#reader.close()
    await this.#settler.close()
    await this.#writer.close()
    for (const release of this.#locks.splice(0)) release()
  }
}

const translate = translator(
  {
    int: "INTEGER",
    bytes: "BLOB",
    sequence: "INTEGER PRIMARY KEY AUTOINCREMENT",
    now: "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
  },
  () => "?",
)

const prepared = (sql: string, values: readonly Value[]): Statement => ({
  sql: translate(sql),
  values: values.map(own),
})

/** Bytes that can be sent to a thread: sending part of a buffer sends all of it, and shared memory could change on the way. */
function own(value: Value): Value {
  if (!(value instanceof Uint8Array)) return value
  const { buffer, byteLength } = value
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
  return isWhole ? value : new Uint8Array(value)
}
