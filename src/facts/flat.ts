import { type Kind, columnsOf } from "./columns.ts"
import type { Entities, EntityName, Moment } from "./entities.ts"

/** A row as a table of a database has it: of a moment the three parts, each a column. */
export type FlatRow = Record<string, unknown>

/** The columns of a table in a database, moments in their parts. */
export function flatColumns(name: EntityName): readonly (readonly [string, Kind])[] {
  return columnsOf(name).flatMap(([column, kind]) => {
    if (!kind.startsWith("moment")) return [[column, kind] as const]
    const optional = kind.endsWith("?") ? "?" : ""
    return [
      [`${column}Block`, `integer${optional}`],
      [`${column}Time`, `integer${optional}`],
      [`${column}Transaction`, `text${optional}`],
    ] as const
  })
}

/** Some columns of a row, for a database. */
export function flatten<N extends EntityName>(name: N, row: Partial<Entities[N]>): FlatRow {
  const flat: FlatRow = {}
  for (const [column, kind] of columnsOf(name)) {
    const value = (row as FlatRow)[column]
    if (value === undefined) continue
    if (!kind.startsWith("moment")) flat[column] = value
    else {
      const moment = value as Moment | null
      flat[`${column}Block`] = moment?.block ?? null
      flat[`${column}Time`] = moment?.time ?? null
      flat[`${column}Transaction`] = moment?.transaction ?? null
    }
  }
  return flat
}

/** A row out of a database. */
export function unflatten<N extends EntityName>(name: N, flat: FlatRow): Entities[N] {
  const row: FlatRow = {}
  for (const [column, kind] of columnsOf(name)) {
    if (!kind.startsWith("moment")) row[column] = flat[column]
    else {
      const [block, time, transaction] = ["Block", "Time", "Transaction"].map(
        (part) => flat[`${column}${part}`],
      )
      row[column] = block === null ? null : { block, time, transaction }
    }
  }
  return row as unknown as Entities[N]
}
