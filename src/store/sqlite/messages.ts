import type { Row, Statement } from "../database.ts"

/** What a thread is to do with a file. */
export interface Task {
  readonly path: string
  /** `read`: queries only, beside a writer; looks for damage first. `settle`: moves what the writer has logged into the file. */
  readonly role: "write" | "read" | "settle"
  /** Files of at most so many bytes are looked through for damage before anything else is done. */
  readonly checkedBytes: number
  /** Pages that the file may have. */
  readonly maxPages: number | undefined
}

/** Statements to be run as one transaction. */
export interface Request {
  readonly id: number
  readonly statements: readonly Statement[]
}

/** An error as it crosses threads: what SQLite and Node say. */
export interface Failure {
  readonly message: string
  readonly code?: string
  /** SQLite's extended result code. */
  readonly errcode?: number
}

export type Reply =
  | { readonly id: number; readonly rows: readonly (readonly Row[])[] }
  | { readonly id: number; readonly failure: Failure }

/** The first thing that a thread says: whether it has the file open. */
export interface Beginning {
  readonly failure?: Failure
}

/** Asks a thread to finish. */
export const CLOSE = "close"

/** Makes an error ready to cross threads. */
export function failureOf(error: unknown): Failure {
  const { message, code, errcode } = error as Failure
  return { message, ...(code !== undefined && { code }), ...(errcode !== undefined && { errcode }) }
}
