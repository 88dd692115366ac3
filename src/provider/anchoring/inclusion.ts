import type { Inclusion } from "../../protocol/batch.ts"
import type { Entry, Journal } from "../journal.ts"
import { inclusionOf } from "../../sdk/batch-tree.ts"

/** Trees that are kept at hand: one has about a megabyte for ten thousand receipts. */
const KEPT = 8

/** Finds where receipts stand in their batches. */
export class Inclusions {
  readonly #journal: Pick<Journal, "batch" | "treeOf">
  readonly #trees = new Map<string, Promise<Uint8Array>>()

  constructor(journal: Pick<Journal, "batch" | "treeOf">) {
    this.#journal = journal
  }

  /** The place of a receipt; undefined as long as no batch has it. Whether that is on-chain is not asked. */
  async of(entry: Pick<Entry, "batchId" | "index">): Promise<Inclusion | undefined> {
    const { batchId, index } = entry
    if (batchId === undefined || index === undefined) return undefined
    const record = await this.#journal.batch(batchId)
    return record && inclusionOf(await this.#treeOf(batchId), record.batch, index)
  }

  #treeOf(batchId: string): Promise<Uint8Array> {
    const known = this.#trees.get(batchId)
    const tree = known ?? this.#journal.treeOf(batchId)
    // The one that was asked for last is forgotten last.
    this.#trees.delete(batchId)
    this.#trees.set(batchId, tree)
    if (!known) tree.catch(() => this.#trees.delete(batchId))
    for (const oldest of this.#trees.keys()) {
      if (this.#trees.size <= KEPT) break
      this.#trees.delete(oldest)
    }
    return tree
  }
}
