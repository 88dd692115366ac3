import type { Statement, Value } from "../../store/database.ts"
import { NEVER } from "../book.ts"

const LIVE = "batches.id = receipts.batch_id AND batches.is_live = 1"

/** Of the batches that are on-chain and hold the receipt, the one that can be challenged for the longest. */
const HOME = `
  SELECT batches.id FROM places JOIN batches ON batches.id = places.batch_id
  WHERE places.receipt_id = receipts.id AND batches.is_live = 1
  ORDER BY batches.until DESC, batches.id LIMIT 1`

const IN_BATCH = `(SELECT until FROM batches WHERE ${LIVE})`
/** Of two places, one in a batch and one by itself, that which can be challenged for longer. */
const isBatchLater = (batch: string): string =>
  `attested_until IS NULL OR ${IN_BATCH} > attested_until THEN ${batch}`
const END = `(CASE WHEN ${isBatchLater(IN_BATCH)} ELSE attested_until END)`
const END_BLOCK = `(CASE WHEN ${isBatchLater(`(SELECT until_block FROM batches WHERE ${LIVE})`)} ELSE attested_until_block END)`

/** Whether it is where it was promised to be. What was attested directly is: the registry takes it in time only. */
const KEPT = `
  attested_until IS NOT NULL OR EXISTS (
    SELECT 1 FROM places JOIN batches ON batches.id = places.batch_id
    WHERE places.receipt_id = receipts.id AND batches.is_live = 1 AND batches.time <= receipts.anchor_by
    AND batches.challenge_window >= receipts.challenge_window AND batches.model_id = receipts.model_id)`

/** Brings up to date what follows from the places of receipts. @param which a condition on `receipts`. */
export function refresh(which: string, values: readonly Value[]): readonly Statement[] {
  return [
    { sql: `UPDATE receipts SET batch_id = (${HOME}) WHERE ${which}`, values },
    {
      sql: `UPDATE receipts SET
          deadline = CASE WHEN ${END} IS NULL THEN ${NEVER}
            WHEN detained_until > ${END} THEN detained_until ELSE ${END} END,
          until_block = COALESCE(${END_BLOCK}, 0),
          is_kept = CASE WHEN ${KEPT} THEN 1 ELSE 0 END
        WHERE ${which}`,
      values,
    },
  ]
}

/** `refresh` of receipts by their ids. */
export const refreshAll = (ids: readonly string[]): readonly Statement[] =>
  ids.length === 0 ? [] : refresh(`receipts.id IN (${marks(ids.length)})`, ids)

/** So many values in a list. */
export const marks = (count: number): string => Array.from({ length: count }, () => "?").join(", ")

/** So many rows of values. */
export const rows = (count: number, row: string): string =>
  Array.from({ length: count }, () => row).join(", ")

/** Parts of a list that one statement can name: texts of few lengths, so that the database prepares few. */
export function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  )
}
