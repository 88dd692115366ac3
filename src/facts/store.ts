import type { Entities, EntityName } from "./entities.ts"

/** Where rows are kept while events are projected: memory, or a table of the index. */
export interface FactStore {
  get<N extends EntityName>(name: N, id: string): Promise<Entities[N] | undefined>
  /** Adds a row that is not there yet. */
  add<N extends EntityName>(name: N, row: Entities[N]): Promise<void>
  /** Changes some columns of a row that is there. */
  change<N extends EntityName>(name: N, id: string, columns: Partial<Entities[N]>): Promise<void>
}

/** An event of one of the registry's contracts, in order of the chain. */
export interface ChainEvent {
  /** Which contract: `onus`, `providers`, `models`, `reputation`, `judge`, `omission`, `audits`, `callbacks`, `agents`. */
  readonly contract: string
  readonly name: string
  /** Arguments by name; integers of every size as bigint, structs as objects. */
  readonly args: Readonly<Record<string, unknown>>
  readonly address: string
  readonly block: number
  /** Unix seconds of the block. */
  readonly time: number
  readonly transaction: string
  readonly logIndex: number
}
