import type { Database, Row } from "../../store/database.ts"
import { migrate } from "../../store/migrate.ts"
import type { Question } from "../../engine/audit/game/question.ts"
import type { Challenge, ChallengeState } from "./challenge.ts"

const STEPS = [
  [
    `CREATE TABLE challenges (
      id TEXT PRIMARY KEY, kind TEXT NOT NULL, receipt_id TEXT NOT NULL, question_id TEXT, question TEXT,
      due {int} NOT NULL, due_block {int} NOT NULL, bond TEXT NOT NULL, coverage TEXT NOT NULL, block {int} NOT NULL,
      state TEXT NOT NULL)`,
    "CREATE INDEX challenges_by_urgency ON challenges (state, due)",
  ],
]

const NOTE = `INSERT INTO challenges VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open')
  ON CONFLICT (id) DO UPDATE SET due = excluded.due, due_block = excluded.due_block, bond = excluded.bond, block = excluded.block`

const DISPUTED = `
  SELECT challenges.id FROM challenges LEFT JOIN claims ON claims.receipt_id = challenges.receipt_id
  WHERE (challenges.receipt_id = ? OR claims.batch_id = ?)
    AND (challenges.state IN ('open', 'sent') OR (challenges.state = 'answered' AND challenges.kind = 'demand' AND challenges.due >= ?))
  LIMIT 1`

/** What was lost stays: whoever appeals needs the receipt. */
const NEEDED = `
  SELECT challenges.id FROM challenges JOIN claims ON claims.receipt_id = challenges.receipt_id
  WHERE claims.batch_id = ? AND (challenges.state NOT IN ('answered', 'closed') OR challenges.due >= ?)
  LIMIT 1`

const PRUNE = `
  DELETE FROM challenges WHERE state IN ('answered', 'closed') AND due < ?
  AND NOT EXISTS (SELECT 1 FROM claims WHERE claims.receipt_id = challenges.receipt_id)`

/** What a provider was asked on-chain, durably: nothing that was read once is forgotten before it is answered. */
export class ChallengeBook {
  readonly #database: Database

  private constructor(database: Database) {
    this.#database = database
  }

  static async open(database: Database): Promise<ChallengeBook> {
    await migrate(database, "defence", STEPS)
    return new ChallengeBook(database)
  }

  /**
   * Takes note of challenges. One that is known already keeps its state: a reorganisation may give it another block and another
   * time, but no other answer.
   */
  async note(challenges: readonly Challenge[]): Promise<void> {
    if (challenges.length === 0) return
    await this.#database.transact(
      challenges.map((challenge) => {
        const {
          id,
          kind,
          receiptId,
          questionId = null,
          question,
          due,
          dueBlock,
          bond,
          coverage,
          block,
        } = challenge
        const asked = question ? JSON.stringify(question) : null
        const values = [
          id,
          kind,
          receiptId,
          questionId,
          asked,
          due,
          dueBlock,
          String(bond),
          String(coverage),
          block,
        ]
        return { sql: NOTE, values }
      }),
    )
  }

  /** Challenges in a state, the most urgent ones first; of those that are due at once, the ones with most at stake. */
  async list(state: ChallengeState, limit: number): Promise<readonly Challenge[]> {
    const sql = `SELECT * FROM challenges WHERE state = ? ORDER BY due, LENGTH(coverage) DESC, coverage DESC, id LIMIT ?`
    return (await this.#database.query(sql, state, limit)).map(challengeOf)
  }

  async find(
    id: string,
  ): Promise<{ readonly challenge: Challenge; readonly state: ChallengeState } | undefined> {
    const rows = await this.#database.query("SELECT * FROM challenges WHERE id = ?", id)
    return rows.map((row) => ({ challenge: challengeOf(row), state: row.state as ChallengeState }))[0]
  }

  async mark(id: string, state: ChallengeState): Promise<void> {
    await this.#database.transact([
      { sql: "UPDATE challenges SET state = ? WHERE id = ?", values: [state, id] },
    ])
  }

  /** Forgets one that is in no block any more. */
  async drop(id: string): Promise<void> {
    await this.#database.transact([{ sql: "DELETE FROM challenges WHERE id = ?", values: [id] }])
  }

  /**
   * Whether something may still be asked about a receipt, or one of a batch, because somebody has asked before.
   *
   * @param about id of the receipt or the batch.
   * @param goneOn Seconds on the registry's clock: games whose last known question was due before that are over. So are those whose
   * bonds were paid.
   */
  async isDisputed(about: string, goneOn: number): Promise<boolean> {
    const id = about.toLowerCase()
    const rows = await this.#database.query(DISPUTED, id, id, goneOn)
    return rows.length > 0
  }

  /**
   * Whether claims of a batch are needed, as a challenge of one is not answered for good, was lost, or was due at a time or later.
   * Bonds that were not worth collecting since then are given up.
   *
   * @param before Seconds on the registry's clock.
   */
  async needs(batchId: string, before: number): Promise<boolean> {
    return (await this.#database.query(NEEDED, batchId.toLowerCase(), before)).length > 0
  }

  /** Forgets answered challenges that were due before a time, of receipts that the journal has pruned. */
  async prune(before: number): Promise<void> {
    await this.#database.transact([{ sql: PRUNE, values: [before] }])
  }

  /** How many there are in each state. */
  async counts(): Promise<ReadonlyMap<ChallengeState, number>> {
    const rows = await this.#database.query("SELECT state, COUNT(*) AS amount FROM challenges GROUP BY state")
    return new Map(rows.map(({ state, amount }) => [state as ChallengeState, Number(amount)]))
  }
}

function challengeOf(row: Row): Challenge {
  return {
    id: row.id as string,
    kind: row.kind as Challenge["kind"],
    receiptId: row.receipt_id as string,
    ...(row.question === null ? {} : { question: JSON.parse(row.question as string) as Question }),
    ...(row.question_id === null ? {} : { questionId: row.question_id as string }),
    due: row.due as number,
    dueBlock: row.due_block as number,
    bond: BigInt(row.bond as string),
    coverage: BigInt(row.coverage as string),
    block: row.block as number,
  }
}
