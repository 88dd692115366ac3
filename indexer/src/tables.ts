import { COLUMNS } from "../../src/facts/columns.ts"
import type { EntityName } from "../../src/facts/entities.ts"

/** What an entity's table is called in the database. */
export const tableName = (name: EntityName): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** What all tables are called there. */
export const tableNames: readonly string[] = (Object.keys(COLUMNS) as EntityName[]).map(tableName)
