import { getBytes, hexlify } from "ethers"
import type { Database, Row, Statement } from "../../store/database.ts"
import { migrate } from "../../store/migrate.ts"
import type { Intent, Outcome, Priority } from "./transactions.ts"
import { type Attempt, type Refusal, type Work, newSlot, newWork } from "./work.ts"

const PRUNE = `
  DELETE FROM tx_nonces WHERE is_open = 0 AND nonce < (
    SELECT max(used.nonce) FROM tx_nonces AS used WHERE used.account = tx_nonces.account AND used.is_open = 0
  )`

const STEPS = [
  [
    `CREATE TABLE tx_intents (
    intent TEXT PRIMARY KEY, born {int} NOT NULL, since {int}, priority {int} NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL,
    data {bytes} NOT NULL, amount TEXT NOT NULL, deadline {int},
    state TEXT NOT NULL, hash TEXT, block {int}, code TEXT, reason TEXT
  )`,
    // One intent a nonce. Of those that are used up, the highest of each account stays: whoever opens the ledger goes on after it.
    `CREATE TABLE tx_nonces (
    account TEXT NOT NULL, nonce {int} NOT NULL, intent TEXT NOT NULL, is_open {int} NOT NULL, PRIMARY KEY (account, nonce)
  )`,
    `CREATE TABLE tx_attempts (
    hash TEXT PRIMARY KEY, intent TEXT NOT NULL, account TEXT NOT NULL, nonce {int} NOT NULL, cancels {int} NOT NULL,
    gas {int} NOT NULL, most TEXT NOT NULL, tip TEXT NOT NULL, block {int} NOT NULL, place {int} NOT NULL, raw {bytes} NOT NULL
  )`,
  ],
]

/**
 * What is on the disk: intents, the nonces that belong to them, and every transaction that was signed for one. An intent is `open`,
 * or `cancelled` as long as a transaction of it could still get into a block, or finished.
 */
export class Ledger {
  readonly #database: Database
  /** Set when it is not known whether something was written: what is in memory must be read anew. */
  isStale = true

  constructor(database: Database) {
    this.#database = database
  }

  static async open(database: Database): Promise<Ledger> {
    await migrate(database, "transactions", STEPS)
    return new Ledger(database)
  }

  /** Everything that is not finished, and one more than the highest nonce of the account that is used up for good. */
  async load(account: string): Promise<{ works: Work[]; nextNonce: number }> {
    const query = (sql: string, ...values: string[]) => this.#database.query(sql, ...values)
    const intents = await query("SELECT * FROM tx_intents WHERE state IN ('open', 'cancelled')")
    const attempts = await query("SELECT * FROM tx_attempts ORDER BY place")
    const [highest] = await query(
      "SELECT max(nonce) AS nonce FROM tx_nonces WHERE account = ? AND is_open = 0",
      account,
    )
    const works = new Map(intents.map((row) => [String(row.intent), toWork(row)]))
    for (const row of attempts) {
      const work = works.get(String(row.intent))
      if (!work) continue
      work.slot ??= newSlot(String(row.account), Number(row.nonce))
      work.slot.attempts.push(toAttempt(row))
    }
    this.isStale = false
    return { works: [...works.values()], nextNonce: Number(highest?.nonce ?? -1) + 1 }
  }

