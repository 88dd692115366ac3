import { OnusError } from "../../protocol/errors.ts"
import type { Context } from "./context.ts"

/** Batches whose inputs nobody may ask for any more. */
const OLD = "SELECT batch_id, size FROM batches WHERE state = 'released' AND dropped = 0 AND issued_at < ?"

const DROP =
  "DELETE FROM inputs WHERE seq IN (SELECT seq FROM claims WHERE batch_id = ? AND place >= ? AND place < ?)"

/** Inputs that are forgotten in one transaction. */
const DROPPED_AT_ONCE = 256

export async function inputsOf({ database }: Context, receiptId: string): Promise<Uint8Array> {
  const sql = "SELECT body FROM claims LEFT JOIN inputs ON inputs.seq = claims.seq WHERE receipt_id = ?"
  const [row] = await database.query(sql, receiptId.toLowerCase())
  if (!row) throw new OnusError("ReceiptUnknown", `The journal has no receipt ${receiptId}`)
  if (row.body !== null) return row.body as Uint8Array
  throw new OnusError("InputsDropped", `The inputs of receipt ${receiptId} were dropped`, {
    hint: "Inputs are kept until the cover of their batch is free again, and for the time that is configured",
  })
}

export async function drop({ database }: Context, before: number): Promise<number> {
  let count = 0
  for (const { batch_id: batch, size } of await database.query(OLD, before)) {
    for (let place = 0; place < Number(size); place += DROPPED_AT_ONCE)
      await database.transact([{ sql: DROP, values: [batch, place, place + DROPPED_AT_ONCE] }])
    await database.transact([{ sql: "UPDATE batches SET dropped = 1 WHERE batch_id = ?", values: [batch] }])
    count += Number(size)
  }
  return count
}
