import type { Block } from "../../chain/heads.ts"
import type { Client } from "../../sdk/client.ts"
import { type Node, callAt } from "../chain/at-block.ts"
import type { BatchRecord } from "../journal.ts"

/**
 * The coverage of batches that a block's capacity has been reduced by already. Asked of that very block: if it is reorganised away,
 * so is the answer.
 */
export async function includedAt(
  node: Node,
  { onus }: Pick<Client, "onus">,
  block: Block,
  assigned: readonly Pick<BatchRecord, "batchId" | "batch">[],
): Promise<bigint> {
  let sum = 0n
  for (const { batchId, batch } of assigned) {
    const [lock] = await callAt(node, onus, block, "lockOf", [batchId])
    if ((lock as { readonly since: bigint }).since !== 0n) sum += batch.coverage
  }
  return sum
}
