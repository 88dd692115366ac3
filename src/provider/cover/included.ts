import type { Block } from "../../chain/heads.ts"
import type { Client } from "../../sdk/client.ts"
import { type Node, callAt } from "../../chain/at-block.ts"
import type { BatchRecord } from "../journal.ts"

/**
 * The batches that are on-chain at a block. Asked of that very block: what its capacity has been reduced by is exactly these, and
 * if it is reorganised away, so is the answer.
 */
export async function includedAt(
  node: Node,
  { onus }: Pick<Client, "onus">,
  block: Block,
  batches: readonly Pick<BatchRecord, "batchId">[],
): Promise<Set<string>> {
  const included = new Set<string>()
  for (const { batchId } of batches) {
    const [lock] = await callAt(node, onus, block, "lockOf", [batchId])
    if ((lock as { readonly since: bigint }).since !== 0n) included.add(batchId)
  }
  return included
}
