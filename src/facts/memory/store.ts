import type { Entities, EntityName } from "../entities.ts"
import { compare, positionOf } from "../order.ts"
import type { ListWish } from "../reader.ts"
import type { FactStore } from "../store.ts"

type Row = Entities[EntityName]
interface Change {
  readonly name: EntityName
  readonly id: string
  readonly before: Row | undefined
}

/** Rows in memory, whose last changes can be undone. */
export class MemoryStore implements FactStore {
  readonly #tables = new Map<EntityName, Map<string, Row>>()
  /** What was changed since each mark, oldest first. */
  readonly #marks: { readonly block: number; readonly changes: Change[] }[] = []

  get<N extends EntityName>(name: N, id: string): Promise<Entities[N] | undefined> {
    return Promise.resolve(this.#table(name).get(id))
  }

  add<N extends EntityName>(name: N, row: Entities[N]): Promise<void> {
    return this.#put(name, row.id, row)
  }

  change<N extends EntityName>(name: N, id: string, columns: Partial<Entities[N]>): Promise<void> {
    const row = this.#table(name).get(id)
    if (!row) return Promise.reject(new Error(`There is no ${name} ${id}`))
    return this.#put(name, id, { ...row, ...columns })
  }

  list<N extends EntityName>(
    name: N,
    { where, limit, after }: ListWish<N> = {},
  ): Promise<readonly Entities[N][]> {
    const rows = this.#matching(name, where)
      .map((row) => ({ row, position: positionOf(name, row) }))
      .filter(({ position }) => !after || compare(after, position) < 0)
      .sort((a, b) => compare(a.position, b.position))
    return Promise.resolve(rows.slice(0, limit).map(({ row }) => row))
  }

  count<N extends EntityName>(name: N, where?: Partial<Entities[N]>): Promise<number> {
    return Promise.resolve(this.#matching(name, where).length)
  }

  /** Changes from now on belong to a block, until the next mark. */
  mark(block: number): void {
    this.#marks.push({ block, changes: [] })
  }

  /** Undoes what belongs to later blocks. */
  undoAfter(block: number): void {
    while (this.#marks.length > 0 && this.#marks[this.#marks.length - 1].block > block) {
      for (const { name, id, before } of this.#marks.pop()!.changes.reverse()) {
        if (before) this.#table(name).set(id, before)
        else this.#table(name).delete(id)
      }
    }
  }

  /** Forgets how to undo what belongs to blocks up to this one. */
  keep(block: number): void {
    const first = this.#marks.findIndex((mark) => mark.block > block)
    this.#marks.splice(0, first < 0 ? this.#marks.length : first)
  }

  #put(name: EntityName, id: string, row: Row): Promise<void> {
    const table = this.#table(name)
    this.#marks[this.#marks.length - 1]?.changes.push({ name, id, before: table.get(id) })
    table.set(id, row)
    return Promise.resolve()
  }

  #table<N extends EntityName>(name: N): Map<string, Entities[N]> {
    const known = this.#tables.get(name) ?? new Map<string, Row>()
    this.#tables.set(name, known)
    return known as Map<string, Entities[N]>
  }

  #matching<N extends EntityName>(name: N, where: Partial<Entities[N]> = {}): Entities[N][] {
    const wanted = Object.entries(where).filter(([, value]) => value !== undefined)
    return [...this.#table(name).values()].filter((row) =>
      wanted.every(([column, value]) => (row as unknown as Record<string, unknown>)[column] === value),
    )
  }
}
