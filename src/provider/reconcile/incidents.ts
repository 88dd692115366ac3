import type { Database } from "../../store/database.ts"
import { migrate } from "../../store/migrate.ts"

const STEPS = [
  [
    `CREATE TABLE incidents (
      code TEXT NOT NULL,
      subject TEXT NOT NULL,
      message TEXT NOT NULL,
      noted {int} NOT NULL,
      acknowledged {int} NOT NULL DEFAULT 0,
      PRIMARY KEY (code, subject)
    )`,
  ],
]
/** Incidents that are told of at once: somebody with a stolen key may make as many as gas allows. */
const TOLD = 10

/** Something that happened to the provider on-chain after which only its operator may let it take work again. */
export interface Incident {
  readonly code: "ForeignAnchor" | "Convicted"
  /** What it is about: the id of a batch or of a receipt. */
  readonly subject: string
  readonly message: string
}

/** Incidents that a journal knows. They outlive the process: a supervisor that starts it again has not looked into anything. */
export class Incidents {
  readonly #database: Database

  private constructor(database: Database) {
    this.#database = database
  }

  static async open(database: Database): Promise<Incidents> {
    await migrate(database, "incidents", STEPS)
    return new Incidents(database)
  }

  /** Takes note of an incident; does nothing if it is known, acknowledged or not. */
  async add({ code, subject, message }: Incident): Promise<void> {
    const sql =
      "INSERT INTO incidents (code, subject, message, noted) VALUES (?, ?, ?, {now}) ON CONFLICT (code, subject) DO NOTHING"
    await this.#database.transact([{ sql, values: [code, subject.toLowerCase(), message] }])
  }

  /** How an incident stands; undefined if nobody has seen it yet. */
  async stateOf({
    code,
    subject,
  }: Omit<Incident, "message">): Promise<"standing" | "acknowledged" | undefined> {
    const sql = "SELECT acknowledged FROM incidents WHERE code = ? AND subject = ?"
    const [row] = await this.#database.query(sql, code, subject.toLowerCase())
    if (!row) return undefined
    return Number(row.acknowledged) === 0 ? "standing" : "acknowledged"
  }

  /** What nobody has acknowledged, the first of it first, and not more than can be read. */
  async standing(): Promise<readonly Incident[]> {
    const sql =
      "SELECT code, subject, message FROM incidents WHERE acknowledged = 0 ORDER BY noted, subject LIMIT ?"
    return (await this.#database.query(sql, TOLD)) as unknown as readonly Incident[]
  }

  /** Takes everything back that stands, for good. @returns what that was. */
  async acknowledge(): Promise<readonly Incident[]> {
    const sql =
      "UPDATE incidents SET acknowledged = 1 WHERE acknowledged = 0 RETURNING code, subject, message"
    const [rows] = await this.#database.transact([{ sql }])
    return rows as unknown as readonly Incident[]
  }
}
