import { OnusError } from "../../protocol/errors.ts"
import type { Registry } from "../../protocol/receipt.ts"
import type { Database } from "../../store/database.ts"
import { migrate } from "../../store/migrate.ts"
import type { Journal } from "../journal.ts"
import { assign } from "./assign.ts"
import { anchored, batch, batches, dissolve, receiptsIn, released, treeOf, unanchored } from "./batches.ts"
import { abandon, claim, entryBy, interrupted, keep, orphans } from "./claims.ts"
import type { Context } from "./context.ts"
import { drop, inputsOf } from "./inputs.ts"
import { prune } from "./prune.ts"
import { STEPS } from "./schema.ts"
import { counts, coverageOf, promised } from "./sums.ts"
import { waiting, waitingEntries } from "./waiting.ts"

/**
 * Opens the journal in a database, and makes it if there is none.
 *
 * @param options `replica`: name of this process among those that share the database.
 * @throws OnusError `JournalOfAnother` when it is for another registry, `DatabaseNewer`, `DatabaseUnavailable`, ...
 */
export async function openJournal(
  database: Database,
  registry: Registry,
  { replica = "" }: { readonly replica?: string } = {},
): Promise<Journal> {
  await migrate(database, "journal", STEPS)
  await bind(database, registry)
  const context: Context = { database, registry, replica }
  return {
    claim: (wanted) => claim(context, wanted),
    keep: (request, signed) => keep(context, request, signed),
    abandon: (request) => abandon(context, request),
    byReceipt: (id) => entryBy(context, "receipt_id", id),
    byRequest: (request) => entryBy(context, "request", request),
    interrupted: () => interrupted(context),
    orphans: (living) => orphans(context, living),
    waiting: () => waiting(context),
    waitingEntries: (modelId, window, limit, damaged) =>
      waitingEntries(context, modelId, window, limit, damaged),
    assign: (made, requests) => assign(context, made, requests),
    batches: (state) => batches(context, state),
    batch: (id) => batch(context, id),
    coverageOf: (id) => coverageOf(context, id),
    receiptsIn: (...part) => receiptsIn(context, ...part),
    treeOf: (id) => treeOf(context, id),
    anchored: (id, at) => anchored(context, id, at),
    unanchored: (id) => unanchored(context, id),
    released: (id) => released(context, id),
    dissolve: (id) => dissolve(context, id),
    promised: (notAnchoredBy, of) => promised(context, notAnchoredBy, of),
    inputsOf: (id) => inputsOf(context, id),
    drop: (before) => drop(context, before),
    prune: (...options) => prune(context, ...options),
    counts: () => counts(context),
  }
}

/** Binds a new journal to its registry: the same request means something else on another one. */
async function bind(database: Database, { chainId, address }: Registry): Promise<void> {
  const wanted = `${chainId}:${address.toLowerCase()}`
  const [, [{ registry }]] = await database.transact([
    { sql: "INSERT INTO journal VALUES (1, ?) ON CONFLICT DO NOTHING", values: [wanted] },
    { sql: "SELECT registry FROM journal" },
  ])
  if (registry === wanted) return
  const message = `The journal is for registry ${String(registry)}, not for ${wanted}`
  throw new OnusError("JournalOfAnother", message, {
    hint: "Give every registry a database of its own, or correct the registry in the configuration",
  })
}