  /** Takes an intent; undefined if it is there already. */
  async add(intent: Intent, since: number | undefined): Promise<Work | undefined> {
    const { key, priority, kind, to, data, value, deadline } = intent
    const [rows] = await this.#write({
      sql: `INSERT INTO tx_intents (intent, born, since, priority, kind, target, data, amount, deadline, state)
        VALUES (?, (SELECT coalesce(max(born), 0) + 1 FROM tx_intents), ?, ?, ?, ?, ?, ?, ?, 'open')
        ON CONFLICT (intent) DO NOTHING RETURNING born`,
      values: [key, since ?? null, priority, kind, to, getBytes(data), String(value), deadline ?? null],
    })
    return rows.length > 0 ? newWork(intent, Number(rows[0].born), since) : undefined
  }

  /** Makes an intent more urgent. */
  async hurry({ key, priority, deadline }: Intent): Promise<void> {
    const sql = "UPDATE tx_intents SET priority = ?, deadline = ? WHERE intent = ?"
    await this.#write({ sql, values: [priority, deadline ?? null, key] })
  }

  /** Notes when intents were submitted that came before the first block was seen. */
  async date(keys: readonly string[], since: number): Promise<void> {
    const sql = "UPDATE tx_intents SET since = ? WHERE intent = ? AND since IS NULL"
    await this.#write(...keys.map((key) => ({ sql, values: [since, key] })))
  }

  /** Gives a nonce to an intent, with the first transaction for it. Fails if the nonce belongs to another one. */
  async open(key: string, account: string, nonce: number, attempt: Attempt): Promise<void> {
    await this.#write(
      {
        sql: "DELETE FROM tx_nonces WHERE account = ? AND nonce = ? AND is_open = 0",
        values: [account, nonce],
      },
      { sql: "INSERT INTO tx_nonces VALUES (?, ?, ?, 1)", values: [account, nonce, key] },
      insertAttempt(key, account, nonce, attempt, 0),
    )
  }

  /** Adds a transaction for a nonce that the intent has. */
  async replace(key: string, account: string, nonce: number, attempt: Attempt, place: number): Promise<void> {
    await this.#write(insertAttempt(key, account, nonce, attempt, place))
  }

  /** Notes that an intent with a nonce is given up: it is finished when the chain says what became of the nonce. */
  async cancel(key: string, { code, reason }: Refusal): Promise<void> {
    const sql = "UPDATE tx_intents SET state = 'cancelled', code = ?, reason = ? WHERE intent = ?"
    await this.#write({ sql, values: [code, reason, key] })
  }

  /** Takes the nonce from an intent, for good: somebody else used it. */
  async close(key: string): Promise<void> {
    await this.#write(...closing(key))
  }

  async finish(key: string, outcome: Outcome): Promise<void> {
    const {
      hash = null,
      block = null,
      reason = null,
      code = null,
    } = outcome as Partial<Record<"hash" | "reason" | "code", string>> & { block?: number }
    await this.#write(...closing(key), {
      sql: "UPDATE tx_intents SET state = ?, hash = ?, block = ?, reason = ?, code = ? WHERE intent = ?",
      values: [outcome.state, hash, block, reason, code, key],
    })
  }

  async outcomeOf(key: string): Promise<Outcome | undefined> {
    const sql = "SELECT state, hash, block, reason, code FROM tx_intents WHERE intent = ?"
    const [row] = await this.#database.query(sql, key)
    return row && toOutcome(row)
  }

  async has(key: string): Promise<boolean> {
    return (await this.#database.query("SELECT intent FROM tx_intents WHERE intent = ?", key)).length > 0
  }

  /** Forgets a finished intent; true if there is no unfinished one with this key. */
  async forget(key: string): Promise<boolean> {
    const [, left] = await this.#write(
      {
        sql: "DELETE FROM tx_intents WHERE intent = ? AND state NOT IN ('open', 'cancelled')",
        values: [key],
      },
      { sql: "SELECT intent FROM tx_intents WHERE intent = ?", values: [key] },
    )
    return left.length === 0
  }

  /** Deletes nonces that are used up, except for the highest of each account: `load` asks for no other. */
  async prune(): Promise<void> {
    await this.#write({ sql: PRUNE })
  }

  async #write(...statements: Statement[]): Promise<readonly (readonly Row[])[]> {
    try {
      return await this.#database.transact(statements)
    } catch (error) {
      this.isStale = true
      throw error
    }
  }
}

const closing = (key: string): Statement[] => [
  { sql: "DELETE FROM tx_attempts WHERE intent = ?", values: [key] },
  { sql: "UPDATE tx_nonces SET is_open = 0 WHERE intent = ?", values: [key] },
]

function insertAttempt(
  key: string,
  account: string,
  nonce: number,
  { hash, cancels, gas, fees, block, raw }: Attempt,
  place: number,
): Statement {
  const price = [String(fees.most), String(fees.tip)]
  return {
    sql: `INSERT INTO tx_attempts (hash, intent, account, nonce, cancels, gas, most, tip, block, place, raw)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    values: [hash, key, account, nonce, cancels ? 1 : 0, Number(gas), ...price, block, place, getBytes(raw)],
  }
}

function toWork(row: Row): Work {
  const intent: Intent = {
    key: String(row.intent),
    priority: Number(row.priority) as Priority,
    kind: String(row.kind),
    to: String(row.target),
    data: hexlify(row.data as Uint8Array),
    value: BigInt(String(row.amount)),
    ...(row.deadline === null ? {} : { deadline: Number(row.deadline) }),
  }
  const work = newWork(intent, Number(row.born), row.since === null ? undefined : Number(row.since))
  work.again = true
  if (row.state === "cancelled") work.refusal = { code: String(row.code), reason: String(row.reason) }
  return work
}

const toAttempt = (row: Row): Attempt => ({
  hash: String(row.hash),
  raw: hexlify(row.raw as Uint8Array),
  cancels: row.cancels === 1,
  gas: BigInt(Number(row.gas)),
  fees: { most: BigInt(String(row.most)), tip: BigInt(String(row.tip)) },
  block: Number(row.block),
})

function toOutcome({ state, hash, block, reason, code }: Row): Outcome | undefined {
  const place = { hash: String(hash), block: Number(block) }
  if (state === "confirmed") return { state, ...place }
  if (state === "reverted") return { state, ...place, reason: String(reason) }
  if (state === "refused") return { state, reason: String(reason), code: String(code) }
  return undefined
}
