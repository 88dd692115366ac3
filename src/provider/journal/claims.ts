import { OnusError } from "../../protocol/errors.ts"
import { requestKey } from "../../protocol/receipt.ts"
import { failpoint } from "../../service/failpoint.ts"
import type { Statement, Value } from "../../store/database.ts"
import type { Claim, Entry, Journal } from "../journal.ts"
import type { Context } from "./context.ts"
import { TAKE_BACK, spent } from "./prune.ts"
import { ENTRY, TERMS, entryOf, termsValues } from "./rows.ts"

const COLUMNS = ["request", "replica", ...TERMS, "trace", "sealed_for"]

const INSERT = `
  INSERT INTO claims (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map(() => "?").join(", ")})
  ON CONFLICT (request) DO NOTHING RETURNING seq`

/** A claim without a receipt has its inputs already, unless it was made just now: nobody can give somebody else's other ones. */
const INSERT_INPUTS = `
  INSERT INTO inputs (seq, body) SELECT seq, ? FROM claims WHERE request = ? AND receipt_id IS NULL
  ON CONFLICT DO NOTHING`

const KEEP = `
  UPDATE claims SET receipt_id = ?, output_commitment = ?, trace_commitment = ?, signature = ?
  WHERE request = ? AND receipt_id IS NULL AND ${TERMS.map((name) => `${name} = ?`).join(" AND ")}`

export async function claim(
  { database, registry, replica }: Context,
  wanted: Claim,
): ReturnType<Journal["claim"]> {
  const request = requestKey(wanted.terms)
  const { terms, trace, inputs, sealedFor } = wanted
  const values = [request, replica, ...termsValues(terms), trace, sealedFor ?? null]
  const statements: Statement[] = [
    { sql: INSERT, values },
    { sql: TAKE_BACK, values: [request] },
    { sql: INSERT_INPUTS, values: [inputs, request] },
  ]
  failpoint("claim")
  for (;;) {
    const [inserted, takenBack] = await database.transact(statements)
    failpoint("claimed")
    if (takenBack.length > 0) throw spent(wanted)
    if (inserted.length > 0) return { entry: { ...wanted, request }, isNew: true }
    const [row] = await database.query(`${ENTRY} WHERE claims.request = ?`, request)
    // Given free in the meantime: it can be claimed again. Or pruned: then that says so.
    if (!row) continue
    const first = entryOf(registry, row)
    if (!isSame(first, wanted)) throw reused(first)
    return { entry: first, isNew: false }
  }
}

/** Whether a client that asks again asks for the same. */
function isSame(first: Claim, wanted: Claim): boolean {
  const wishes = ({ terms, trace, sealedFor }: Claim) =>
    [
      terms.modelId.toLowerCase(),
      terms.inputCommitment.toLowerCase(),
      terms.coverage,
      terms.challengeWindow,
      terms.termsHash.toLowerCase(),
      trace,
      sealedFor ? Buffer.from(sealedFor).toString("hex") : "open",
    ].join(" ")
  return wishes(first) === wishes(wanted)
}

export async function keep(
  { database }: Context,
  ...[request, signed]: Parameters<Journal["keep"]>
): Promise<void> {
  const { receipt, signature } = signed
  const id = signed.receiptId.toLowerCase()
  const { outputCommitment, traceCommitment } = receipt
  const hashes = [id, outputCommitment.toLowerCase(), traceCommitment.toLowerCase(), signature]
  const [, [row]] = await database.transact([
    { sql: KEEP, values: [...hashes, request, ...termsValues(receipt)] },
    { sql: "SELECT receipt_id FROM claims WHERE request = ?", values: [request] },
  ])
  failpoint("kept")
  if (row?.receipt_id !== id) throw unclaimed(request, id, row?.receipt_id)
}

export async function abandon({ database, replica }: Context, request: string): Promise<void> {
  const sql = "DELETE FROM claims WHERE request = ? AND receipt_id IS NULL AND replica = ?"
  await database.transact([{ sql, values: [request, replica] }])
}

/** The entry with a value in a column that has each value once. */
export async function entryBy(
  { database, registry }: Context,
  column: "request" | "receipt_id",
  value: string,
): Promise<Entry | undefined> {
  const [row] = await database.query(`${ENTRY} WHERE claims.${column} = ?`, value.toLowerCase())
  return row && entryOf(registry, row)
}

export async function interrupted({ database, registry, replica }: Context): Promise<readonly Entry[]> {
  const condition = "claims.receipt_id IS NULL AND claims.replica = ? ORDER BY claims.seq"
  const rows = await database.query(`${ENTRY} WHERE ${condition}`, replica)
  return rows.map((row) => entryOf(registry, row))
}

function reused({ terms, signed }: Entry): OnusError {
  const what = signed ? `answered already with receipt ${signed.receiptId}` : "asked already, and otherwise"
  return new OnusError("RequestIdReused", `Request ${terms.requestId} of ${terms.consumer} was ${what}`, {
    hint: "Ask for exactly the same to get the first answer again, or use a new request id",
  })
}

function unclaimed(request: string, receiptId: string, other: Value | undefined): OnusError {
  const why = other ? `the request has receipt ${other}` : "no such request was claimed with these terms"
  return new OnusError(
    "ReceiptUnclaimed",
    `Receipt ${receiptId} of request ${request} cannot be kept: ${why}`,
    {
      hint: "What is signed must follow from its claim: signing anything else may be equivocation",
    },
  )
}

export async function orphans(
  { database, registry }: Context,
  living: readonly string[],
): Promise<readonly Entry[]> {
  const names = living.map(() => "?").join(", ")
  const condition = `claims.receipt_id IS NULL AND claims.replica NOT IN (${names}) ORDER BY claims.seq`
  const rows = await database.query(`${ENTRY} WHERE ${condition}`, ...living)
  return rows.map((row) => entryOf(registry, row))
}
