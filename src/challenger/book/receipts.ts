import type { Inclusion } from "../../protocol/batch.ts"
import type { Book, Known } from "../book.ts"
import { NEVER } from "../book.ts"
import type { Context } from "./context.ts"
import { refreshAll } from "./refresh.ts"
import { KNOWN, inclusionOf, knownOf } from "./rows.ts"

async function known(
  { database, registry }: Context,
  rest: string,
  ...values: (string | number)[]
): Promise<Known[]> {
  return (await database.query(`${KNOWN} ${rest}`, ...values)).map((row) => knownOf(registry, row))
}

export async function find(context: Context, id: string): Promise<Known | undefined> {
  return (await known(context, "WHERE receipts.id = ?", id.toLowerCase()))[0]
}

export const inState = (context: Context, ...[state, limit]: Parameters<Book["inState"]>) =>
  known(context, "WHERE receipts.state = ? ORDER BY receipts.deadline, receipts.id LIMIT ?", state, limit)

export const rivals = (context: Context, id: string) =>
  known(
    context,
    "WHERE receipts.request = (SELECT request FROM receipts AS one WHERE one.id = ?) AND receipts.id <> ? ORDER BY receipts.id",
    id.toLowerCase(),
    id.toLowerCase(),
  )

export const contestants = (context: Context, request: string) =>
  known(context, "WHERE receipts.request = ? ORDER BY receipts.id", request.toLowerCase())

const DUE = `
  WHERE receipts.state = 'unchecked' AND receipts.deadline < ${NEVER} AND receipts.next_at <= ?
  ORDER BY receipts.deadline, receipts.id LIMIT ?`

export const due = (context: Context, ...[now, limit]: Parameters<Book["due"]>) =>
  known(context, DUE, now, limit)

const UNPLACED = `
  WHERE receipts.is_kept = 0 AND receipts.ask_at < ${NEVER} AND receipts.ask_at <= ? AND receipts.anchor_by < ?
  AND receipts.signature <> '0x'
  ORDER BY receipts.anchor_by, receipts.id LIMIT ?`

export const unplaced = (context: Context, ...[now, limit]: Parameters<Book["unplaced"]>) =>
  known(context, UNPLACED, now, now, limit)

const WAITING = `
  WHERE receipts.provider = ? AND receipts.deadline = ${NEVER} AND receipts.model_id = ? AND receipts.signature <> '0x'
  ORDER BY receipts.issued_at DESC, receipts.id LIMIT ?`

export const waiting = (context: Context, ...[provider, modelId, limit]: Parameters<Book["waiting"]>) =>
  known(context, WAITING, provider.toLowerCase(), modelId.toLowerCase(), limit)

export async function noteUnplaced({ database }: Context, id: string, nextAt: number): Promise<void> {
  const sql = "UPDATE receipts SET ask_at = ? WHERE id = ?"
  await database.transact([{ sql, values: [nextAt, id.toLowerCase()] }])
}

export async function countUnplaced({ database }: Context, provider?: string): Promise<number> {
  const sql = `SELECT COUNT(*) AS count FROM receipts WHERE deadline = ${NEVER}`
  const [{ count }] =
    provider === undefined
      ? await database.query(sql)
      : await database.query(`${sql} AND provider = ?`, provider.toLowerCase())
  return Number(count)
}

const PLACES = `
  SELECT places.place, places.path, batches.provider AS batch_provider, batches.model_id AS batch_model, batches.root AS batch_root,
    batches.size AS batch_size, batches.coverage AS batch_coverage, batches.challenge_window AS batch_window
  FROM places JOIN batches ON batches.id = places.batch_id
  WHERE places.receipt_id = ? AND batches.is_live = 1 ORDER BY batches.until DESC, batches.id`

export async function placesOf({ database }: Context, id: string): Promise<readonly Inclusion[]> {
  return (await database.query(PLACES, id.toLowerCase())).map(inclusionOf)
}

const JUDGE = "UPDATE receipts SET state = ?, reason = ?, next_at = ?, attempts = attempts + 1 WHERE id = ?"

export const judge = (
  { grouped }: Context,
  ...[id, { state, reason, nextAt = NEVER }]: Parameters<Book["judge"]>
): Promise<void> => grouped.write({ sql: JUDGE, values: [state, reason, nextAt, id.toLowerCase()] })

const WANT = `
  UPDATE receipts SET is_wanted = 1, next_at = 0, state = CASE WHEN state IN ('passed', 'unfetchable') THEN 'unchecked' ELSE state END
  WHERE id = ?`

export async function want({ database }: Context, id: string): Promise<void> {
  await database.transact([{ sql: WANT, values: [id.toLowerCase()] }])
}

export async function detained({ database }: Context, id: string, until: number): Promise<void> {
  const sql = "UPDATE receipts SET detained_until = ? WHERE id = ? AND detained_until < ?"
  const name = id.toLowerCase()
  await database.transact([{ sql, values: [until, name, until] }, ...refreshAll([name])])
}
