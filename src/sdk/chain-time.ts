import { OnusError } from "../protocol/errors.ts"
import type { Client } from "./client.ts"

/** Unix seconds of the latest block: the clock that receipts and keys are judged by. */
export async function chainTime({ onus }: Pick<Client, "onus">): Promise<bigint> {
  const block = await onus.runner?.provider?.getBlock("latest")
  if (!block) throw new OnusError("ProviderMissing", "The node has no latest block")
  return BigInt(block.timestamp)
}
