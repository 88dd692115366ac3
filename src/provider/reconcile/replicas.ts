import { OnusError } from "../../protocol/errors.ts"
import type { Database } from "../../store/database.ts"
import { migrate } from "../../store/migrate.ts"

const STEPS = [["CREATE TABLE replicas (name TEXT PRIMARY KEY, share {int} NOT NULL, seen {int} NOT NULL)"]]
/** Shares are counted in millionths. */
const WHOLE = 1_000_000
/** Milliseconds after which a replica that says nothing does not live. */
const SILENCE = 60_000

/**
 * The processes that share one journal, and how much of the stake each of them may promise. Times are the database's: the clocks of
 * their machines may differ.
 */
export class Replicas {
  readonly #database: Database
  readonly #name: string
  readonly #share: number
  /** By this machine's clock: when the last beat began that arrived. */
  #heardAt = 0

  private constructor(database: Database, name: string, share: number) {
    this.#database = database
    this.#name = name
    this.#share = share
  }

  /**
   * Joins the others.
   *
   * @param share above 0, at most 1.
   * @throws OnusError `SharesTooLarge` when all together could promise more than there is.
   */
  static async join(database: Database, name: string, share: number, now?: number): Promise<Replicas> {
    await migrate(database, "replicas", STEPS)
    const replicas = new Replicas(database, name, share)
    await replicas.#enter(await replicas.#time(now))
    replicas.#heardAt = Date.now()
    return replicas
  }

  /** Whether the others cannot believe yet that this one is dead. One that stood still for a minute does not know of it otherwise. */
  get isHeard(): boolean {
    return Math.abs(Date.now() - this.#heardAt) < SILENCE
  }

  /**
   * Says that this one lives.
   *
   * @throws OnusError `SharesTooLarge` when it was silent for so long that others took its share: it must promise nothing then. It
   * joins again with the first beat that finds room.
   */
  async beat(now?: number): Promise<void> {
    const from = Date.now()
    const time = await this.#time(now)
    const sql = "UPDATE replicas SET seen = ? WHERE name = ? AND seen > ? RETURNING name"
    const [rows] = await this.#database.transact([{ sql, values: [time, this.#name, time - SILENCE] }])
    if (rows.length === 0) await this.#enter(time)
    this.#heardAt = from
  }

  /** Names of the others that live. */
  async others(now?: number): Promise<readonly string[]> {
    const live = await this.#live(await this.#time(now))
    return live.map(({ name }) => name).filter((name) => name !== this.#name)
  }

  async leave(): Promise<void> {
    await this.#database.transact([{ sql: "DELETE FROM replicas WHERE name = ?", values: [this.#name] }])
  }

  async #enter(now: number): Promise<void> {
    const sql =
      "INSERT INTO replicas VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET share = excluded.share, seen = excluded.seen"
    await this.#database.transact([{ sql, values: [this.#name, Math.round(this.#share * WHOLE), now] }])
    // Everyone looks after joining: of two that come at once, one sees the other.
    const live = await this.#live(now)
    const sum = live.reduce((all, one) => all + one.share, 0)
    if (sum <= WHOLE) return
    await this.leave()
    const shares = live.map((one) => `${one.name}: ${one.share / WHOLE}`).join(", ")
    throw new OnusError("SharesTooLarge", `The shares of all replicas add up to ${sum / WHOLE}: ${shares}`, {
      hint: "Give each a part of the stake with journal.share, 1 in all; one that has ended counts for another minute",
    })
  }

  async #time(now?: number): Promise<number> {
    if (now !== undefined) return now
    const [row] = await this.#database.query("SELECT {now} AS now")
    return row.now as number
  }

  async #live(now: number): Promise<{ readonly name: string; readonly share: number }[]> {
    const rows = await this.#database.query(
      "SELECT name, share FROM replicas WHERE seen > ? ORDER BY name",
      now - SILENCE,
    )
    return rows.map(({ name, share }) => ({ name: name as string, share: share as number }))
  }
}
