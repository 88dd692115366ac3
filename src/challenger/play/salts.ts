import { createHmac, randomBytes } from "node:crypto"
import type { Database } from "../../store/database.ts"

/**
 * Salts of commitments. They are derived from a secret in the database, so that a program that is started again knows what it has
 * committed to, and nobody else can guess it.
 */
export class Salts {
  readonly #secret: Uint8Array

  private constructor(secret: Uint8Array) {
    this.#secret = secret
  }

  /** Finds the secret, or makes it up the first time. The tables are those of `PLAY_TABLES`. */
  static async open(database: Database): Promise<Salts> {
    const [, [row]] = await database.transact([
      {
        sql: "INSERT INTO play_secrets VALUES ('salts', ?) ON CONFLICT (name) DO NOTHING",
        values: [randomBytes(32)],
      },
      { sql: "SELECT secret FROM play_secrets WHERE name = 'salts'" },
    ])
    return new Salts(row.secret as Uint8Array)
  }

  /** The salt of a question about a receipt. */
  of(receiptId: string, questionId: string): string {
    const about = `${receiptId.toLowerCase()}:${questionId.toLowerCase()}`
    return `0x${createHmac("sha256", this.#secret).update(about).digest("hex")}`
  }
}
