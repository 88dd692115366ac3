import { type Batch, type Inclusion, batchId } from "../../../src/protocol/batch.ts"
import { type Receipt, receiptId } from "../../../src/protocol/receipt.ts"
import { SumTree } from "../../../src/protocol/sum-tree.ts"
import type { KnownBatch } from "../../../src/challenger/book.ts"
import type { Anchored, Sighting } from "../../../src/challenger/sighting.ts"
import { REGISTRY, TERMS, receiptWith } from "../../sdk/samples.ts"

export const word = (n: number): string => `0x${n.toString(16).padStart(64, "0")}`

export const SIGNATURE = `0x${"1b".repeat(65)}`

/** Receipts are issued at 1,000 and to be anchored by 1,060; windows last 600 s. */
export const { issuedAt: ISSUED, provider: PROVIDER } = TERMS

/** The n-th receipt, different from others where told. */
export const receiptOf = (n: number, fields: Partial<Receipt> = {}): Receipt =>
  receiptWith({ requestId: word(n), inputCommitment: word(1000 + n), ...fields })

export const idOf = (receipt: Receipt): string => receiptId(REGISTRY, receipt)

/** A receipt as a consumer shows it. */
export const signed = (receipt: Receipt, more: Partial<Sighting> = {}): Sighting => ({
  signed: { registry: REGISTRY, receipt, signature: SIGNATURE },
  source: "consumer",
  ...more,
})

/** When something was anchored: at a time, in the block of the same number. */
export const anchoredAt = (time: number, window = 600, more: Partial<Anchored> = {}): Anchored => ({
  block: time,
  blockHash: word(time),
  time,
  since: time,
  until: time + window,
  untilBlock: 0,
  ...more,
})

/** A batch of receipts, as the chain shows it, with the receipts as their provider lists them. */
export function anchored(
  receipts: readonly Receipt[],
  time: number,
  change: Partial<Batch> = {},
  more: Partial<KnownBatch> = {},
): {
  readonly batch: KnownBatch
  readonly listed: readonly Sighting[]
  readonly inclusions: readonly Inclusion[]
} {
  const tree = new SumTree(
    receipts.map((receipt) => ({ receiptId: idOf(receipt), coverage: receipt.coverage })),
  )
  const { provider, modelId, challengeWindow: window } = receipts[0]
  const { digest: root, sum: coverage } = tree.root
  const batch = { provider, modelId, root, count: BigInt(tree.count), coverage, window, ...change }
  const known = {
    id: batchId(batch),
    batch,
    ...anchoredAt(time, Number(batch.window)),
    isWhole: false,
    attempts: 0,
    nextAt: 0,
    ...more,
  }
  const inclusions = receipts.map((_, i) => ({ batch, index: BigInt(i), path: tree.path(i) }))
  const listed = receipts.map((receipt, i) =>
    signed(receipt, { inclusion: inclusions[i], source: "provider" }),
  )
  return { batch: known, listed, inclusions }
}
