import type { Book } from "../book.ts"
import type { Context } from "./context.ts"

export async function contests(
  { database }: Context,
  ...[now, limit]: Parameters<Book["contests"]>
): ReturnType<Book["contests"]> {
  const sql = "SELECT request, attempts FROM contests WHERE next_at <= ? ORDER BY next_at, request LIMIT ?"
  const rows = await database.query(sql, now, limit)
  return rows.map(({ request, attempts }) => ({ request: String(request), attempts: Number(attempts) }))
}

export async function noteContest({ database }: Context, request: string, nextAt: number): Promise<void> {
  const sql = "UPDATE contests SET next_at = ?, attempts = attempts + 1 WHERE request = ?"
  await database.transact([{ sql, values: [nextAt, request.toLowerCase()] }])
}
