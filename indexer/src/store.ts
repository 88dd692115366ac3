import type { Entities, EntityName } from "../../src/facts/entities.ts"
import { flatten, unflatten } from "../../src/facts/flat.ts"
import type { FactStore } from "../../src/facts/store.ts"
import * as tables from "../ponder.schema.ts"

/** What Ponder lets handlers do with tables. */
export interface Rows {
  find(table: unknown, key: { readonly id: string }): Promise<Record<string, unknown> | null>
  insert(table: unknown): { values(row: unknown): Promise<unknown> }
  update(table: unknown, key: { readonly id: string }): { set(columns: unknown): Promise<unknown> }
}

/** The index's tables as a store. */
export const storeOf = (rows: Rows): FactStore => ({
  async get<N extends EntityName>(name: N, id: string): Promise<Entities[N] | undefined> {
    const row = await rows.find(tables[name], { id })
    return row ? unflatten(name, row) : undefined
  },
  async add(name, row) {
    await rows.insert(tables[name]).values(flatten(name, row))
  },
  async change(name, id, columns) {
    await rows.update(tables[name], { id }).set(flatten(name, columns))
  },
})
