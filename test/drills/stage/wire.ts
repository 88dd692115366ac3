import type { Inclusion } from "../../../src/protocol/batch.ts"
import { type Receipt, type SignedReceipt, receiptId } from "../../../src/protocol/receipt.ts"
import type { Standing } from "./client.ts"

/** Integers come as text: JSON's numbers are doubles. */
type Plain<T> = { readonly [K in keyof T]: T[K] extends bigint ? string : Plain<T[K]> }

/** Reads a signed receipt as the node sends it. */
export function decodeReceipt(json: Plain<SignedReceipt>): SignedReceipt & { readonly receiptId: string } {
  const registry = { address: json.registry.address, chainId: BigInt(json.registry.chainId) }
  const { coverage, issuedAt, anchorBy, challengeWindow, ...hashes } = json.receipt
  const receipt: Receipt = {
    ...hashes,
    coverage: BigInt(coverage),
    issuedAt: BigInt(issuedAt),
    anchorBy: BigInt(anchorBy),
    challengeWindow: BigInt(challengeWindow),
  }
  return { registry, receipt, signature: json.signature, receiptId: receiptId(registry, receipt) }
}

/** Reads the signed receipt in the header of an answer. */
export const decodeHeader = (header: string): ReturnType<typeof decodeReceipt> =>
  decodeReceipt(JSON.parse(Buffer.from(header, "base64url").toString()) as Plain<SignedReceipt>)

/** Asks a node what stands behind a receipt. */
export async function readStanding(url: string, id: string): Promise<Standing> {
  const response = await fetch(`${url}/v1/receipts/${id}`, { signal: AbortSignal.timeout(10_000) })
  const text = await response.text()
  if (!response.ok) throw new Error(`The node knows nothing of receipt ${id}: ${text}`)
  const json = JSON.parse(text) as Plain<SignedReceipt> & {
    readonly assurance: string
    readonly inclusion?: Plain<Inclusion> | null
  }
  const { receiptId, ...signed } = decodeReceipt(json)
  const inclusion = json.inclusion ? decodeInclusion(json.inclusion) : undefined
  return { signed, receiptId, assurance: json.assurance, inclusion }
}

function decodeInclusion({ batch, index, path }: Plain<Inclusion>): Inclusion {
  const { count, coverage, window, ...hashes } = batch
  return {
    batch: { ...hashes, count: BigInt(count), coverage: BigInt(coverage), window: BigInt(window) },
    index: BigInt(index),
    path: path.map(({ digest, sum }) => ({ digest, sum: BigInt(sum) })),
  }
}
