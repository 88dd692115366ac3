import { id } from "ethers"
import { isHash, parseQuantity } from "./block.ts"

/** What a contract said in a transaction. */
export interface ChainLog {
  /** Lower case. */
  readonly address: string
  readonly topics: readonly string[]
  readonly data: string
  readonly blockNumber: number
  readonly blockHash: string
  readonly transactionHash: string
  /** Its place in the block. */
  readonly index: number
}

/** Which logs are wanted. */
export interface LogFilter {
  readonly addresses: readonly string[]
  /** By position: one topic, one of several, or any. */
  readonly topics: readonly (string | readonly string[] | null)[]
}

/** Tells filters, chains and beginnings apart: a cursor says nothing about logs that were not asked for. */
export function filterDigest({ addresses, topics }: LogFilter, chainId: bigint, from: number): string {
  const sorted = addresses.map((address) => address.toLowerCase()).sort()
  return id(JSON.stringify([String(chainId), from, sorted, topics]))
}

/** The logs that a node tells; undefined if they make no sense for the question. */
export function parseLogs(
  value: unknown,
  { addresses, topics }: LogFilter,
  from: number,
  to: number,
): readonly ChainLog[] | undefined {
  if (!Array.isArray(value)) return undefined
  const wanted = new Set(addresses.map((address) => address.toLowerCase()))
  const logs: ChainLog[] = []
  for (const entry of value as unknown[]) {
    const log = parseLog(entry)
    if (!log || log.blockNumber < from || log.blockNumber > to || !wanted.has(log.address)) return undefined
    if (!topics.every((topic, i) => matches(topic, log.topics[i]))) return undefined
    logs.push(log)
  }
  return inOrder(logs)
}

/** Logs in the order of the chain, each once. */
export function inOrder(logs: readonly ChainLog[]): readonly ChainLog[] {
  const byPlace = new Map(logs.map((log) => [placeOf(log), log]))
  return [...byPlace.values()].sort((a, b) => a.blockNumber - b.blockNumber || a.index - b.index)
}

/** Names a log: the same one in another block is another one. */
export const placeOf = ({ blockHash, index }: Pick<ChainLog, "blockHash" | "index">): string =>
  `${blockHash}/${index}`

function parseLog(value: unknown): ChainLog | undefined {
  if (typeof value !== "object" || value === null) return undefined
  const { address, topics, data, blockNumber, blockHash, transactionHash, logIndex, removed } =
    value as Record<string, unknown>
  const [number, index] = [parseQuantity(blockNumber), parseQuantity(logIndex)]
  if (number === undefined || index === undefined || removed === true) return undefined
  if (!isHash(blockHash) || !isHash(transactionHash) || typeof data !== "string") return undefined
  if (typeof address !== "string" || !Array.isArray(topics) || !topics.every(isHash)) return undefined
  return {
    address: address.toLowerCase(),
    topics,
    data,
    blockNumber: number,
    blockHash,
    transactionHash,
    index,
  }
}

function matches(wanted: string | readonly string[] | null, topic: string | undefined): boolean {
  if (wanted === null) return true
  const any = typeof wanted === "string" ? [wanted] : wanted
  return any.some((one) => one.toLowerCase() === topic)
}
