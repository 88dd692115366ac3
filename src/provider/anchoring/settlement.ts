import type { Outcome } from "../../chain/transactions/transactions.ts"
import { OnusError } from "../../protocol/errors.ts"
import type { Client } from "../../sdk/client.ts"
import { call } from "../../sdk/errors.ts"
import { type AnchorPlace, type Reader, placeOf } from "../chain/place.ts"
import type { View } from "../chain/view.ts"
import type { BatchRecord } from "../journal.ts"

/** What became of a batch whose transaction came to an end. */
export type Settlement =
  /** It is in a block that no reorganisation undoes. */
  | { readonly state: "anchored"; readonly place: AnchorPlace }
  /** It is in a block, and may still leave it. */
  | { readonly state: "included" }
  | Refusal

/** The contract does not take it, at present. */
export interface Refusal {
  readonly state: "refused"
  /** Of the contract's error. */
  readonly code: string
  readonly reason: string
}

/** Reads what became of a batch. The chain decides, not the transaction: somebody else may have sent the same. */
export async function settlementOf(
  { reader, client, fromBlock }: { reader: Reader; client: Pick<Client, "onus">; fromBlock: number },
  { batchId }: Pick<BatchRecord, "batchId">,
  outcome: Outcome,
  { head }: Pick<View, "head">,
): Promise<Settlement> {
  if (outcome.state === "confirmed") {
    const block = await call(reader.getBlock(outcome.block))
    if (!block?.hash) throw new OnusError("BlockMissing", `The node has no block ${outcome.block}`)
    const place = { block: block.number, blockHash: block.hash, time: block.timestamp }
    return { state: "anchored", place }
  }
  const place = await placeOf(reader, client, batchId, head.latest.number, fromBlock)
  if (place) return place.block <= head.final ? { state: "anchored", place } : { state: "included" }
  const { reason } = outcome
  const code = outcome.state === "refused" ? outcome.code : codeIn(reason)
  return { state: "refused", code, reason }
}

/** The name of a contract's error in a sentence about it. */
const codeIn = (reason: string): string => /\b([A-Z][A-Za-z0-9]+)\(/.exec(reason)?.[1] ?? "CallReverted"
