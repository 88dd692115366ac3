import type { Journal } from "../journal.ts"

/** The cover of anchored batches that are not released yet, by the replica that promised it. */
export class AnchoredCover {
  readonly #journal: Pick<Journal, "batches" | "coverageOf">
  /** Of each batch: it never changes, and there may be many receipts in it. */
  #known = new Map<string, ReadonlyMap<string, bigint>>()

  constructor(journal: Pick<Journal, "batches" | "coverageOf">) {
    this.#journal = journal
  }

  /** Token units by replica, of batches that were anchored in a block up to that number. */
  async at(block: number): Promise<ReadonlyMap<string, bigint>> {
    const batches = await this.#journal.batches("anchored")
    const known = new Map<string, ReadonlyMap<string, bigint>>()
    const sums = new Map<string, bigint>()
    for (const { batchId, anchoredAt } of batches) {
      const parts = this.#known.get(batchId) ?? (await this.#journal.coverageOf(batchId))
      known.set(batchId, parts)
      if (anchoredAt === undefined || anchoredAt.block > block) continue
      for (const [replica, units] of parts) sums.set(replica, (sums.get(replica) ?? 0n) + units)
    }
    this.#known = known
    return sums
  }
}

export const sumOf = (amounts: Iterable<bigint>): bigint => {
  let sum = 0n
  for (const amount of amounts) sum += amount
  return sum
}
