import { OnusError } from "../../protocol/errors.ts"
import type { Row, Statement, Value } from "../../store/database.ts"
import type { AnchoredAt, BatchRecord, BatchState, Journal } from "../journal.ts"
import { TAKE_APART } from "./assign.ts"
import type { Context } from "./context.ts"
import { signedOf } from "./rows.ts"

export async function batches({ database }: Context, state: BatchState): Promise<readonly BatchRecord[]> {
  const sql = "SELECT * FROM batches WHERE state = ? ORDER BY anchor_by, batch_id"
  return (await database.query(sql, state)).map(recordOf)
}

export async function batch({ database }: Context, batchId: string): Promise<BatchRecord | undefined> {
  const sql = "SELECT * FROM batches WHERE batch_id = ? AND state <> 'assembling'"
  const [row] = await database.query(sql, batchId.toLowerCase())
  return row && recordOf(row)
}

const RECEIPTS = "SELECT * FROM claims WHERE batch_id = ? AND place >= ? AND place < ? ORDER BY place"

export async function receiptsIn(
  { database, registry }: Context,
  ...[batchId, from, count]: Parameters<Journal["receiptsIn"]>
): ReturnType<Journal["receiptsIn"]> {
  const rows = await database.query(RECEIPTS, batchId.toLowerCase(), from, from + count)
  return rows.map((row) => signedOf(registry, row))
}

export async function treeOf({ database }: Context, batchId: string): Promise<Uint8Array> {
  const [row] = await database.query("SELECT body FROM trees WHERE batch_id = ?", batchId.toLowerCase())
  if (row) return row.body as Uint8Array
  throw new OnusError("BatchUnknown", `The journal has no batch ${batchId}`)
}

function recordOf(row: Row): BatchRecord {
  const at = row.anchored_block !== null && {
    block: Number(row.anchored_block),
    blockHash: String(row.anchored_hash),
    time: Number(row.anchored_time),
  }
  return {
    batchId: String(row.batch_id),
    batch: {
      provider: String(row.provider),
      modelId: String(row.model_id),
      root: String(row.root),
      count: BigInt(Number(row.size)),
      coverage: BigInt(String(row.coverage)),
      window: BigInt(Number(row.challenge_window)),
    },
    state: row.state as BatchState,
    ...(at && { anchoredAt: at }),
    anchorBy: BigInt(Number(row.anchor_by)),
  }
}

export function anchored(context: Context, batchId: string, at: AnchoredAt): Promise<void> {
  const change = "state = 'anchored', anchored_block = ?, anchored_hash = ?, anchored_time = ?"
  const values = [at.block, at.blockHash, at.time]
  return become(context, "anchored", batchId, change, values, ["assigned", "anchored"])
}

export function unanchored(context: Context, batchId: string): Promise<void> {
  const change = "state = 'assigned', anchored_block = NULL, anchored_hash = NULL, anchored_time = NULL"
  return become(context, "assigned", batchId, change, [], ["assigned", "anchored"])
}

export function released(context: Context, batchId: string): Promise<void> {
  return become(context, "released", batchId, "state = 'released'", [], ["anchored", "released"])
}

export function dissolve(context: Context, batchId: string): Promise<void> {
  return become(context, "waiting", batchId, "state = 'assembling'", [], ["assigned"], TAKE_APART)
}

/** Changes a batch that is in one of some states. */
async function become(
  { database }: Context,
  wanted: string,
  batchId: string,
  change: string,
  values: readonly Value[],
  from: readonly BatchState[],
  more: readonly Statement[] = [],
): Promise<void> {
  const states = from.map((state) => `'${state}'`).join(", ")
  const sql = `UPDATE batches SET ${change} WHERE batch_id = ? AND state IN (${states}) RETURNING batch_id`
  const [changed] = await database.transact([{ sql, values: [...values, batchId.toLowerCase()] }, ...more])
  if (changed.length > 0) return
  const message = `Batch ${batchId} cannot become ${wanted}: it is not ${from.join(" or ")}`
  throw new OnusError("BatchStateWrong", message, {
    hint: "Read the batch again: the chain and the journal do not agree on it",
  })
}
