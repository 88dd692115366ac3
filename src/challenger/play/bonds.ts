import type { Database, Row } from "../../store/database.ts"

/**
 * What has become of a bond: `left` from before its transaction is signed until it is known who gets it; then it came `back` or is
 * `lost`.
 */
export type BondState = "left" | "back" | "lost"

/** Wei that a case has left on-chain, or is about to. */
export interface Bond {
  /** The receipt and what it was asked; of a claim of omission the receipt alone. */
  readonly id: string
  readonly caseId: string
  readonly receiptId: string
  /** Of a demand, or of a proof that was uploaded; undefined for a claim of omission. */
  readonly questionId?: string
  /** The intent that leaves it. */
  readonly intent: string
  /** Wei. */
  readonly amount: bigint
  /** Unix seconds of the chain. */
  readonly since: number
  readonly state: BondState
}

/** Names a bond. There is one for each question, however often the program is started. */
export const bondId = (receiptId: string, questionId = ""): string =>
  [receiptId, questionId].filter(Boolean).join(":").toLowerCase()

/** The bonds of this challenger, on the disk before they are left. */
export class Bonds {
  readonly #database: Database

  /** @param database with the tables of `openTables`. */
  constructor(database: Database) {
    this.#database = database
  }

  /** Takes note of a bond that is about to be left; one that is known and has not been left yet gets the new amount. */
  async note({
    id,
    caseId,
    receiptId,
    questionId,
    intent,
    amount,
    since,
  }: Omit<Bond, "state">): Promise<void> {
    const sql = `INSERT INTO play_bonds VALUES (?, ?, ?, ?, ?, ?, ?, 'left')
      ON CONFLICT (id) DO UPDATE SET amount = excluded.amount WHERE play_bonds.state = 'left'`
    const values = [id, caseId, receiptId, questionId ?? null, intent, String(amount), since]
    await this.#database.transact([{ sql, values }])
  }

  async find(id: string): Promise<Bond | undefined> {
    return (await this.#database.query("SELECT * FROM play_bonds WHERE id = ?", id)).map(bondOf)[0]
  }

  async ofCase(caseId: string): Promise<readonly Bond[]> {
    const sql = "SELECT * FROM play_bonds WHERE case_id = ? ORDER BY since, id"
    return (await this.#database.query(sql, caseId)).map(bondOf)
  }

  async mark(id: string, state: BondState): Promise<void> {
    const sql = "UPDATE play_bonds SET state = ? WHERE id = ?"
    await this.#database.transact([{ sql, values: [state, id] }])
  }

  /** Forgets a bond that was never left. */
  async drop(id: string): Promise<void> {
    await this.#database.transact([{ sql: "DELETE FROM play_bonds WHERE id = ?", values: [id] }])
  }

  /** Wei in each state. */
  async sums(): Promise<Readonly<Record<BondState, bigint>>> {
    const rows = await this.#database.query("SELECT state, amount FROM play_bonds")
    const sums = { left: 0n, back: 0n, lost: 0n }
    for (const { state, amount } of rows) sums[state as BondState] += BigInt(amount as string)
    return sums
  }

  /** Wei of all bonds that were left since a time, whatever became of them. @param since Unix seconds of the chain. */
  async leftSince(since: number): Promise<bigint> {
    const rows = await this.#database.query("SELECT amount FROM play_bonds WHERE since >= ?", since)
    return rows.reduce((sum, { amount }) => sum + BigInt(amount as string), 0n)
  }
}

const bondOf = (row: Row): Bond => ({
  id: row.id as string,
  caseId: row.case_id as string,
  receiptId: row.receipt_id as string,
  ...(row.question_id === null ? {} : { questionId: row.question_id as string }),
  intent: row.intent as string,
  amount: BigInt(row.amount as string),
  since: row.since as number,
  state: row.state as BondState,
})
