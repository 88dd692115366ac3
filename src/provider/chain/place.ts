import type { JsonRpcApiProvider } from "ethers"
import { OnusError } from "../../protocol/errors.ts"
import type { Client } from "../../sdk/client.ts"
import { call } from "../../sdk/errors.ts"

/** The block that anchored a batch. */
export interface AnchorPlace {
  readonly block: number
  readonly blockHash: string
  /** Unix seconds. */
  readonly time: number
}

/** What finds blocks and events. */
export type Reader = Pick<JsonRpcApiProvider, "getBlock" | "getLogs">

/**
 * Finds the block that anchored a batch, without looking through all events: its lock says when it was, and blocks are in the
 * order of their times.
 *
 * @param to The last block to look at.
 * @param from The first one that can hold it.
 * @returns undefined if the batch is not anchored at present, as far as the node knows.
 */
export async function placeOf(
  reader: Reader,
  { onus }: Pick<Client, "onus">,
  batchId: string,
  to: number,
  from = 0,
): Promise<AnchorPlace | undefined> {
  const { since } = await call(onus.lockOf(batchId))
  if (since === 0n) return undefined
  const time = Number(since)
  const first = await firstBlockAt(reader, time, from, to)
  if (first === undefined) return undefined
  // A chain may make several blocks in one second.
  const last = ((await firstBlockAt(reader, time + 1, first, to)) ?? to + 1) - 1
  const topics = [onus.interface.getEvent("BatchAnchored").topicHash, batchId]
  const address = await onus.getAddress()
  const [log] = await call(reader.getLogs({ address, topics, fromBlock: first, toBlock: last }))
  return log && { block: log.blockNumber, blockHash: log.blockHash, time }
}

/** The first block between `from` and `to` that was made at `time` (Unix seconds) or later; undefined if all are earlier. */
export async function firstBlockAt(
  reader: Pick<Reader, "getBlock">,
  time: number,
  from: number,
  to: number,
): Promise<number | undefined> {
  let [low, high] = [from, to + 1]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const block = await call(reader.getBlock(middle))
    if (!block) throw new OnusError("BlockMissing", `The node has no block ${middle}`)
    if (block.timestamp < time) low = middle + 1
    else high = middle
  }
  return low > to ? undefined : low
}
