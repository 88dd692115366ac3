import { existsSync, mkdirSync, statSync } from "node:fs"
import { dirname } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { OnusError } from "../protocol/errors.ts"
import { toJson } from "../protocol/json.ts"
import { type Receipt, type Registry, receiptId, requestKey } from "../protocol/receipt.ts"

/** Remembers which content a provider signs for which request. */
export interface Journal {
  /**
   * Claims a request for one receipt, durably, before it is signed. Claiming the same receipt again
   * is fine.
   *
   * @throws OnusError `RequestIdReused` when the request was claimed for other content.
   */
  claim(registry: Registry, receipt: Receipt): void
}

/** A journal that lasts as long as the process. */
export class MemoryJournal implements Journal {
  readonly #claims = new Map<string, string>()

  claim(registry: Registry, receipt: Receipt): void {
    const id = receiptId(registry, receipt)
    const key = `${registryKey(registry)} ${requestKey(receipt)}`
    const first = this.#claims.get(key) ?? id
    if (first !== id) throw reused(receipt, first)
    this.#claims.set(key, id)
  }
}

/** "Onus" in ASCII: tells a journal from other SQLite databases. */
const APPLICATION_ID = 0x4f6e7573

const CREATE = `
  CREATE TABLE claims (
    registry TEXT NOT NULL,
    request TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    receipt TEXT NOT NULL,
    PRIMARY KEY (registry, request)
  ) STRICT;
  PRAGMA application_id = ${APPLICATION_ID}`

/** SQLite's result codes for a file that is damaged, is none of its own, or has other tables. */
const MALFORMED: readonly unknown[] = [1, 11, 26]

/**
 * A journal in a file, a SQLite database that any number of processes may share.
 *
 * A claim is one transaction, on the disk before it returns: of two processes that claim one request,
 * exactly one succeeds.
 */
export class FileJournal implements Journal {
  readonly #path: string
  readonly #timeout: number

  /**
   * @param options `timeout`: milliseconds to wait for another process that is just writing.
   * @throws OnusError `JournalMalformed` when the file holds something else.
   */
  constructor(path: string, { timeout = 10_000 }: { readonly timeout?: number } = {}) {
    this.#path = path
    this.#timeout = timeout
    if (existsSync(path)) this.#transact(() => {})
  }

  claim(registry: Registry, receipt: Receipt): void {
    const key = [registryKey(registry), requestKey(receipt)]
    const id = receiptId(registry, receipt)
    const first = this.#transact((database) => {
      database
        .prepare("INSERT INTO claims VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
        .run(...key, id, toJson(receipt))
      return database
        .prepare("SELECT receipt_id FROM claims WHERE registry = ? AND request = ?")
        .get(...key) as { receipt_id: string }
    })
    if (first.receipt_id !== id) throw reused(receipt, first.receipt_id)
  }

  /** Runs a transaction that is durable when this returns; after an error nothing of it happened. */
  #transact<T>(act: (database: DatabaseSync) => T): T {
    let database: DatabaseSync | undefined
    try {
      mkdirSync(dirname(this.#path), { recursive: true })
      database = new DatabaseSync(this.#path)
      // FULL syncs the file, EXTRA also its folder: without that, losing power could undo a commit.
      database.exec(`PRAGMA busy_timeout = ${this.#timeout}; PRAGMA synchronous = EXTRA; BEGIN IMMEDIATE`)
      const application = database.prepare("PRAGMA application_id").get()
      const { tables } = database.prepare("SELECT count(*) AS tables FROM sqlite_schema").get()!
      // SQLite takes a very short file of anything for an empty one.
      if (tables === 0 && statSync(this.#path).size === 0) database.exec(CREATE)
      else if (application?.application_id !== APPLICATION_ID)
        throw malformed(this.#path, "it holds something else")
      const result = act(database)
      database.exec("COMMIT")
      return result
    } catch (error) {
      throw explained(this.#path, error)
    } finally {
      // Rolls back what was not committed.
      database?.close()
    }
  }
}

const registryKey = ({ chainId, address }: Registry): string => `${chainId}:${address.toLowerCase()}`

/** Turns what SQLite and the file system say into an error of ours. */
function explained(path: string, error: unknown): unknown {
  const { code, errcode, message } = error as { code?: string; errcode?: number; message: string }
  if (error instanceof OnusError || code === undefined) return error
  if (errcode !== undefined && MALFORMED.includes(errcode & 0xff)) return malformed(path, message, error)
  return new OnusError("JournalNotWritten", `The journal ${path} cannot be written: ${message}`, {
    hint: "Nothing was claimed or signed: make room on the disk and the file writable, then try again",
    cause: error,
  })
}

function malformed(path: string, why: string, cause?: unknown): OnusError {
  return new OnusError("JournalMalformed", `${path} is not a journal: ${why}`, {
    hint: "Restore it from a copy; with a new journal, never sign for a request that was answered before",
    cause,
  })
}

function reused(receipt: Receipt, claimed: string): OnusError {
  return new OnusError(
    "RequestIdReused",
    `Request ${receipt.requestId} of ${receipt.consumer} was answered already with receipt ${claimed}`,
    {
      hint: "Signing two contents for one request is equivocation. Return the first receipt, or use a new request id",
    },
  )
}
