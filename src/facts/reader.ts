import type { Entities, EntityName } from "./entities.ts"
import type { Answer, AsOf } from "./source.ts"

/** Where a row stands in its table's order: by this number, then by its id, both falling. */
export interface Position {
  readonly at: number
  readonly id: string
}

/** Which rows of a table are wanted. */
export interface ListWish<N extends EntityName> {
  /** Rows that have exactly these values. */
  readonly where?: Partial<Entities[N]>
  /** At most so many; all if left out. */
  readonly limit?: number
  /** Only those that come later in the table's order. */
  readonly after?: Position
}

/** All rows as of one block. */
export interface FactView {
  readonly asOf: AsOf
  get<N extends EntityName>(name: N, id: string): Promise<Entities[N] | undefined>
  /** Rows in the table's order (`ORDER`). */
  list<N extends EntityName>(name: N, wish?: ListWish<N>): Promise<readonly Entities[N][]>
  count<N extends EntityName>(name: N, where?: Partial<Entities[N]>): Promise<number>
}

/** Lets rows be read that belong together. */
export interface FactReader {
  read<T>(work: (view: FactView) => Promise<T>): Promise<Answer<T>>
}
