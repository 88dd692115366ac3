import type { Counts } from "../journal.ts"
import type { Context } from "./context.ts"

/** Amounts are text: equal ones are counted by the database, and multiplied and summed here, exactly. */
const PROMISED = `
  SELECT coverage, count(*) AS count
  FROM (
    SELECT coverage, replica FROM claims WHERE batch_id IS NULL
    UNION ALL
    SELECT claims.coverage, claims.replica FROM batches JOIN claims ON claims.batch_id = batches.batch_id
    WHERE batches.anchored_block IS NULL OR batches.anchored_block > ?
  ) AS promised`

export async function promised(
  { database }: Context,
  notAnchoredBy: number,
  replica?: string,
): Promise<bigint> {
  const rows =
    replica === undefined
      ? await database.query(`${PROMISED} GROUP BY coverage`, notAnchoredBy)
      : await database.query(`${PROMISED} WHERE replica = ? GROUP BY coverage`, notAnchoredBy, replica)
  let sum = 0n
  for (const { coverage, count } of rows) sum += BigInt(String(coverage)) * BigInt(Number(count))
  return sum
}

const OF_BATCH =
  "SELECT replica, coverage, count(*) AS count FROM claims WHERE batch_id = ? GROUP BY replica, coverage"

export async function coverageOf(
  { database }: Context,
  batchId: string,
): Promise<ReadonlyMap<string, bigint>> {
  const sums = new Map<string, bigint>()
  for (const { replica, coverage, count } of await database.query(OF_BATCH, batchId.toLowerCase())) {
    const units = BigInt(String(coverage)) * BigInt(Number(count))
    sums.set(String(replica), (sums.get(String(replica)) ?? 0n) + units)
  }
  return sums
}

const COUNTS = `
  SELECT 'interrupted' AS state, count(*) AS count FROM claims WHERE receipt_id IS NULL
  UNION ALL
  SELECT 'waiting', count(*) FROM claims WHERE receipt_id IS NOT NULL AND batch_id IS NULL
  UNION ALL
  SELECT 'waiting', count(*) FROM claims WHERE batch_id IN (SELECT batch_id FROM batches WHERE state = 'assembling')
  UNION ALL
  SELECT state, CAST(sum(size) AS {int}) FROM batches
  WHERE state <> 'assembling' AND pruned = 0 GROUP BY state`

export async function counts({ database }: Context): Promise<Counts> {
  const sums = { interrupted: 0, waiting: 0, assigned: 0, anchored: 0, released: 0 }
  for (const { state, count } of await database.query(COUNTS))
    sums[state as keyof typeof sums] += Number(count)
  return { claims: Object.values(sums).reduce((a, b) => a + b), ...sums }
}
