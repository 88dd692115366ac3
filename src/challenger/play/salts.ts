import { createHmac } from "node:crypto"
import type { Database } from "../../store/database.ts"
import { loadSecret } from "../book/secret.ts"

/**
 * Salts of commitments. They are derived from a secret in the database, so that a program that is started again knows what it has
 * committed to, and nobody else can guess it.
 */
export class Salts {
  readonly #secret: Uint8Array

  private constructor(secret: Uint8Array) {
    this.#secret = secret
  }

  /** @param database of the book. */
  static async open(database: Database): Promise<Salts> {
    return new Salts(await loadSecret(database, "salts"))
  }

  /** The salt of a question about a receipt. */
  of(receiptId: string, questionId: string): string {
    const about = `${receiptId.toLowerCase()}:${questionId.toLowerCase()}`
    return `0x${createHmac("sha256", this.#secret).update(about).digest("hex")}`
  }
}
