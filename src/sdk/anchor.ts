import { OnusError } from "../protocol/errors.ts"
import { type Batch, type Inclusion, batchId } from "../protocol/batch.ts"
import { type Receipt, receiptId } from "../protocol/receipt.ts"
import { SumTree } from "../protocol/sum-tree.ts"
import { anchorCall } from "./calls.ts"
import { type Client, type Sent, sendCall } from "./client.ts"
import { requireModel } from "./register-model.ts"

/** Receipts of one provider, model and window, ready to be anchored together. */
export interface PreparedBatch {
  readonly batchId: string
  readonly batch: Batch
  /** Where each receipt stands, in the order given. */
  readonly inclusions: readonly Inclusion[]
}

/**
 * Builds the batch for some receipts.
 *
 * @throws OnusError `BatchEmpty`, `BatchMixed` when provider, model or window differ, `BatchDuplicate`.
 */
export function prepareBatch(client: Pick<Client, "registry">, receipts: readonly Receipt[]): PreparedBatch {
  const leaves = receipts.map((receipt) => {
    return { receiptId: receiptId(client.registry, receipt), coverage: receipt.coverage }
  })
  const tree = new SumTree(leaves)
  const [{ provider, modelId, challengeWindow: window }] = receipts
  for (const receipt of receipts) {
    for (const field of ["provider", "modelId", "challengeWindow"] as const) {
      if (receipt[field] === receipts[0][field]) continue
      throw new OnusError(
        "BatchMixed",
        `One batch cannot hold ${field} ${receipts[0][field]} and ${receipt[field]}`,
        {
          hint: "Anchor receipts of different providers, models or windows in batches of their own",
        },
      )
    }
  }
  const seen = new Set<string>()
  for (const leaf of leaves) {
    if (seen.has(leaf.receiptId))
      throw new OnusError("BatchDuplicate", `Receipt ${leaf.receiptId} is given twice`)
    seen.add(leaf.receiptId)
  }
  const root = tree.root
  const count = BigInt(tree.count)
  const batch = { provider, modelId, root: root.digest, count, coverage: root.sum, window }
  const inclusions = leaves.map((_, index) => ({ batch, index: BigInt(index), path: tree.path(index) }))
  return { batchId: batchId(batch), batch, inclusions }
}

/**
 * Anchors a batch: one transaction, whatever the number of receipts.
 *
 * @throws OnusError `ModelUnknown`, and what the contract reverts with.
 */
export async function anchor(client: Client, { batch }: Pick<PreparedBatch, "batch">): Promise<Sent> {
  await requireModel(client, batch.modelId)
  return sendCall(client, anchorCall(client, batch))
}
