import { OnusError } from "../../protocol/errors.ts"
import type { Claim, Journal } from "../journal.ts"
import type { Context } from "./context.ts"

const OLD = `
  SELECT batch_id, size FROM batches
  WHERE state = 'released' AND pruned = 0 AND issued_at < ? ORDER BY issued_at, batch_id`

/** Claims that are deleted in one transaction. */
const PRUNED_AT_ONCE = 256

const SLICE = "FROM claims WHERE batch_id = ? AND place >= ? AND place < ?"

/** The name of a request as `spent` has it: 128 bits of it, as text. */
const shortened = (name: string): string => `substr(${name}, 3, 32)`

/**
 * A signature counts as evidence for a time; an anchored receipt does for ever, as the registry never forgets a batch: together with
 * the receipt of a second answer to its request, its place there convicts of equivocation. So a request stays spent when all else of
 * its claim is gone, in the same transaction: at no moment is it known to neither table.
 */
const SPEND = `INSERT INTO spent SELECT ${shortened("request")} ${SLICE} ON CONFLICT DO NOTHING`

/**
 * Takes a claim back that was just made for a spent request. A statement of its own, after the insertion: that one may have waited
 * for the claim to be pruned, and sees only what was spent before it began to wait.
 */
export const TAKE_BACK = `
  DELETE FROM claims WHERE request = ? AND receipt_id IS NULL
  AND EXISTS (SELECT 1 FROM spent WHERE spent.request = ${shortened("claims.request")}) RETURNING seq`

export async function prune(
  { database }: Context,
  ...[before, isNeeded, signal]: Parameters<Journal["prune"]>
): Promise<number> {
  let count = 0
  for (const { batch_id: batch, size } of await database.query(OLD, before)) {
    if (signal?.aborted) break
    if (await isNeeded(String(batch))) continue
    for (let place = 0; place < Number(size); place += PRUNED_AT_ONCE) {
      // What is left is deleted the next time.
      if (signal?.aborted) return count
      const values = [batch, place, place + PRUNED_AT_ONCE]
      await database.transact([
        { sql: SPEND, values },
        { sql: `DELETE ${SLICE}`, values },
      ])
    }
    // Last: who still finds a receipt of it finds its proof as well.
    await database.transact([
      { sql: "DELETE FROM trees WHERE batch_id = ?", values: [batch] },
      { sql: "UPDATE batches SET pruned = 1, dropped = 1 WHERE batch_id = ?", values: [batch] },
    ])
    count += Number(size)
  }
  return count
}

export function spent({ terms }: Claim): OnusError {
  const message = `Request ${terms.requestId} of ${terms.consumer} was answered long ago, and the answer is not kept any more`
  return new OnusError("RequestIdReused", message, { hint: "Use a new request id" })
}
