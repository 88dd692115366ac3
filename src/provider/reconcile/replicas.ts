import { OnusError } from "../../protocol/errors.ts"
import type { Database } from "../../store/database.ts"
import { migrate } from "../../store/migrate.ts"

const STEPS = [["CREATE TABLE replicas (name TEXT PRIMARY KEY, share {int} NOT NULL, seen {int} NOT NULL)"]]
/** Shares are counted in millionths. */
const WHOLE = 1_000_000
/** Milliseconds after which a replica that says nothing does not live. */
const SILENCE = 60_000

/** The processes that share one journal, and how much of the stake each of them may promise. */
export class Replicas {
  readonly #database: Database
  readonly #name: string

  private constructor(database: Database, name: string) {
    this.#database = database
    this.#name = name
  }

  /**
   * Joins the others.
   *
   * @param share above 0, at most 1.
   * @throws OnusError `SharesTooLarge` when all together could promise more than there is.
   */
  static async join(database: Database, name: string, share: number, now = Date.now()): Promise<Replicas> {
    await migrate(database, "replicas", STEPS)
    const replicas = new Replicas(database, name)
    const sql =
      "INSERT INTO replicas VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET share = excluded.share, seen = excluded.seen"
    await database.transact([{ sql, values: [name, Math.ceil(share * WHOLE), now] }])
    // Everyone looks after joining: of two that come at once, one sees the other.
    const live = await replicas.#live(now)
    const sum = live.reduce((all, one) => all + one.share, 0)
    if (sum <= WHOLE) return replicas
    await replicas.leave()
    const shares = live.map((one) => `${one.name}: ${one.share / WHOLE}`).join(", ")
    throw new OnusError("SharesTooLarge", `The shares of all replicas add up to ${sum / WHOLE}: ${shares}`, {
      hint: "Give each a part of the stake with journal.share, 1 in all; one that has ended counts for another minute",
    })
  }

  /** Says that this one lives. */
  async beat(now = Date.now()): Promise<void> {
    const sql = "UPDATE replicas SET seen = ? WHERE name = ?"
    await this.#database.transact([{ sql, values: [now, this.#name] }])
  }

  /** Names of the others that live. */
  async others(now = Date.now()): Promise<readonly string[]> {
    return (await this.#live(now)).map(({ name }) => name).filter((name) => name !== this.#name)
  }

  async leave(): Promise<void> {
    await this.#database.transact([{ sql: "DELETE FROM replicas WHERE name = ?", values: [this.#name] }])
  }

  async #live(now: number): Promise<{ readonly name: string; readonly share: number }[]> {
    const rows = await this.#database.query(
      "SELECT name, share FROM replicas WHERE seen > ? ORDER BY name",
      now - SILENCE,
    )
    return rows.map(({ name, share }) => ({ name: name as string, share: share as number }))
  }
}
