import type { JsonRpcApiProvider } from "ethers"
import { OnusError } from "../../protocol/errors.ts"
import type { Policy } from "./policy.ts"

/** What a transaction offers for a unit of gas, in wei: the most in all, and the most of that to who makes the block. */
export interface Fees {
  readonly most: bigint
  readonly tip: bigint
}

/** What the chain asks for a unit of gas, in wei. */
export interface Market {
  /** Base fee of the next block. */
  readonly base: bigint
  /** Median tip of late. */
  readonly tip: bigint
}

/** A node may say anything: a fee is a whole number of at most this many wei, or no answer. */
const ABSURD = 10n ** 24n

/** Reads what gas costs: from the fee history, or from the latest block where a node has none. */
export async function readMarket(chain: JsonRpcApiProvider): Promise<Market> {
  return (await fromHistory(chain).catch(() => undefined)) ?? (await fromLatestBlock(chain))
}

async function fromHistory(chain: JsonRpcApiProvider): Promise<Market | undefined> {
  const history = (await chain.send("eth_feeHistory", ["0x5", "latest", [50]])) as {
    baseFeePerGas?: unknown[]
    reward?: unknown[][]
  } | null
  const base = history?.baseFeePerGas?.at(-1)
  if (base === undefined) return undefined
  const tips = (history?.reward ?? []).map(([tip]) => toWei(tip)).sort((a, b) => Number(a - b))
  return { base: toWei(base), tip: tips[tips.length >> 1] ?? 0n }
}

async function fromLatestBlock(chain: JsonRpcApiProvider): Promise<Market> {
  const block = (await chain.send("eth_getBlockByNumber", ["latest", false])) as {
    baseFeePerGas?: unknown
  } | null
  if (!block) throw new OnusError("GasPriceUnknown", "The node has no latest block")
  const tip: unknown = await chain.send("eth_maxPriorityFeePerGas", []).catch(() => "0x0")
  // The base fee of the next block is at most an eighth higher.
  return { base: (toWei(block.baseFeePerGas ?? "0x0") * 9n) / 8n, tip: toWei(tip) }
}

function toWei(answer: unknown): bigint {
  const wei = typeof answer === "string" && /^0x[0-9a-f]{1,64}$/i.test(answer) ? BigInt(answer) : ABSURD + 1n
  if (wei <= ABSURD) return wei
  throw new OnusError("GasPriceUnknown", `The node names ${JSON.stringify(answer)} as the price of gas`)
}

/** What to offer: room for the base fee to double, within the cap; undefined when the cap is too low for the next block. */
export function offer({ base, tip }: Market, cap: bigint, policy: Policy): Fees | undefined {
  if (base + policy.tip.least > cap) return undefined
  const wanted = min(max(tip, policy.tip.least), policy.tip.most)
  const most = min(2n * base + wanted, cap)
  return { most, tip: min(wanted, most - base) }
}

/** Nodes replace a transaction only by one that pays a tenth more in both fields, some an eighth. */
const eighthMore = (wei: bigint): bigint => (wei * 9n + 7n) / 8n

/**
 * What to offer for a replacement: at least an eighth more in both fields, as much as a new transaction would offer, never above the
 * cap; undefined when the cap leaves no room for an eighth.
 */
export function raise(old: Fees, wanted: Fees, cap: bigint): Fees | undefined {
  const least = { most: max(eighthMore(old.most), 1n), tip: max(eighthMore(old.tip), 1n) }
  if (least.most > cap) return undefined
  const most = min(max(least.most, wanted.most), cap)
  return { most, tip: min(max(least.tip, wanted.tip), most) }
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)
