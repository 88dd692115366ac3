import type { Book } from "../book.ts"
import { NEVER } from "../book.ts"
import type { Context } from "./context.ts"

/** Receipts that are forgotten in one transaction. */
const PRUNED_AT_ONCE = 256

/** Cases that money is in, or was lost in. */
const CLOSED = "('paid', 'dropped')"

const ENDED_CASES = `
  DELETE FROM cases WHERE deadline < ? AND state IN ${CLOSED}
  AND NOT EXISTS (SELECT 1 FROM receipts WHERE receipts.id = cases.receipt_id)`

const OLD = `
  SELECT id FROM receipts
  WHERE issued_at < ? AND (deadline < ? OR deadline = ${NEVER}) AND NOT EXISTS (
    SELECT 1 FROM cases WHERE (cases.receipt_id = receipts.id OR cases.other_id = receipts.id) AND state NOT IN ${CLOSED})
  LIMIT ${PRUNED_AT_ONCE}`

const OLD_BATCHES = `
  DELETE FROM batches WHERE until < ? AND time < ?
  AND NOT EXISTS (SELECT 1 FROM places WHERE places.batch_id = batches.id)`

/** Requests that one receipt at most is left for. */
const OVER = `
  DELETE FROM contests WHERE NOT EXISTS (
    SELECT 1 FROM receipts WHERE receipts.request = contests.request GROUP BY receipts.request HAVING COUNT(*) > 1)`

export async function prune({ database }: Context, ...[before]: Parameters<Book["prune"]>): Promise<void> {
  for (;;) {
    const ids = (await database.query(OLD, before, before)).map(({ id }) => String(id))
    if (ids.length === 0) break
    const list = ids.map(() => "?").join(", ")
    await database.transact([
      { sql: `DELETE FROM places WHERE receipt_id IN (${list})`, values: ids },
      { sql: `DELETE FROM receipts WHERE id IN (${list})`, values: ids },
    ])
  }
  await database.transact([
    { sql: ENDED_CASES, values: [before] },
    { sql: OLD_BATCHES, values: [before, before] },
    { sql: OVER },
  ])
}
