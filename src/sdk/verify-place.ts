import { type Inclusion, batchId } from "../protocol/batch.ts"
import { type SignedReceipt, receiptId } from "../protocol/receipt.ts"
import { verifySumPath } from "../protocol/sum-tree.ts"

/**
 * Checks that a receipt is at its place in a batch. Whether such a batch was anchored is for the registry to say.
 *
 * @returns the id of the batch; undefined for a receipt that names no place.
 * @throws OnusError `BatchPathInvalid` when the receipt is not at its place.
 */
export function verifyPlace(
  { registry, receipt }: Pick<SignedReceipt, "registry" | "receipt">,
  inclusion?: Inclusion,
): string | undefined {
  if (!inclusion) return undefined
  const { batch, index, path } = inclusion
  const leaf = { receiptId: receiptId(registry, receipt), coverage: receipt.coverage }
  verifySumPath({ digest: batch.root, sum: batch.coverage }, Number(batch.count), leaf, Number(index), path)
  return batchId(batch)
}
