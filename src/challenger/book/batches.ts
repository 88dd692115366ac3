import type { Row, Statement } from "../../store/database.ts"
import type { Book, KnownBatch } from "../book.ts"
import { NEVER } from "../book.ts"
import type { Context } from "./context.ts"
import { chunks, marks, refresh, refreshAll } from "./refresh.ts"
import { BATCH, batchOf, batchValues } from "./rows.ts"

const AT_ONCE = 256

/** What somebody has shown of it before stays: which receipts it holds does not depend on its block. */
const UPSERT = `
  INSERT INTO batches (id, ${BATCH.join(", ")}, block, block_hash, time, since, until, until_block, is_live, is_whole, attempts, next_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET block = excluded.block, block_hash = excluded.block_hash, time = excluded.time,
    since = excluded.since, until = excluded.until, until_block = excluded.until_block, is_live = 1
  WHERE batches.is_live = 0 OR batches.block_hash <> excluded.block_hash
  RETURNING id`

/** Receipts of some batches. */
const inBatches = (count: number): string =>
  `receipts.id IN (SELECT receipt_id FROM places WHERE places.batch_id IN (${marks(count)}))`

/** A receipt with another place may contradict others for a bond that was not there before. */
const contested = (count: number): string => `
  UPDATE contests SET next_at = 0 WHERE request IN (SELECT request FROM receipts WHERE ${inBatches(count)})`

export function seeBatches(context: Context, ...[batches]: Parameters<Book["seeBatches"]>): Promise<void> {
  return context.inTurn(async () => {
    const { database } = context
    for (const chunk of chunks(batches, AT_ONCE)) {
      const rows = await database.transact(chunk.map(upsert))
      await moved(
        context,
        rows.flatMap((part) => part.map(({ id }) => String(id))),
      )
    }
  })
}

function upsert(known: KnownBatch): Statement {
  const { id, batch, block, blockHash, time, since, until, untilBlock, isWhole, attempts, nextAt } = known
  const when = [block, blockHash, time, since, until, untilBlock]
  return {
    sql: UPSERT,
    values: [id.toLowerCase(), ...batchValues(batch), ...when, isWhole ? 1 : 0, attempts, nextAt],
  }
}

async function moved({ database }: Context, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await database.transact([
    ...refresh(inBatches(ids.length), ids),
    { sql: contested(ids.length), values: ids },
  ])
}

export async function anchorsOf(
  { database }: Context,
  ...[ids]: Parameters<Book["anchorsOf"]>
): ReturnType<Book["anchorsOf"]> {
  const rows: Row[] = []
  for (const chunk of chunks(ids, AT_ONCE)) {
    const names = chunk.map((id) => id.toLowerCase())
    rows.push(
      ...(await database.query(
        `SELECT id, block_hash FROM batches WHERE is_live = 1 AND id IN (${marks(names.length)})
          UNION ALL
          SELECT id, attested_hash FROM receipts WHERE attested_block IS NOT NULL AND id IN (${marks(names.length)})`,
        ...names,
        ...names,
      )),
    )
  }
  return new Map(rows.map(({ id, block_hash: hash }) => [String(id), String(hash)]))
}

export function keepOnly(
  context: Context,
  ...[{ from, to }, ids]: Parameters<Book["keepOnly"]>
): Promise<void> {
  return context.inTurn(async () => {
    const { database } = context
    const kept = new Set(ids.map((id) => id.toLowerCase()))
    const gone = async (sql: string): Promise<readonly string[]> =>
      (await database.query(sql, from, to)).map(({ id }) => String(id)).filter((id) => !kept.has(id))
    const batches = await gone("SELECT id FROM batches WHERE block >= ? AND block <= ? AND is_live = 1")
    const attested = await gone("SELECT id FROM receipts WHERE attested_block >= ? AND attested_block <= ?")
    for (const chunk of chunks(batches, AT_ONCE)) {
      const sql = `UPDATE batches SET is_live = 0 WHERE id IN (${marks(chunk.length)})`
      await database.transact([{ sql, values: chunk }, ...refresh(inBatches(chunk.length), chunk)])
    }
    for (const chunk of chunks(attested, AT_ONCE)) {
      const sql = `UPDATE receipts SET attested_block = NULL, attested_hash = NULL, attested_until = NULL, attested_until_block = NULL
        WHERE id IN (${marks(chunk.length)})`
      await database.transact([{ sql, values: chunk }, ...refreshAll(chunk)])
    }
  })
}

export async function findBatch({ database }: Context, id: string): Promise<KnownBatch | undefined> {
  const [row] = await database.query("SELECT * FROM batches WHERE id = ? AND is_live = 1", id.toLowerCase())
  return row && batchOf(row)
}

export async function batchesToList(
  { database }: Context,
  ...[now, clock, limit]: Parameters<Book["batchesToList"]>
): ReturnType<Book["batchesToList"]> {
  const sql = `SELECT * FROM batches WHERE is_live = 1 AND is_whole = 0 AND next_at <= ? AND next_at < ${NEVER}
    ORDER BY CASE WHEN until >= ? THEN 0 ELSE 1 END, until, id LIMIT ?`
  return (await database.query(sql, now, clock, limit)).map(batchOf)
}

const NOTE = "UPDATE batches SET is_whole = ?, next_at = ?, attempts = attempts + 1 WHERE id = ?"

export const noteBatch = (
  { grouped }: Context,
  ...[id, { isWhole, nextAt }]: Parameters<Book["noteBatch"]>
): Promise<void> => grouped.write({ sql: NOTE, values: [isWhole ? 1 : 0, nextAt, id.toLowerCase()] })

export async function batchesBetween(
  { database }: Context,
  ...[provider, from, until]: Parameters<Book["batchesBetween"]>
): ReturnType<Book["batchesBetween"]> {
  const sql =
    "SELECT * FROM batches WHERE provider = ? AND time >= ? AND time <= ? AND is_live = 1 ORDER BY time, id"
  return (await database.query(sql, provider.toLowerCase(), from, until)).map(batchOf)
}
