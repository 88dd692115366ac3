import { OnusError } from "../../protocol/errors.ts"
import type { Registry } from "../../protocol/receipt.ts"
import type { Database } from "../../store/database.ts"
import { migrate } from "../../store/migrate.ts"
import type { Book } from "../book.ts"
import {
  anchorsOf,
  batchesBetween,
  batchesToList,
  findBatch,
  keepOnly,
  noteBatch,
  seeBatches,
} from "./batches.ts"
import { accuse, cases, findCase, noteCase } from "./cases.ts"
import { contests, noteContest } from "./contests.ts"
import type { Context } from "./context.ts"
import { Grouped } from "./grouped.ts"
import { counts } from "./counts.ts"
import { prune } from "./prune.ts"
import {
  contestants,
  countUnplaced,
  detained,
  due,
  find,
  inState,
  judge,
  noteUnplaced,
  placesOf,
  rivals,
  unplaced,
  waiting,
  want,
} from "./receipts.ts"
import { STEPS } from "./schema.ts"
import { see } from "./see.ts"

/**
 * Opens the book in a database, and makes it if there is none.
 *
 * @throws OnusError `BookOfAnother` when it is for another registry, `DatabaseNewer`, `DatabaseUnavailable`, ...
 */
export async function openBook(database: Database, registry: Registry): Promise<Book> {
  await migrate(database, "challenger", STEPS)
  await bind(database, registry)
  const context: Context = { database, registry, grouped: new Grouped(database), inTurn: queue() }
  return {
    see: (sightings, now) => see(context, sightings, now),
    find: (id) => find(context, id),
    inState: (state, limit) => inState(context, state, limit),
    rivals: (id) => rivals(context, id),
    due: (now, limit) => due(context, now, limit),
    judge: (id, finding) => judge(context, id, finding),
    want: (id) => want(context, id),
    detained: (id, until) => detained(context, id, until),
    contests: (now, limit) => contests(context, now, limit),
    contestants: (request) => contestants(context, request),
    noteContest: (request, nextAt) => noteContest(context, request, nextAt),
    unplaced: (now, limit) => unplaced(context, now, limit),
    placesOf: (id) => placesOf(context, id),
    waiting: (provider, modelId, limit) => waiting(context, provider, modelId, limit),
    noteUnplaced: (id, nextAt) => noteUnplaced(context, id, nextAt),
    countUnplaced: (provider) => countUnplaced(context, provider),
    seeBatches: (batches) => seeBatches(context, batches),
    anchorsOf: (ids) => anchorsOf(context, ids),
    keepOnly: (range, ids) => keepOnly(context, range, ids),
    findBatch: (id) => findBatch(context, id),
    batchesToList: (now, clock, limit) => batchesToList(context, now, clock, limit),
    noteBatch: (id, found) => noteBatch(context, id, found),
    batchesBetween: (provider, from, until) => batchesBetween(context, provider, from, until),
    accuse: (accusation) => accuse(context, accusation),
    cases: (state, limit) => cases(context, state, limit),
    findCase: (id) => findCase(context, id),
    noteCase: (id, change) => noteCase(context, id, change),
    counts: () => counts(context),
    prune: (before) => prune(context, before),
  }
}

/** Binds a new book to its registry: the same batch is another one elsewhere. */
async function bind(database: Database, { chainId, address }: Registry): Promise<void> {
  const wanted = `${chainId}:${address.toLowerCase()}`
  const [, [{ registry }]] = await database.transact([
    { sql: "INSERT INTO book VALUES (1, ?) ON CONFLICT DO NOTHING", values: [wanted] },
    { sql: "SELECT registry FROM book" },
  ])
  if (registry === wanted) return
  const message = `The book is for registry ${String(registry)}, not for ${wanted}`
  throw new OnusError("BookOfAnother", message, {
    hint: "Give every registry a database of its own, or correct the registry in the configuration",
  })
}

/** Does one thing after the other; what fails keeps nothing that follows from being done. */
function queue(): Context["inTurn"] {
  let last: Promise<unknown> = Promise.resolve()
  return (act) => {
    const run = last.then(act, act)
    last = run
    return run
  }
}
