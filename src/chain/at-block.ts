import type { BaseContract, JsonRpcApiProvider, Result } from "ethers"
import { call } from "../sdk/errors.ts"

/** What asks a node. */
export type Node = Pick<JsonRpcApiProvider, "send">

/**
 * Calls a contract at one block, named by its hash (EIP-1898): several answers are of one moment, and a node that has another
 * block at that height, or none yet, does not answer at all.
 *
 * @throws OnusError with the contract's error; others when no node has the block.
 */
export async function callAt(
  node: Node,
  contract: BaseContract,
  { hash: blockHash }: { readonly hash: string },
  name: string,
  values: readonly unknown[] = [],
): Promise<Result> {
  const data = contract.interface.encodeFunctionData(name, values)
  const to = await contract.getAddress()
  const answer = (await call(node.send("eth_call", [{ to, data }, { blockHash }]))) as string
  return contract.interface.decodeFunctionResult(name, answer)
}
