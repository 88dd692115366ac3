import type { Message } from "./rpc-faults.ts"

/** Asks the node itself. */
export type Ask = (method: string, params: readonly unknown[]) => Promise<Message>

/** Where a method has its block. */
const BLOCK_PARAMETER: Readonly<Record<string, number>> = {
  eth_getBlockByNumber: 0,
  eth_getBlockReceipts: 0,
  eth_getBlockTransactionCountByNumber: 0,
  eth_getBalance: 1,
  eth_getCode: 1,
  eth_getTransactionCount: 1,
  eth_call: 1,
  eth_estimateGas: 1,
  eth_feeHistory: 1,
  eth_createAccessList: 1,
  eth_getStorageAt: 2,
  eth_getProof: 2,
}

const UNKNOWN_BLOCK = { error: { code: -32000, message: "header not found" } }

/** Answers as a node would that has not seen the blocks after `height`. */
export async function askBehind(
  ask: Ask,
  height: number,
  method: string,
  params: readonly unknown[],
): Promise<Message> {
  if (method === "eth_blockNumber") return { result: hex(height) }
  if (method === "eth_getLogs") return askLogs(ask, height, params[0] as LogFilter)
  const at = BLOCK_PARAMETER[method]
  if (at !== undefined) return askAt(ask, height, method, params, at)
  const answer = await ask(method, params)
  const { result } = answer
  const block = typeof result === "object" && result !== null ? numberOf(result) : undefined
  return block !== undefined && block > height ? { result: null } : answer
}

interface LogFilter {
  readonly fromBlock?: string
  readonly toBlock?: string
  readonly blockHash?: string
}

/** The logs up to the height: a node that lags does not complain of a range beyond its head. */
async function askLogs(ask: Ask, height: number, filter: LogFilter): Promise<Message> {
  if (filter.blockHash !== undefined) {
    const { result } = await ask("eth_getBlockByHash", [filter.blockHash, false])
    const block = result ? numberOf(result) : undefined
    return block === undefined || block > height ? UNKNOWN_BLOCK : ask("eth_getLogs", [filter])
  }
  const from = await heightOf(ask, height, filter.fromBlock ?? "latest")
  const to = Math.min(await heightOf(ask, height, filter.toBlock ?? "latest"), height)
  if (from > to) return { result: [] }
  return ask("eth_getLogs", [{ ...filter, fromBlock: hex(from), toBlock: hex(to) }])
}

async function askAt(
  ask: Ask,
  height: number,
  method: string,
  params: readonly unknown[],
  at: number,
): Promise<Message> {
  const block = (params[at] ?? "latest") as string | { blockHash?: string; blockNumber?: string }
  const { blockHash, blockNumber = "latest" } = typeof block === "string" ? { blockNumber: block } : block
  if (blockHash !== undefined) {
    const { result } = await ask("eth_getBlockByHash", [blockHash, false])
    return result && numberOf(result)! <= height ? ask(method, params) : UNKNOWN_BLOCK
  }
  const number = await heightOf(ask, height, blockNumber)
  if (number > height) return method.startsWith("eth_getBlock") ? { result: null } : UNKNOWN_BLOCK
  const rewritten = [...params]
  rewritten[at] = hex(number)
  return ask(method, rewritten)
}

/** The height that a number or a tag means to a node that knows blocks up to `height`. */
async function heightOf(ask: Ask, height: number, block: string): Promise<number> {
  if (block === "earliest") return 0
  if (block !== "finalized" && block !== "safe")
    return block === "latest" || block === "pending" ? height : Number(block)
  const { result } = await ask("eth_getBlockByNumber", [block, false])
  return Math.min((result ? numberOf(result) : undefined) ?? height, height)
}

/** The number of a block, or of the block that a transaction or receipt is in. */
function numberOf(result: object): number | undefined {
  const { number, blockNumber = number } = result as { number?: unknown; blockNumber?: unknown }
  return typeof blockNumber === "string" ? Number(blockNumber) : undefined
}

const hex = (number: number): string => `0x${number.toString(16)}`
