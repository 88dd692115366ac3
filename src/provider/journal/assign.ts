import { OnusError, isOnusError } from "../../protocol/errors.ts"
import { failpoint } from "../../service/failpoint.ts"
import type { Statement } from "../../store/database.ts"
import type { Journal } from "../journal.ts"
import type { Context } from "./context.ts"
import { wholeNumber } from "./rows.ts"

/** Receipts that are put into a batch in one transaction: requests that come meanwhile wait for no more than that. */
const PLACED_AT_ONCE = 128

/**
 * Takes batches that are not complete apart. Only one replica puts any together; who is not complete by now is dead, or has lost the
 * role and does not know it yet. So they are marked first, as only this transaction sees: what that one completes meanwhile is not.
 */
export const TAKE_APART: readonly Statement[] = [
  { sql: "UPDATE batches SET state = 'apart' WHERE state = 'assembling'" },
  {
    sql: `UPDATE claims SET batch_id = NULL, place = NULL
      WHERE batch_id IN (SELECT batch_id FROM batches WHERE state = 'apart')`,
  },
  { sql: "DELETE FROM batches WHERE state = 'apart'" },
]

const BEGIN = `
  INSERT INTO batches (batch_id, provider, model_id, root, size, coverage, challenge_window, state)
  VALUES (?, ?, ?, ?, ?, ?, ?, 'assembling')`

const RECEIPTS = `
  FROM claims WHERE claims.batch_id = batches.batch_id
  AND claims.model_id = batches.model_id AND claims.challenge_window = batches.challenge_window`

/** The table refuses it unless every receipt has got its place, and is of the batch's model and window. */
const COMPLETE = `
  UPDATE batches SET state = 'assigned',
    placed = (SELECT count(*) ${RECEIPTS}),
    anchor_by = (SELECT min(anchor_by) ${RECEIPTS}),
    issued_at = (SELECT max(issued_at) ${RECEIPTS})
  WHERE batch_id = ? AND state = 'assembling' RETURNING batch_id`

/** No condition but these: another one would make SQLite look through all that waits instead of finding each by its name. */
const place = (count: number): string => `
  WITH chunk (request, place) AS (VALUES ${Array.from({ length: count }, () => "(?, ?)").join(", ")})
  UPDATE claims SET batch_id = ?, place = CAST(chunk.place AS {int}) FROM chunk
  WHERE claims.request = chunk.request AND receipt_id IS NOT NULL AND batch_id IS NULL`

export async function assign(
  { database }: Context,
  ...[{ batchId, batch, tree }, requests]: Parameters<Journal["assign"]>
): Promise<void> {
  const id = batchId.toLowerCase()
  const modelId = batch.modelId.toLowerCase()
  const window = wholeNumber(batch.window)
  const size = wholeNumber(batch.count)
  const fields = [id, batch.provider, modelId, batch.root, size, batch.coverage.toString(), window]
  if (requests.length !== size) throw alreadyAssigned(batchId)
  failpoint("assign")
  try {
    await database.transact([
      ...TAKE_APART,
      { sql: BEGIN, values: fields },
      { sql: "INSERT INTO trees VALUES (?, ?)", values: [id, tree] },
    ])
    for (let start = 0; start < requests.length; start += PLACED_AT_ONCE) {
      const chunk = requests.slice(start, start + PLACED_AT_ONCE)
      const places = chunk.flatMap((request, i) => [request, start + i])
      await database.transact([{ sql: place(chunk.length), values: [...places, id] }])
      failpoint("assigning")
    }
    const [completed] = await database.transact([{ sql: COMPLETE, values: [id] }])
    if (completed.length === 0) throw alreadyAssigned(batchId)
    failpoint("assigned")
  } catch (error) {
    if (!isOnusError(error, "DatabaseConflict")) throw error
    // What is left of it counts for nothing; taking it apart now only spares the next one the work. The other may be at it.
    await database.transact(TAKE_APART).catch(unlessConflict)
    throw alreadyAssigned(batchId, error)
  }
}

function unlessConflict(error: unknown): void {
  if (!isOnusError(error, "DatabaseConflict")) throw error
}

function alreadyAssigned(batchId: string, cause?: unknown): OnusError {
  const message = `Batch ${batchId} cannot be made: not all of its receipts wait to be anchored in such a batch`
  return new OnusError("AlreadyAssigned", message, {
    hint: "Another replica was faster: look again at what waits",
    cause,
  })
}
