import type { Database } from "../../store/database.ts"
import { caseId } from "../book.ts"

/**
 * What cases are won by: the inputs of their runs and the proofs that were made of served traces, on the disk before anything is
 * spent. A provider that notices that it is accused stops serving them.
 */
export class CaseFiles {
  readonly #database: Database

  /** @param database with the tables of `openTables`. */
  constructor(database: Database) {
    this.#database = database
  }

  /** Keeps a file; one of that name is replaced. */
  async keep(caseId: string, name: string, content: Uint8Array): Promise<void> {
    const sql = `INSERT INTO play_files VALUES (?, ?, ?)
      ON CONFLICT (case_id, name) DO UPDATE SET content = excluded.content`
    await this.#database.transact([{ sql, values: [caseId, name, content] }])
  }

  async find(caseId: string, name: string): Promise<Uint8Array | undefined> {
    const sql = "SELECT content FROM play_files WHERE case_id = ? AND name = ?"
    const [row] = await this.#database.query(sql, caseId, name)
    return row?.content as Uint8Array | undefined
  }

  async forget(caseId: string, name: string): Promise<void> {
    const sql = "DELETE FROM play_files WHERE case_id = ? AND name = ?"
    await this.#database.transact([{ sql, values: [caseId, name] }])
  }

  /** Forgets everything of a case that has ended. */
  async clear(caseId: string): Promise<void> {
    await this.#database.transact([{ sql: "DELETE FROM play_files WHERE case_id = ?", values: [caseId] }])
  }

  /** The inputs of a receipt that is accused: they stay at hand when nobody serves them any more. */
  inputsOf(receiptId: string): Promise<Uint8Array | undefined> {
    return this.find(caseId("execution", receiptId), "inputs")
  }
}
