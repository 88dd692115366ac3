import { failpoint } from "../../service/failpoint.ts"
import type { Row } from "../../store/database.ts"
import { type Book, type Case, caseId } from "../book.ts"
import type { Context } from "./context.ts"

const ACCUSE = `
  INSERT INTO cases (id, accusation, receipt_id, other_id, state, reason, deadline, notes)
  VALUES (?, ?, ?, ?, 'open', ?, ?, ?) ON CONFLICT (id) DO NOTHING RETURNING id`

export async function accuse(
  { database }: Context,
  ...[{ accusation, receiptId, otherId, reason, deadline, notes }]: Parameters<Book["accuse"]>
): Promise<boolean> {
  const receipt = receiptId.toLowerCase()
  const values = [
    caseId(accusation, receipt),
    accusation,
    receipt,
    otherId?.toLowerCase() ?? null,
    reason,
    deadline,
    notes,
  ]
  const [added] = await database.transact([{ sql: ACCUSE, values }])
  failpoint("accused")
  return added.length > 0
}

export async function cases(
  { database }: Context,
  ...[state, limit]: Parameters<Book["cases"]>
): Promise<Case[]> {
  const sql = "SELECT * FROM cases WHERE state = ? ORDER BY deadline, seq LIMIT ?"
  return (await database.query(sql, state, limit)).map(caseOf)
}

export async function findCase({ database }: Context, id: string): Promise<Case | undefined> {
  const [row] = await database.query("SELECT * FROM cases WHERE id = ?", id.toLowerCase())
  return row && caseOf(row)
}

const COLUMNS = ["state", "reason", "deadline", "notes"] as const

export async function noteCase(
  { database }: Context,
  ...[id, change]: Parameters<Book["noteCase"]>
): Promise<void> {
  const changed = COLUMNS.filter((name) => change[name] !== undefined)
  if (changed.length === 0) return
  const sql = `UPDATE cases SET ${changed.map((name) => `${name} = ?`).join(", ")} WHERE id = ?`
  await database.transact([{ sql, values: [...changed.map((name) => change[name]!), id.toLowerCase()] }])
}

const caseOf = (row: Row): Case => ({
  id: String(row.id),
  accusation: row.accusation as Case["accusation"],
  receiptId: String(row.receipt_id),
  ...(row.other_id === null ? {} : { otherId: String(row.other_id) }),
  state: row.state as Case["state"],
  reason: String(row.reason),
  deadline: Number(row.deadline),
  notes: String(row.notes),
})
