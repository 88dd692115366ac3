import { z } from "zod"
import type { Inclusion } from "../../protocol/batch.ts"
import { isOnusError } from "../../protocol/errors.ts"
import { type Receipt, type Registry, receiptId } from "../../protocol/receipt.ts"
import { verifySumPath } from "../../protocol/sum-tree.ts"
import { inclusionJson, receiptJson, registryJson, signatureJson } from "../../sdk/receipt-json.ts"
import { invalid } from "../fetch/errors.ts"
import { readJson } from "../fetch/json.ts"
import type { Sighting } from "../sighting.ts"

/** Bytes of what a node tells about a receipt: its fields, and a path of 32 nodes at the most. */
export const LARGEST_RECEIPT = 2 ** 15

const DEEPEST = 32
const LARGEST_SUM = (1n << 128n) - 1n

const shown = z.object({
  registry: registryJson,
  receipt: receiptJson,
  signature: signatureJson,
  inclusion: inclusionJson.optional(),
})

/**
 * Reads what `/v1/receipts/ID` answers.
 *
 * @throws OnusError `ContentInvalid` when it is not the receipt that was asked for, or its place is none.
 */
export function readReceipt(bytes: Uint8Array, id: string, provider: string, ours: Registry): Sighting {
  const what = `What is shown as receipt ${id}`
  const { registry, receipt, signature, inclusion } = readJson(bytes, shown, what)
  requireReceipt({ registry, receipt }, id, ours, what)
  if (receipt.provider.toLowerCase() !== provider.toLowerCase())
    throw invalid(`${what} is of another provider`)
  const signed = { registry: ours, receipt, signature }
  if (!inclusion) return { signed, source: "provider" }
  requirePlace(inclusion, receipt, id, what)
  return { signed, inclusion, source: "provider" }
}

/** @throws OnusError `ContentInvalid` when a receipt has not that id on that registry. */
export function requireReceipt(
  { registry, receipt }: { readonly registry: Registry; readonly receipt: Receipt },
  id: string,
  ours: Registry,
  what: string,
): void {
  const isOurs =
    registry.chainId === ours.chainId && registry.address.toLowerCase() === ours.address.toLowerCase()
  if (!isOurs) throw invalid(`${what} is of another registry`)
  if (idOf(ours, receipt) !== id.toLowerCase()) throw invalid(`${what} is another receipt`)
}

function idOf(registry: Registry, receipt: Receipt): string | undefined {
  try {
    return receiptId(registry, receipt)
  } catch (error) {
    if (isOnusError(error, "ReceiptMalformed")) return undefined
    throw error
  }
}

/** @throws OnusError `ContentInvalid` when the path does not lead from the receipt to the root of a batch of its provider. */
function requirePlace({ batch, index, path }: Inclusion, receipt: Receipt, id: string, what: string): void {
  const { provider, root, count, coverage } = batch
  const isSmall =
    path.length <= DEEPEST &&
    count < 2n ** 32n &&
    index < count &&
    [coverage, receipt.coverage, ...path.map(({ sum }) => sum)].every((sum) => sum <= LARGEST_SUM)
  if (!isSmall || provider !== receipt.provider) throw invalid(`${what} has a place that cannot be`)
  try {
    const leaf = { receiptId: id, coverage: receipt.coverage }
    verifySumPath({ digest: root, sum: coverage }, Number(count), leaf, Number(index), path)
  } catch {
    // Not in this batch, or the sums on the way do not fit their bytes.
    throw invalid(`${what} has a place that is not its own`)
  }
}
