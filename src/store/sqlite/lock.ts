import { readFileSync, writeFileSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { databaseUnavailable, lockHeld } from "../errors.ts"
import { codeOf } from "./explain.ts"
import type { Failure } from "./messages.ts"

const BUSY = 5

/**
 * Holds a name beside a database file, by a transaction on a little file of its own that is never finished: the system ends it
 * with the process. Who holds it stands in a text beside that.
 *
 * @returns what gives it back.
 * @throws OnusError `LockHeld`, `DatabaseUnavailable`.
 */
export function lockFile(path: string, name: string, holder: string): () => void {
  const file = `${path}-lock-${encodeURIComponent(name)}`
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(file, { timeout: 0 })
    lock.exec("BEGIN IMMEDIATE")
    writeFileSync(`${file}-holder`, holder)
  } catch (error) {
    lock?.close()
    if (codeOf(error as Failure) === BUSY) throw lockHeld(name, path, holderOf(file))
    throw databaseUnavailable(file, error)
  }
  const held = lock
  return () => held.close()
}

/** The text may be late by a moment, or missing: the lock is the other file. */
function holderOf(file: string): string {
  try {
    return readFileSync(`${file}-holder`, "utf8") || "Another process"
  } catch {
    return "Another process"
  }
}
