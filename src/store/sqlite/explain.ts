import { databaseConflict, databaseFull, databaseMalformed, databaseUnavailable } from "../errors.ts"
import type { Failure } from "./messages.ts"

/** SQLite's result codes, of which the low byte tells the kind. */
export const FULL = 13
export const CORRUPT = 11
const CONSTRAINT = 19
export const NOT_A_DATABASE = 26
/** The disk, the file's rights, another process. */
const OUTSIDE = [5, 6, 7, 8, 10, 14, 15, 22]

export function codeOf({ errcode }: Failure): number | undefined {
  return errcode === undefined ? undefined : errcode & 0xff
}

/** Turns what SQLite and the file system say into an error of ours; a wrong statement stays what it is. */
export function explain(path: string, failure: Failure): Error {
  const cause = Object.assign(new Error(failure.message), failure)
  const code = codeOf(failure)
  if (code === FULL || failure.code === "ENOSPC") return databaseFull(path, cause)
  if (code === CORRUPT || code === NOT_A_DATABASE) return databaseMalformed(path, failure.message, cause)
  if (code === CONSTRAINT) return databaseConflict(cause)
  if (code !== undefined && OUTSIDE.includes(code)) return databaseUnavailable(path, cause)
  if (code === undefined && failure.code !== undefined && !failure.code.startsWith("ERR_"))
    return databaseUnavailable(path, cause)
  return cause
}
