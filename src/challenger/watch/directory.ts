import type { LogRange } from "../../chain/logs.ts"
import type { Database } from "../../store/database.ts"
import { migrate } from "../../store/migrate.ts"
import { STEPS } from "./schema.ts"

/** What an event says about where something is served. */
export interface Address {
  readonly kind: "provider" | "model"
  /** Address of the provider, or id of the model. */
  readonly subject: string
  readonly uri: string
  readonly block: number
  /** Of the event in its block. */
  readonly place: number
}

/** Longer ones are somebody's joke. */
const LONGEST_URI = 2048

const INSERT = `INSERT INTO addresses VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (block, place) DO UPDATE SET kind = excluded.kind, subject = excluded.subject, uri = excluded.uri`

/** Where providers and models say on-chain that they are served. */
export class Directory {
  readonly #database: Database

  private constructor(database: Database) {
    this.#database = database
  }

  static async open(database: Database): Promise<Directory> {
    await migrate(database, "challenger-watch", STEPS)
    return new Directory(database)
  }

  /** The last URI that a provider gave; undefined if it gave none, or one that nobody can use. */
  uriOf(provider: string): Promise<string | undefined> {
    return this.#find("provider", provider, "DESC")
  }

  /** The URI that a model was registered with. */
  modelUriOf(modelId: string): Promise<string | undefined> {
    return this.#find("model", modelId, "ASC")
  }

  /** Takes all that was said in a range of blocks, and before it by events that were found late. */
  async replace(addresses: readonly Address[], { from, to }: LogRange): Promise<void> {
    await this.#database.transact([
      { sql: "DELETE FROM addresses WHERE block >= ? AND block <= ?", values: [from, to] },
      ...addresses.map(({ kind, subject, uri, block, place }) => ({
        sql: INSERT,
        values: [block, place, kind, subject.toLowerCase(), uri.length <= LONGEST_URI ? uri : ""],
      })),
    ])
  }

  async #find(kind: Address["kind"], subject: string, order: "ASC" | "DESC"): Promise<string | undefined> {
    const sql = `SELECT uri FROM addresses WHERE kind = ? AND subject = ? ORDER BY block ${order}, place ${order} LIMIT 1`
    const [row] = await this.#database.query(sql, kind, subject.toLowerCase())
    return row && row.uri !== "" ? String(row.uri) : undefined
  }
}
