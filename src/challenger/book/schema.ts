import { NEVER } from "../book.ts"

/**
 * Tables of a challenger's book. Hashes are 0x-prefixed hex in lower case, amounts decimal text; times are Unix seconds, or seconds
 * on the registry's clock where the book's interface says so.
 *
 * `receipts.batch_id`, `deadline`, `until_block` and `is_kept` follow from `places`, `batches` and the attestation: see `refresh`.
 * A batch that is not live is in no block that is known: it was undone, or was not seen yet.
 */
export const STEPS: readonly (readonly string[])[] = [
  [
    "CREATE TABLE book (id {int} PRIMARY KEY CHECK (id = 1), registry TEXT NOT NULL)",
    "CREATE TABLE secrets (name TEXT PRIMARY KEY, value {bytes} NOT NULL)",
    `CREATE TABLE batches (
      id TEXT PRIMARY KEY,
      provider TEXT NOT NULL,
      model_id TEXT NOT NULL,
      root TEXT NOT NULL,
      size {int} NOT NULL,
      coverage TEXT NOT NULL,
      challenge_window {int} NOT NULL,
      block {int} NOT NULL,
      block_hash TEXT NOT NULL,
      time {int} NOT NULL,
      since {int} NOT NULL,
      until {int} NOT NULL,
      until_block {int} NOT NULL,
      is_live {int} NOT NULL,
      is_whole {int} NOT NULL,
      attempts {int} NOT NULL,
      next_at {int} NOT NULL
    )`,
    "CREATE INDEX batches_to_list ON batches (until, next_at) WHERE is_live = 1 AND is_whole = 0",
    "CREATE INDEX batches_of_provider ON batches (provider, time)",
    "CREATE INDEX batches_by_block ON batches (block)",
    `CREATE TABLE receipts (
      id TEXT PRIMARY KEY,
      request TEXT NOT NULL,
      provider TEXT NOT NULL,
      model_id TEXT NOT NULL,
      challenge_window {int} NOT NULL,
      issued_at {int} NOT NULL,
      anchor_by {int} NOT NULL,
      receipt TEXT NOT NULL,
      signature TEXT NOT NULL,
      is_verified {int} NOT NULL,
      attested_block {int},
      attested_hash TEXT,
      attested_until {int},
      attested_until_block {int},
      detained_until {int} NOT NULL,
      batch_id TEXT,
      deadline {int} NOT NULL,
      until_block {int} NOT NULL,
      is_kept {int} NOT NULL,
      is_wanted {int} NOT NULL,
      state TEXT NOT NULL,
      reason TEXT NOT NULL,
      attempts {int} NOT NULL,
      next_at {int} NOT NULL,
      ask_at {int} NOT NULL
    )`,
    "CREATE INDEX receipts_by_request ON receipts (request)",
    "CREATE INDEX receipts_by_state ON receipts (state, deadline, id, next_at)",
    `CREATE INDEX receipts_unplaced ON receipts (anchor_by, id) WHERE is_kept = 0 AND ask_at < ${NEVER}`,
    `CREATE INDEX receipts_without_place ON receipts (provider) WHERE deadline = ${NEVER}`,
    "CREATE INDEX receipts_attested ON receipts (attested_block) WHERE attested_block IS NOT NULL",
    "CREATE INDEX receipts_by_age ON receipts (issued_at)",
    `CREATE TABLE places (
      receipt_id TEXT NOT NULL,
      batch_id TEXT NOT NULL,
      place {int} NOT NULL,
      path {bytes} NOT NULL,
      PRIMARY KEY (receipt_id, batch_id)
    )`,
    "CREATE INDEX places_by_batch ON places (batch_id)",
    `CREATE TABLE contests (
      request TEXT PRIMARY KEY,
      size {int} NOT NULL,
      attempts {int} NOT NULL,
      next_at {int} NOT NULL
    )`,
    "CREATE INDEX contests_due ON contests (next_at)",
    `CREATE TABLE cases (
      seq {sequence},
      id TEXT NOT NULL UNIQUE,
      accusation TEXT NOT NULL,
      receipt_id TEXT NOT NULL,
      other_id TEXT,
      state TEXT NOT NULL,
      reason TEXT NOT NULL,
      deadline {int} NOT NULL,
      notes TEXT NOT NULL
    )`,
    "CREATE INDEX cases_by_state ON cases (state, deadline, seq)",
    "CREATE INDEX cases_by_receipt ON cases (receipt_id)",
    "CREATE INDEX cases_by_other ON cases (other_id)",
  ],
]
