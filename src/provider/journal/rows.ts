import { OnusError } from "../../protocol/errors.ts"
import { type Receipt, type Registry, receiptId } from "../../protocol/receipt.ts"
import type { Row, Value } from "../../store/database.ts"
import { databaseMalformed } from "../../store/errors.ts"
import type { Claim, Entry } from "../journal.ts"

/** The columns of a claim that tell its terms, in the order of `termsValues`. */
export const TERMS = [
  "provider",
  "model_id",
  "request_id",
  "input_commitment",
  "consumer",
  "coverage",
  "issued_at",
  "anchor_by",
  "challenge_window",
  "terms_hash",
] as const

export function termsValues(terms: Claim["terms"]): Value[] {
  return [
    terms.provider,
    terms.modelId.toLowerCase(),
    terms.requestId.toLowerCase(),
    terms.inputCommitment.toLowerCase(),
    terms.consumer,
    terms.coverage.toString(),
    wholeNumber(terms.issuedAt),
    wholeNumber(terms.anchorBy),
    wholeNumber(terms.challengeWindow),
    terms.termsHash.toLowerCase(),
  ]
}

/** A time or a span as a number. */
export function wholeNumber(value: bigint): number {
  if (value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value)
  throw new OnusError("ReceiptMalformed", `The time ${value} is out of range`, {
    hint: "Times are Unix seconds, and spans are seconds",
  })
}

function termsOf(row: Row): Claim["terms"] {
  return {
    provider: String(row.provider),
    modelId: String(row.model_id),
    requestId: String(row.request_id),
    inputCommitment: String(row.input_commitment),
    consumer: String(row.consumer),
    coverage: BigInt(String(row.coverage)),
    issuedAt: BigInt(Number(row.issued_at)),
    anchorBy: BigInt(Number(row.anchor_by)),
    challengeWindow: BigInt(Number(row.challenge_window)),
    termsHash: String(row.terms_hash),
  }
}

/**
 * The receipt that a row holds.
 *
 * @throws OnusError `DatabaseMalformed` when it is not the one that was signed.
 */
export function receiptOf(registry: Registry, row: Row): Receipt {
  const receipt: Receipt = {
    ...readable(row, () => termsOf(row)),
    outputCommitment: String(row.output_commitment),
    traceCommitment: String(row.trace_commitment),
  }
  if (readable(row, () => receiptId(registry, receipt)) !== row.receipt_id)
    throw damaged(row, "it does not hash to its id")
  return receipt
}

/** The signed receipt that a row holds. @throws OnusError `DatabaseMalformed`. */
export function signedOf(registry: Registry, row: Row): NonNullable<Entry["signed"]> {
  const receipt = receiptOf(registry, row)
  return { registry, receipt, signature: String(row.signature), receiptId: String(row.receipt_id) }
}

/** An entry from a row of `ENTRY`. */
export function entryOf(registry: Registry, row: Row): Entry {
  const signed = row.receipt_id !== null && signedOf(registry, row)
  return {
    request: String(row.request),
    terms: readable(row, () => termsOf(row)),
    trace: row.trace === "eager" ? "eager" : "lazy",
    inputs: (row.body as Uint8Array | null) ?? new Uint8Array(),
    ...(row.sealed_for !== null && { sealedFor: row.sealed_for as Uint8Array }),
    ...(signed && { signed }),
    ...(row.settled_id !== null && { batchId: String(row.settled_id), index: Number(row.place) }),
  }
}

function readable<T>(row: Row, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw damaged(row, (cause as Error).message, cause)
  }
}

const damaged = (row: Row, why: string, cause?: unknown): OnusError =>
  databaseMalformed(`Receipt ${row.receipt_id} of request ${row.request} in the journal`, why, cause)

/** Selects what `entryOf` needs; a batch that is not complete is none. */
export const ENTRY = `
  SELECT claims.*, inputs.body, batches.batch_id AS settled_id
  FROM claims
  LEFT JOIN inputs ON inputs.seq = claims.seq
  LEFT JOIN batches ON batches.batch_id = claims.batch_id AND batches.state <> 'assembling'`
