import type { Block } from "./heads.ts"
import type { OneNode } from "./router.ts"

const HASH = /^0x[0-9a-f]{64}$/
const QUANTITY = /^0x[0-9a-f]{1,13}$/

/** A block as a node tells it; undefined if that makes no sense. */
export function parseBlock(value: unknown): Block | undefined {
  if (typeof value !== "object" || value === null) return undefined
  const { number, hash, parentHash, timestamp } = value as Record<string, unknown>
  const [height, time] = [parseQuantity(number), parseQuantity(timestamp)]
  if (height === undefined || time === undefined || !isHash(hash) || !isHash(parentHash)) return undefined
  return { number: height, hash, parentHash, timestamp: time }
}

/** A whole number that a node tells; undefined if it is none, or not below 2 ** 52. */
export function parseQuantity(value: unknown): number | undefined {
  return typeof value === "string" && QUANTITY.test(value) ? Number(value) : undefined
}

/** True for 32 bytes in lower-case hexadecimal. */
export function isHash(value: unknown): value is string {
  return typeof value === "string" && HASH.test(value)
}

/** A number as JSON-RPC wants it. */
export const quantity = (number: number): string => `0x${number.toString(16)}`

/** The block at a height, as one node has it; undefined if it has none. */
export async function blockOn(node: OneNode, number: number): Promise<Block | undefined> {
  const answer = await node.ask("eth_getBlockByNumber", [quantity(number), false])
  if ("error" in answer) throw node.unfit("malformed", `does not tell block ${number}`)
  const block = parseBlock(answer.result)
  if (answer.result !== null && block?.number !== number)
    throw node.unfit("malformed", `answers with something else than block ${number}`)
  return block
}
