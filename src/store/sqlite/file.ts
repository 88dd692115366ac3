import { closeSync, fsyncSync, mkdirSync, openSync, statSync } from "node:fs"
import { dirname } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { CORRUPT, NOT_A_DATABASE } from "./explain.ts"
import type { Task } from "./messages.ts"
import { damageOfWal } from "./wal.ts"

/** "Onud" in ASCII: tells the database of a node from other SQLite files. */
const APPLICATION_ID = 0x4f6e7564

/**
 * Pages in the log from which on the writer itself moves them into the file, while all who wait for it wait longer. Before that the
 * thread beside it does, unless it cannot keep up.
 */
const MOST_LOGGED = 16_384

/** Milliseconds to wait for another process that is just writing. */
const BUSY_TIMEOUT = 10_000

/** Makes an empty file that only its owner may read, durably, unless there is one. Its WAL gets the same rights. */
export function createFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  closeSync(openSync(path, "a", 0o600))
  if (process.platform === "win32") return
  const folder = openSync(dirname(path), "r")
  fsyncSync(folder)
  closeSync(folder)
}

/** Opens a file as its task wants it; throws what SQLite says, or the like of it. */
export function openFile({ path, role, maxPages, checkedBytes }: Task): DatabaseSync {
  // Before SQLite sees it: it would drop what it cannot read, and then the log itself.
  if (role === "write") checkWal(path)
  const database = new DatabaseSync(path, { readOnly: role === "read", timeout: BUSY_TIMEOUT })
  try {
    database.exec("PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON; PRAGMA cache_size = -32768")
    if (role === "read" && statSync(path).size <= checkedBytes) check(database)
    if (role === "write") prepareToWrite(database, path)
    if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Refuses a damaged log. Another process may just be writing it: only what stays wrong is damage. */
function checkWal(path: string): void {
  for (let tries = 3; ; tries--) {
    const damage = damageOfWal(path)
    if (damage === undefined) return
    if (tries === 1) throw likeSqlite(CORRUPT, damage)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
  }
}

/** Looks through a whole file for damage of its structure. */
export function check(database: DatabaseSync): void {
  const [{ quick_check: verdict }] = database.prepare("PRAGMA quick_check(1)").all()
  if (verdict !== "ok") throw likeSqlite(CORRUPT, String(verdict))
}

/** Moves what was committed from the log into the file, as far as that keeps nobody waiting. */
export function settle(database: DatabaseSync): void {
  try {
    database.exec("PRAGMA wal_checkpoint(PASSIVE)")
  } catch {
    // Nothing is lost: it is in the log, and a disk that is full or broken shows when the next commit fails.
  }
}

/** Marks an empty file as ours, and refuses one that is somebody else's. */
function prepareToWrite(database: DatabaseSync, path: string): void {
  database.exec("BEGIN IMMEDIATE")
  const { application_id: application } = database.prepare("PRAGMA application_id").get()!
  // SQLite takes a very short file of anything for an empty one.
  if (statSync(path).size === 0) database.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
  else if (application !== APPLICATION_ID) throw likeSqlite(NOT_A_DATABASE, "it holds something else")
  database.exec("COMMIT")
  // FULL: a commit has reached the disk when it returns, not only the system's memory.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
  database.exec(`PRAGMA wal_autocheckpoint = ${MOST_LOGGED}`)
}

const likeSqlite = (errcode: number, message: string): Error =>
  Object.assign(new Error(message), { code: "ERR_SQLITE_ERROR", errcode })
