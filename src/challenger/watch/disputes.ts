import type { LogRange } from "../../chain/logs.ts"
import type { Database, Row } from "../../store/database.ts"
import { migrate } from "../../store/migrate.ts"
import type { Accusation } from "../book.ts"
import { STEPS } from "./schema.ts"

/** What somebody did about a receipt on-chain. */
export type MoveName =
  /** Asked for a part of the trace, and left a bond. */
  | "demanded"
  /** Asked for the place of a receipt that is not anchored, and left a bond. */
  | "claimed"
  /** Answered a demand, or a claim. */
  | "answered"
  /** Said what the root of a trace is. */
  | "posted"
  /** Paid the bond of a demand or a claim. */
  | "settled"
  | "convicted"
  /** Took the reward of a conviction over. */
  | "moved"
  /** Gave back to the provider what a conviction took. */
  | "returned"

/** One event of a dispute. */
export interface Move {
  readonly name: MoveName
  /** Id of the receipt; of the payout if it was returned. */
  readonly subject: string
  /**
   * Id of the question that was asked, answered or paid for, empty for a claim; the root that was posted; fault, payout and offence of a
   * conviction; the offence whose reward was moved.
   */
  readonly question: string
  /** Who did it; who was paid. */
  readonly actor: string
  /** Seconds on the registry's clock, and the block, until which an answer counts. */
  readonly due: number
  readonly dueBlock: number
  /** Wei of a bond; token units that a conviction took. */
  readonly amount: bigint
  readonly block: number
  /** Of the event in its block. */
  readonly place: number
}

/** A question that a provider was asked on-chain. */
export interface Asked {
  /** Empty for the question of a claim: where the receipt was anchored. */
  readonly questionId: string
  readonly challenger: string
  readonly due: number
  readonly dueBlock: number
  /** Wei. */
  readonly bond: bigint
  readonly isAnswered: boolean
  /** Whom the bond was paid to. */
  readonly paidTo?: string
}

/** Everything that was done about one receipt on-chain, by whomever. */
export interface Dispute {
  readonly receiptId: string
  /** The block that it began in. */
  readonly block: number
  readonly asked: readonly Asked[]
  /** The root that the provider posted for a receipt without a trace commitment. */
  readonly postedRoot?: string
  readonly convictions: readonly {
    readonly accusation: Accusation
    readonly payoutId: string
    readonly challenger: string
    /** Token units. */
    readonly taken: bigint
    /** Whether all of it went back to the provider. */
    readonly isReturned: boolean
  }[]
  /** Whether something may still come of it: neither convicted nor all bonds paid. */
  readonly isOpen: boolean
}

/** Faults by their numbers on-chain. */
export const FAULTS: readonly Accusation[] = ["equivocation", "execution", "omission"]

const INSERT = `INSERT INTO moves VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (block, place) DO UPDATE SET name = excluded.name, subject = excluded.subject, question = excluded.question,
    actor = excluded.actor, due = excluded.due, due_block = excluded.due_block, amount = excluded.amount`

/** Receipts that something was asked about and whose bonds are not all paid, and that are not convicted. */
const OPEN = `
  SELECT subject, MIN(block) AS block FROM moves AS begun WHERE name IN ('demanded', 'claimed')
  AND NOT EXISTS (SELECT 1 FROM moves WHERE moves.subject = begun.subject AND name = 'convicted')
  AND NOT EXISTS (
    SELECT 1 FROM moves WHERE moves.subject = begun.subject AND name = 'settled' AND moves.question = begun.question)
  GROUP BY subject ORDER BY MIN(block), subject LIMIT ?`

/** What challengers and providers do about receipts on-chain: those of others, and one's own. */
export class Disputes {
  readonly #database: Database

  private constructor(database: Database) {
    this.#database = database
  }

  static async open(database: Database): Promise<Disputes> {
    await migrate(database, "challenger-watch", STEPS)
    return new Disputes(database)
  }

