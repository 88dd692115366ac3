/**
 * Tables of a journal. Hashes are 0x-prefixed hex, amounts decimal text, times Unix seconds.
 *
 * A claim never changes, except that it gets a receipt, and a batch with its place there. Inputs lie apart, so that nothing that
 * counts or sums has to read past them. A batch is `assembling` while its receipts are put in: they wait as if they were in none,
 * until it is complete. Claims that nothing needs any more are deleted, and leave the name of their request in `spent`: see `prune`.
 */
export const STEPS: readonly (readonly string[])[] = [
  [
    "CREATE TABLE journal (id {int} PRIMARY KEY CHECK (id = 1), registry TEXT NOT NULL)",
    `CREATE TABLE batches (
      batch_id TEXT PRIMARY KEY,
      provider TEXT NOT NULL,
      model_id TEXT NOT NULL,
      root TEXT NOT NULL,
      size {int} NOT NULL,
      coverage TEXT NOT NULL,
      challenge_window {int} NOT NULL,
      state TEXT NOT NULL,
      placed {int},
      anchor_by {int},
      issued_at {int},
      anchored_block {int},
      anchored_hash TEXT,
      anchored_time {int},
      dropped {int} NOT NULL DEFAULT 0,
      CHECK (state = 'assembling' OR placed = size)
    )`,
    "CREATE INDEX batches_by_state ON batches (state, anchor_by)",
    `CREATE TABLE trees (
      batch_id TEXT PRIMARY KEY REFERENCES batches (batch_id) ON DELETE CASCADE,
      body {bytes} NOT NULL
    )`,
    `CREATE TABLE claims (
      seq {sequence},
      request TEXT NOT NULL UNIQUE,
      replica TEXT NOT NULL,
      provider TEXT NOT NULL,
      model_id TEXT NOT NULL,
      request_id TEXT NOT NULL,
      input_commitment TEXT NOT NULL,
      consumer TEXT NOT NULL,
      coverage TEXT NOT NULL,
      issued_at {int} NOT NULL,
      anchor_by {int} NOT NULL,
      challenge_window {int} NOT NULL,
      terms_hash TEXT NOT NULL,
      trace TEXT NOT NULL,
      sealed_for {bytes},
      receipt_id TEXT UNIQUE,
      output_commitment TEXT,
      trace_commitment TEXT,
      signature TEXT,
      batch_id TEXT REFERENCES batches (batch_id),
      place {int}
    )`,
    "CREATE INDEX claims_interrupted ON claims (replica, seq) WHERE receipt_id IS NULL",
    `CREATE INDEX claims_waiting ON claims (model_id, challenge_window, anchor_by, seq, coverage, issued_at)
      WHERE receipt_id IS NOT NULL AND batch_id IS NULL`,
    "CREATE INDEX claims_promised ON claims (replica, coverage) WHERE batch_id IS NULL",
    "CREATE INDEX claims_by_batch ON claims (batch_id, place) WHERE batch_id IS NOT NULL",
    `CREATE TABLE inputs (
      seq {int} PRIMARY KEY REFERENCES claims (seq) ON DELETE CASCADE,
      body {bytes} NOT NULL
    )`,
  ],
  [
    "ALTER TABLE batches ADD COLUMN pruned {int} NOT NULL DEFAULT 0",
    // Halves of the names of requests, for ever: nobody finds another request that begins like that.
    "CREATE TABLE spent (request TEXT PRIMARY KEY)",
  ],
  [
    // Each index is one more page that a claim waits for. Claims without a receipt are found by the index of `receipt_id` as well.
    "DROP INDEX claims_interrupted",
  ],
]
