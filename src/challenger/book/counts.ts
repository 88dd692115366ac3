import type { Book, CaseState, ReceiptState } from "../book.ts"
import type { Context } from "./context.ts"

export async function counts({ database }: Context): ReturnType<Book["counts"]> {
  const receipts: Record<ReceiptState, number> = {
    unchecked: 0,
    match: 0,
    mismatch: 0,
    unfetchable: 0,
    differs: 0,
    expired: 0,
    passed: 0,
  }
  const cases: Record<CaseState, number> = { open: 0, won: 0, paid: 0, lost: 0, dropped: 0 }
  for (const { state, count } of await database.query(
    "SELECT state, COUNT(*) AS count FROM receipts GROUP BY state",
  ))
    receipts[state as ReceiptState] = Number(count)
  for (const { state, count } of await database.query(
    "SELECT state, COUNT(*) AS count FROM cases GROUP BY state",
  ))
    cases[state as CaseState] = Number(count)
  return { receipts, cases }
}
