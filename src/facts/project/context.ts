import type { Entities, EntityName, Moment } from "../entities.ts"
import type { ChainEvent, FactStore } from "../store.ts"
import { Arguments } from "./arguments.ts"

/** An event and the rows that it changes. */
export class Context {
  readonly store: FactStore
  readonly event: ChainEvent
  readonly args: Arguments
  readonly moment: Moment

  constructor(store: FactStore, event: ChainEvent) {
    const { block, time, transaction } = event
    this.store = store
    this.event = event
    this.args = new Arguments(event.args)
    this.moment = { block, time, transaction: transaction.toLowerCase() }
  }

  /** Names the event, in an order that is that of the chain. */
  get place(): string {
    const { block, logIndex } = this.event
    return `${String(block).padStart(12, "0")}-${String(logIndex).padStart(6, "0")}`
  }

  get<N extends EntityName>(name: N, id: string): Promise<Entities[N] | undefined> {
    return this.store.get(name, id)
  }

  add<N extends EntityName>(name: N, row: Entities[N]): Promise<void> {
    return this.store.add(name, row)
  }

  change<N extends EntityName>(name: N, id: string, columns: Partial<Entities[N]>): Promise<void> {
    return this.store.change(name, id, columns)
  }

  /** A row that must be there: what happens to it happens after what made it. */
  async must<N extends EntityName>(name: N, id: string): Promise<Entities[N]> {
    const row = await this.store.get(name, id)
    if (!row)
      throw new Error(`${this.event.name} at ${this.place} is about ${name} ${id}, which is not known`)
    return row
  }

  /** A row, which is made the first time. */
  async ensure<N extends EntityName>(name: N, row: Entities[N]): Promise<Entities[N]> {
    const known = await this.store.get(name, row.id)
    if (known) return known
    await this.store.add(name, row)
    return row
  }

  /** Adds to some columns. */
  async increase<N extends EntityName>(
    name: N,
    id: string,
    by: {
      readonly [C in keyof Entities[N]]?: Entities[N][C] extends number | bigint ? Entities[N][C] : never
    },
  ): Promise<void> {
    const row = (await this.must(name, id)) as unknown as Record<string, number>
    const sums = Object.entries(by as Record<string, number>).map(([column, value]) => [
      column,
      row[column] + value,
    ])
    await this.store.change(name, id, Object.fromEntries(sums) as Partial<Entities[N]>)
  }
}

/** Changes rows after one event; tells which provider it is about, if its log should have it. */
export type Handler = (context: Context) => Promise<string | undefined>

/** Handlers by the names of events. */
export type Handlers = Readonly<Record<string, Handler>>
