import { encodeRlp, keccak256, toBeArray } from "ethers"

/** What asks a node. */
interface Asking {
  send(method: string, parameters: unknown[]): Promise<unknown>
}

/** The members of a block's header in the order of its RLP; those at the end came with later forks. */
const MEMBERS = [
  "parentHash",
  "sha3Uncles",
  "miner",
  "stateRoot",
  "transactionsRoot",
  "receiptsRoot",
  "logsBloom",
  "difficulty",
  "number",
  "gasLimit",
  "gasUsed",
  "timestamp",
  "extraData",
  "mixHash",
  "nonce",
  "baseFeePerGas",
  "withdrawalsRoot",
  "blobGasUsed",
  "excessBlobGas",
  "parentBeaconBlockRoot",
  "requestsHash",
] as const

const NUMBERS: ReadonlySet<string> = new Set([
  "difficulty",
  "number",
  "gasLimit",
  "gasUsed",
  "timestamp",
  "baseFeePerGas",
  "blobGasUsed",
  "excessBlobGas",
])

/**
 * The header of a block in RLP.
 *
 * @returns undefined if no node has the block, or it has members that this program does not know: its hash tells.
 */
export async function headerOf(node: Asking, block: number): Promise<string | undefined> {
  const answer: unknown = await node.send("eth_getBlockByNumber", [`0x${block.toString(16)}`, false])
  if (typeof answer !== "object" || answer === null) return undefined
  const told = answer as Readonly<Record<string, unknown>>
  try {
    const header = encodeRlp(MEMBERS.flatMap((name) => memberOf(name, told[name])))
    return keccak256(header) === told.hash ? header : undefined
  } catch {
    return undefined
  }
}

function memberOf(name: string, value: unknown): (string | Uint8Array)[] {
  if (typeof value !== "string") return []
  return [NUMBERS.has(name) ? toBeArray(BigInt(value)) : value]
}
