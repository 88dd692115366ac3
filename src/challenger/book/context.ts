import type { Registry } from "../../protocol/receipt.ts"
import type { Database } from "../../store/database.ts"
import type { Grouped } from "./grouped.ts"

/** What every part of a book works with. */
export interface Context {
  readonly database: Database
  readonly registry: Registry
  readonly grouped: Grouped
  /** Does one thing after the other: what is seen at the same time must find each other. */
  readonly inTurn: <T>(act: () => Promise<T>) => Promise<T>
}
