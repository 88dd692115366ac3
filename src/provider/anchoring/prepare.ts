import { type Batch, batchId } from "../../protocol/batch.ts"
import { OnusError } from "../../protocol/errors.ts"
import { failpoint } from "../../service/failpoint.ts"
import type { Journal } from "../journal.ts"
import { growTree, rootOf } from "../../sdk/batch-tree.ts"

/** Receipts that wait, as the journal lists them. */
export type WaitingEntries = Awaited<ReturnType<Journal["waitingEntries"]>>

/** The first of some receipts whose coverage fits into `room` (token units) together. */
export function fitting(entries: WaitingEntries, room: bigint): WaitingEntries {
  let used = 0n
  const end = entries.findIndex(({ receipt }) => (used += receipt.coverage) > room)
  return end < 0 ? entries : entries.slice(0, end)
}

/**
 * Puts receipts of one model and window into a batch, for good: from here on it is settled where each of them stands, whatever
 * crashes.
 *
 * @throws OnusError `BatchMixed`, `AlreadyAssigned`.
 */
export async function assignBatch(
  journal: Pick<Journal, "assign">,
  entries: WaitingEntries,
): Promise<{ readonly batchId: string; readonly batch: Batch; readonly anchorBy: bigint }> {
  const [{ receipt: first }] = entries
  for (const { receipt } of entries) {
    const isAlike =
      receipt.provider === first.provider &&
      receipt.modelId === first.modelId &&
      receipt.challengeWindow === first.challengeWindow
    if (!isAlike)
      throw new OnusError("BatchMixed", "Receipts of different providers, models or windows came together")
  }
  const tree = await growTree(
    entries.map(({ receiptId, receipt }) => ({ receiptId, coverage: receipt.coverage })),
  )
  const root = rootOf(tree)
  const batch: Batch = {
    provider: first.provider,
    modelId: first.modelId,
    root: root.digest,
    count: BigInt(entries.length),
    coverage: root.sum,
    window: first.challengeWindow,
  }
  const prepared = { batchId: batchId(batch), batch, tree }
  await journal.assign(
    prepared,
    entries.map(({ request }) => request),
  )
  failpoint("assigned")
  const anchorBy = entries.reduce(
    (least, { receipt }) => (receipt.anchorBy < least ? receipt.anchorBy : least),
    first.anchorBy,
  )
  return { batchId: prepared.batchId, batch, anchorBy }
}
