import type { Database } from "../../store/database.ts"
import { migrate } from "../../store/migrate.ts"

const STEPS = [
  [
    "CREATE TABLE node_facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE foreign_locks (id TEXT PRIMARY KEY, block {int} NOT NULL)",
  ],
]

/** What a node must know of its own past and that is in no receipt. */
export class Facts {
  readonly #database: Database

  private constructor(database: Database) {
    this.#database = database
  }

  static async open(database: Database): Promise<Facts> {
    await migrate(database, "node", STEPS)
    return new Facts(database)
  }

  async get(name: string): Promise<string | undefined> {
    const [row] = await this.#database.query("SELECT value FROM node_facts WHERE name = ?", name)
    return row?.value as string | undefined
  }

  async set(name: string, value: string): Promise<void> {
    const sql = "INSERT INTO node_facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    await this.#database.transact([{ sql, values: [name, value] }])
  }

  /** Takes note of a batch, or a receipt that was attested directly, which the journal does not know, or some day will not, as one to live with. */
  async addForeign(id: string, block: number): Promise<void> {
    const sql = "INSERT INTO foreign_locks VALUES (?, ?) ON CONFLICT (id) DO NOTHING"
    await this.#database.transact([{ sql, values: [id.toLowerCase(), block] }])
  }

  async isForeign(id: string): Promise<boolean> {
    const rows = await this.#database.query("SELECT id FROM foreign_locks WHERE id = ?", id.toLowerCase())
    return rows.length > 0
  }
}
