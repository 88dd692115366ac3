import { setImmediate as nextTurn } from "node:timers/promises"
import { z } from "zod"
import type { Batch } from "../../protocol/batch.ts"
import { OnusError } from "../../protocol/errors.ts"
import { type Registry, type SignedReceipt, receiptId } from "../../protocol/receipt.ts"
import { growTree, inclusionsOf, rootOf } from "../../sdk/batch-tree.ts"
import { receiptJson, signatureJson } from "../../sdk/receipt-json.ts"
import { invalid } from "../fetch/errors.ts"
import { readJson } from "../fetch/json.ts"
import type { Sighting } from "../sighting.ts"

/** Bytes of one receipt in a list: 18 hashes and numbers with their names are half of it. */
export const LONGEST_LINE = 2048

/** Receipts that are read before others may use the thread. */
const READ_AT_ONCE = 32
const NEWLINE = 0x0a

const line = z.object({ index: z.number(), receipt: receiptJson, signature: signatureJson })

interface Leaf {
  readonly receiptId: string
  readonly coverage: bigint
  readonly signed: SignedReceipt
}

/**
 * Reads the list of a batch: all its receipts in their order, one a line. They are the ones that were anchored, as their tree has the
 * root and the coverage that are on-chain.
 *
 * @throws OnusError `ContentInvalid`.
 */
export async function readListing(
  bytes: Uint8Array,
  { id, batch }: { readonly id: string; readonly batch: Batch },
  registry: Registry,
): Promise<readonly Sighting[]> {
  const what = `The list of batch ${id}`
  const leaves: Leaf[] = []
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(NEWLINE, start)
    const end = found === -1 ? bytes.length : found
    const index = leaves.length
    if (index >= batch.count) throw invalid(`${what} has more than its ${batch.count} receipts`)
    if (end - start > LONGEST_LINE) throw invalid(`${what} has a line of ${end - start} bytes`)
    leaves.push(leafOf(bytes.subarray(start, end), index, registry, what))
    start = end + 1
    if (index % READ_AT_ONCE === READ_AT_ONCE - 1) await nextTurn()
  }
  if (BigInt(leaves.length) !== batch.count)
    throw invalid(`${what} has ${leaves.length} receipts instead of ${batch.count}`)
  return placed(leaves, batch, what)
}

function leafOf(bytes: Uint8Array, index: number, registry: Registry, what: string): Leaf {
  const read = readJson(bytes, line, `Line ${index} of the list`)
  if (read.index !== index) throw invalid(`${what} is not in order at line ${index}`)
  const { receipt, signature } = read
  try {
    const signed = { registry, receipt, signature }
    return { receiptId: receiptId(registry, receipt), coverage: receipt.coverage, signed }
  } catch {
    throw invalid(`${what} has at ${index} what is no receipt`)
  }
}

async function placed(leaves: readonly Leaf[], batch: Batch, what: string): Promise<readonly Sighting[]> {
  const tree = await treeOf(leaves, what)
  const { digest, sum } = rootOf(tree)
  if (digest !== batch.root.toLowerCase())
    throw invalid(`${what} has the root ${digest} instead of ${batch.root}`)
  if (sum !== batch.coverage) throw invalid(`${what} covers ${sum} instead of ${batch.coverage}`)
  const sightings = new Map<string, Sighting>()
  for (const inclusion of inclusionsOf(tree, batch)) {
    const index = Number(inclusion.index)
    if (index % READ_AT_ONCE === 0) await nextTurn()
    const { receiptId: id, signed } = leaves[index]
    // What another one signed binds nobody here, and of two places of a receipt one will do.
    const isOwn = signed.receipt.provider.toLowerCase() === batch.provider.toLowerCase()
    if (isOwn && !sightings.has(id)) sightings.set(id, { signed, inclusion, source: "provider" })
  }
  return [...sightings.values()]
}

async function treeOf(leaves: readonly Leaf[], what: string): Promise<Uint8Array> {
  try {
    return await growTree(leaves)
  } catch (error) {
    if (error instanceof OnusError) throw invalid(`${what} makes no tree: ${error.message}`)
    throw error
  }
}
