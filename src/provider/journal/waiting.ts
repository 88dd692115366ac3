import { setImmediate } from "node:timers/promises"
import { type OnusError, isOnusError } from "../../protocol/errors.ts"
import type { Receipt, Registry } from "../../protocol/receipt.ts"
import type { Row } from "../../store/database.ts"
import type { Waiting, WaitingEntry } from "../journal.ts"
import type { Context } from "./context.ts"
import { receiptOf } from "./rows.ts"

/** Signed, and in no batch or in one that is not complete: whoever put it together may be dead. */
const IN_NONE = "receipt_id IS NOT NULL AND batch_id IS NULL"
const IN_INCOMPLETE = "batch_id IN (SELECT batch_id FROM batches WHERE state = 'assembling')"

const WAITING = `
  SELECT model_id, challenge_window, coverage, count(*) AS count, min(issued_at) AS issued_at, min(anchor_by) AS anchor_by
  FROM (
    SELECT model_id, challenge_window, coverage, issued_at, anchor_by FROM claims WHERE ${IN_NONE}
    UNION ALL
    SELECT model_id, challenge_window, coverage, issued_at, anchor_by FROM claims WHERE ${IN_INCOMPLETE}
  ) AS waiting
  GROUP BY model_id, challenge_window, coverage`

const firstOf = (condition: string): string => `
  SELECT * FROM (
    SELECT * FROM claims WHERE model_id = ? AND challenge_window = ? AND ${condition} ORDER BY anchor_by, seq LIMIT ?
  ) AS part`

const ENTRIES = `${firstOf(IN_NONE)} UNION ALL ${firstOf(IN_INCOMPLETE)}`

export async function waiting({ database }: Context): Promise<readonly Waiting[]> {
  const groups = new Map<string, Waiting>()
  for (const row of await database.query(WAITING)) {
    const key = `${row.model_id} ${row.challenge_window}`
    const part = partOf(row)
    const sum = groups.get(key)
    groups.set(key, sum ? together(sum, part) : part)
  }
  return [...groups.values()]
}

const partOf = (row: Row): Waiting => ({
  modelId: String(row.model_id),
  window: BigInt(Number(row.challenge_window)),
  count: Number(row.count),
  coverage: BigInt(String(row.coverage)) * BigInt(Number(row.count)),
  issuedAt: BigInt(Number(row.issued_at)),
  anchorBy: BigInt(Number(row.anchor_by)),
})

const together = (a: Waiting, b: Waiting): Waiting => ({
  ...a,
  count: a.count + b.count,
  coverage: a.coverage + b.coverage,
  issuedAt: a.issuedAt < b.issuedAt ? a.issuedAt : b.issuedAt,
  anchorBy: a.anchorBy < b.anchorBy ? a.anchorBy : b.anchorBy,
})

/** Receipts that are hashed before others may use the thread. */
const HASHED_AT_ONCE = 32

export async function waitingEntries(
  { database, registry }: Context,
  modelId: string,
  window: bigint,
  limit: number,
  damaged: (error: OnusError) => void = (error) => {
    throw error
  },
): Promise<readonly WaitingEntry[]> {
  const values = [modelId.toLowerCase(), Number(window), limit]
  const rows = [...(await database.query(ENTRIES, ...values, ...values))]
  rows.sort((a, b) => Number(a.anchor_by) - Number(b.anchor_by) || Number(a.seq) - Number(b.seq))
  const entries: WaitingEntry[] = []
  for (const [i, row] of rows.slice(0, limit).entries()) {
    if (i % HASHED_AT_ONCE === HASHED_AT_ONCE - 1) await setImmediate()
    const receipt = soundReceipt(registry, row, damaged)
    if (receipt) entries.push({ request: String(row.request), receiptId: String(row.receipt_id), receipt })
  }
  return entries
}

function soundReceipt(
  registry: Registry,
  row: Row,
  damaged: (error: OnusError) => void,
): Receipt | undefined {
  try {
    return receiptOf(registry, row)
  } catch (error) {
    if (!isOnusError(error, "DatabaseMalformed")) throw error
    damaged(error)
    return undefined
  }
}
