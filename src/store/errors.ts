import { OnusError } from "../protocol/errors.ts"

/** There is no room for a transaction; there may be later. */
export function databaseFull(where: string, cause: unknown): OnusError {
  return new OnusError("DatabaseFull", `There is no room for more in ${where}: ${reason(cause)}`, {
    hint: "Nothing was kept of what did not fit. Make room on the disk: it goes on by itself",
    cause,
  })
}

/** What is stored is damaged, or somebody else's. */
export function databaseMalformed(where: string, why: string, cause?: unknown): OnusError {
  return new OnusError("DatabaseMalformed", `${where} is damaged or no database of this program: ${why}`, {
    hint: "Nothing is repaired by itself. Keep the file, and restore a copy: the chain and the copy say what is owed",
    cause,
  })
}

/** The disk, the server, or the way there does not answer. */
export function databaseUnavailable(where: string, cause: unknown): OnusError {
  return new OnusError("DatabaseUnavailable", `${where} cannot be used: ${reason(cause)}`, {
    hint: "Whether the last transaction happened is not known. Check the disk or the server; what is repeated is kept once",
    cause,
  })
}

/** A constraint of a table forbids a transaction. */
export function databaseConflict(cause: unknown): OnusError {
  return new OnusError("DatabaseConflict", `The database refuses a transaction: ${reason(cause)}`, { cause })
}

/** Another process has what only one may have. */
export function lockHeld(name: string, where: string, holder: string): OnusError {
  return new OnusError("LockHeld", `${holder} holds "${name}" of ${where}`, {
    hint: "Two programs must not do this at once: end the other one first, or give this one a database of its own",
  })
}

function reason(cause: unknown): string {
  return cause instanceof Error && cause.message ? cause.message : String(cause)
}
