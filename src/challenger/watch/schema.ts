/**
 * What events have said beside anchors, as they stand in the blocks: whoever reads a range of blocks again replaces what is there, so
 * that nothing stays of a block that was undone. Hashes and addresses are in lower case.
 */
export const STEPS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE addresses (
      block {int} NOT NULL,
      place {int} NOT NULL,
      kind TEXT NOT NULL,
      subject TEXT NOT NULL,
      uri TEXT NOT NULL,
      PRIMARY KEY (block, place)
    )`,
    "CREATE INDEX addresses_by_subject ON addresses (kind, subject, block, place)",
    `CREATE TABLE moves (
      block {int} NOT NULL,
      place {int} NOT NULL,
      name TEXT NOT NULL,
      subject TEXT NOT NULL,
      question TEXT NOT NULL,
      actor TEXT NOT NULL,
      due {int} NOT NULL,
      due_block {int} NOT NULL,
      amount TEXT NOT NULL,
      PRIMARY KEY (block, place)
    )`,
    "CREATE INDEX moves_by_subject ON moves (subject, block, place)",
    "CREATE INDEX moves_by_name ON moves (name, block)",
  ],
]
