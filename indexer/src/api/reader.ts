import { and, desc, eq, lt, or, sql } from "ponder"
import type { Entities, EntityName } from "../../../src/facts/entities.ts"
import { type FlatRow, flatten, unflatten } from "../../../src/facts/flat.ts"
import { ORDER } from "../../../src/facts/order.ts"
import { REGISTRY, clockAt } from "../../../src/facts/project/clock.ts"
import { METHODOLOGY } from "../../../src/facts/query/derive.ts"
import type { FactReader, FactView, ListWish } from "../../../src/facts/reader.ts"
import type { Answer } from "../../../src/facts/source.ts"
import * as tables from "../../ponder.schema.ts"
import type { Settings } from "../deployment.ts"
import type { Head } from "./head.ts"

type SQL = ReturnType<typeof sql>

/** As much of the database as is needed: Ponder's type leaves out that it has transactions. */
export interface Database {
  select(fields?: unknown): { from(table: unknown): Selecting }
  execute(query: SQL): Promise<{ readonly rows: readonly FlatRow[] }>
  transaction<T>(
    work: (database: Database) => Promise<T>,
    options: { readonly isolationLevel: "repeatable read"; readonly accessMode: "read only" },
  ): Promise<T>
}

interface Selecting extends PromiseLike<FlatRow[]> {
  where(condition: SQL | undefined): Selecting
  orderBy(...columns: unknown[]): Selecting
  limit(count: number): Selecting
}

/** Reads the index's tables, all of an answer as of one block. */
export class TableReader implements FactReader {
  readonly #database: Database
  readonly #settings: Settings
  readonly #chainId: number
  readonly #head: () => Promise<Head>

  constructor(database: Database, settings: Settings, chainId: number, head: () => Promise<Head>) {
    this.#database = database
    this.#settings = settings
    this.#chainId = chainId
    this.#head = head
  }

  async read<T>(work: (view: FactView) => Promise<T>): Promise<Answer<T>> {
    const head = await this.#head()
    return this.#database.transaction(
      async (database) => {
        const { block, time } = await indexed(database)
        const view = viewOf(database)
        const registry = await view.get("registry", REGISTRY)
        const asOf = {
          chainId: this.#chainId,
          registry: this.#settings.registry,
          block,
          time,
          clock: registry ? clockAt(registry, time) : time,
          finality: "latest" as const,
          lagBlocks: Math.max(head.block - block, 0),
          lagSeconds: Math.max(head.time - time, 0),
          methodology: METHODOLOGY,
          origin: "index" as const,
        }
        return { asOf, data: await work({ asOf, ...view }) }
      },
      { isolationLevel: "repeatable read", accessMode: "read only" },
    )
  }
}

/** The block up to which everything is in the tables. */
export async function indexed(database: Pick<Database, "execute">): Promise<Head> {
  const { rows } = await database.execute(sql`SELECT latest_checkpoint FROM _ponder_checkpoint`)
  // Ten digits of seconds, sixteen of the chain, sixteen of the block.
  const checkpoint = (rows[0]?.latest_checkpoint ?? "") as string
  return { time: Number(checkpoint.slice(0, 10)), block: Number(checkpoint.slice(26, 42)) }
}

type Columns = Record<string, never>
const columnsOf = (name: EntityName): Columns => tables[name] as unknown as Columns

function viewOf(database: Database): Omit<FactView, "asOf"> {
  return {
    async get(name, id) {
      const [row] = await database
        .select()
        .from(tables[name])
        .where(eq(columnsOf(name).id, id))
        .limit(1)
      return row && unflatten(name, row)
    },
    async list(name, wish = {}) {
      const columns = columnsOf(name)
      const order = columns[orderOf(name)]
      const query = database
        .select()
        .from(tables[name])
        .where(and(matching(name, wish.where), beyond(name, wish)))
        .orderBy(desc(order), desc(columns.id))
      const rows = await (wish.limit === undefined ? query : query.limit(wish.limit))
      return rows.map((row) => unflatten(name, row))
    },
    async count(name, where) {
      const [row] = await database
        .select({ count: sql<string>`count(*)` })
        .from(tables[name])
        .where(matching(name, where))
      return Number(row.count)
    },
  }
}

/** `since.block` is a column of its own. */
const orderOf = (name: EntityName): string => ORDER[name].replace(".block", "Block")

function matching<N extends EntityName>(name: N, where: Partial<Entities[N]> = {}): SQL | undefined {
  const columns = columnsOf(name)
  return and(...Object.entries(flatten(name, where)).map(([column, value]) => eq(columns[column], value)))
}

function beyond<N extends EntityName>(name: N, { after }: ListWish<N>): SQL | undefined {
  if (!after) return undefined
  const columns = columnsOf(name)
  const order = columns[orderOf(name)]
  return or(lt(order, after.at), and(eq(order, after.at), lt(columns.id, after.id)))
}
