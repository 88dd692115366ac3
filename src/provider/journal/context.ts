import type { Registry } from "../../protocol/receipt.ts"
import type { Database } from "../../store/database.ts"

/** What every part of a journal works with. */
export interface Context {
  readonly database: Database
  readonly registry: Registry
  /** Name of this replica among those that share the database. */
  readonly replica: string
}