  /** Takes all that happened in a range of blocks, and before it by events that were found late. */
  async replace(moves: readonly Move[], { from, to }: LogRange): Promise<void> {
    await this.#database.transact([
      { sql: "DELETE FROM moves WHERE block >= ? AND block <= ?", values: [from, to] },
      ...moves.map(({ name, subject, question, actor, due, dueBlock, amount, block, place }) => {
        const words = [name, subject.toLowerCase(), question.toLowerCase(), actor.toLowerCase()]
        return { sql: INSERT, values: [block, place, ...words, due, dueBlock, String(amount)] }
      }),
    ])
  }

  /** The dispute about a receipt; undefined if nobody has begun one. */
  async of(receiptId: string): Promise<Dispute | undefined> {
    const id = receiptId.toLowerCase()
    const rows = await this.#database.query("SELECT * FROM moves WHERE subject = ? ORDER BY block, place", id)
    return rows.length === 0 ? undefined : this.#told(id, rows.map(moveOf))
  }

  /** Disputes that something may come of still, the oldest first. */
  async open(limit: number): Promise<readonly Dispute[]> {
    const disputes: Dispute[] = []
    for (const { subject } of await this.#database.query(OPEN, limit)) {
      const dispute = await this.of(String(subject))
      if (dispute?.isOpen) disputes.push(dispute)
    }
    return disputes
  }

  /** Disputes that ended in blocks from one on, the oldest first. */
  async ended(from: number, limit: number): Promise<readonly Dispute[]> {
    const sql = `SELECT subject, MAX(block) AS block FROM moves WHERE name IN ('convicted', 'settled') GROUP BY subject
      HAVING MAX(block) >= ? ORDER BY MAX(block), subject LIMIT ?`
    const disputes: Dispute[] = []
    for (const { subject } of await this.#database.query(sql, from, limit)) {
      const dispute = await this.of(String(subject))
      if (dispute && !dispute.isOpen) disputes.push(dispute)
    }
    return disputes
  }

  /** Forgets what happened before a block, unless something of the same receipt happened later. */
  async prune(before: number): Promise<void> {
    const sql = `DELETE FROM moves WHERE block < ? AND NOT EXISTS (
      SELECT 1 FROM moves AS later WHERE later.subject = moves.subject AND later.block >= ?)`
    await this.#database.transact([{ sql, values: [before, before] }])
  }

  async #told(receiptId: string, moves: readonly Move[]): Promise<Dispute> {
    const asked = new Map<string, Asked>()
    const convictions = new Map<string, Dispute["convictions"][number]>()
    let postedRoot: string | undefined
    for (const { name, question, actor, due, dueBlock, amount } of moves) {
      const before = asked.get(question)
      if (name === "demanded" || name === "claimed")
        asked.set(question, {
          questionId: question,
          challenger: actor,
          due,
          dueBlock,
          bond: amount,
          isAnswered: false,
        })
      if (name === "answered" && before) asked.set(question, { ...before, isAnswered: true })
      if (name === "settled" && before) asked.set(question, { ...before, paidTo: actor })
      if (name === "posted") postedRoot = question
      if (name === "convicted") {
        const [fault, payoutId, offence] = question.split(" ")
        const isReturned = await this.#isReturned(payoutId)
        const accusation = FAULTS[Number(fault)]
        convictions.set(offence, { accusation, payoutId, challenger: actor, taken: amount, isReturned })
      }
      const conviction = name === "moved" && convictions.get(question)
      if (conviction) convictions.set(question, { ...conviction, challenger: actor })
    }
    const all = [...asked.values()]
    return {
      receiptId,
      block: moves[0].block,
      asked: all,
      ...(postedRoot === undefined ? {} : { postedRoot }),
      convictions: [...convictions.values()],
      isOpen: convictions.size === 0 && all.some(({ paidTo }) => paidTo === undefined),
    }
  }

  async #isReturned(payoutId: string): Promise<boolean> {
    const sql = "SELECT block FROM moves WHERE subject = ? AND name = 'returned'"
    return (await this.#database.query(sql, payoutId)).length > 0
  }
}

const moveOf = (row: Row): Move => ({
  name: row.name as MoveName,
  subject: String(row.subject),
  question: String(row.question),
  actor: String(row.actor),
  due: Number(row.due),
  dueBlock: Number(row.due_block),
  amount: BigInt(String(row.amount)),
  block: Number(row.block),
  place: Number(row.place),
})
