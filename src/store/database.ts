import type { OnusError } from "../protocol/errors.ts"

/** What a column holds: text, a whole number below 2 ** 53, bytes. Amounts are text: they have more digits than a number. */
export type Value = string | number | Uint8Array | null

/** A row by the names of its columns. */
export type Row = Readonly<Record<string, Value>>

/**
 * SQL that both databases understand, with `?` for each value, `{int}`, `{bytes}` and `{sequence}` for the types that they call by
 * different names, and `{now}` for their clock: see `translate`.
 */
export interface Statement {
  readonly sql: string
  readonly values?: readonly Value[]
}

/** A database that a program keeps its obligations in: SQLite in a file, or PostgreSQL for several replicas. */
export interface Database {
  /**
   * Runs statements as one transaction, which is on the disk when this resolves. Transactions that wait at the same time share
   * one wait for the disk; one that fails takes no other with it.
   *
   * @returns the rows of each statement.
   * @throws OnusError `DatabaseFull`, `DatabaseMalformed`, `DatabaseConflict` when a constraint of a table forbids it,
   * `DatabaseUnavailable`: nothing of it happened, except that after `DatabaseUnavailable` it may have.
   */
  transact(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]>

  /** Reads. Sees every transaction that has resolved. */
  query(sql: string, ...values: readonly Value[]): Promise<readonly Row[]>

  /**
   * Holds a name until this process closes the database or ends, however it ends.
   *
   * @param holder who holds it, to be told to others: process id and machine.
   * @param onLost told when it is held no longer: a server forgets who it hears nothing from. What needed the lock has to stop.
   * @throws OnusError `LockHeld` that names the holder.
   */
  lock(name: string, holder: string, onLost?: (error: OnusError) => void): Promise<void>

  /** Ends it, once what was asked for before is done. */
  close(): Promise<void>
}
