import { OnusError } from "../../../src/protocol/errors.ts"
import type { Inclusion } from "../../../src/protocol/batch.ts"
import { requestKey } from "../../../src/protocol/receipt.ts"
import type { Accusation, Book, Case, CaseState, Known, KnownBatch } from "../../../src/challenger/book.ts"

/** As much of a book as a player reads. It outlives the player, as a disk does. */
export class MemoryBook implements Pick<
  Book,
  "find" | "findBatch" | "placesOf" | "cases" | "findCase" | "noteCase" | "accuse"
> {
  readonly receipts = new Map<string, Known>()
  readonly #cases = new Map<string, Case>()

  add(known: Pick<Known, "id" | "signed"> & Partial<Known>): Known {
    const base = {
      isAttested: false,
      state: "mismatch",
      reason: "",
      attempts: 1,
      nextAt: 0,
      deadline: 0,
      untilBlock: 0,
      isWanted: false,
    } as const
    const all: Known = { ...base, request: requestKey(known.signed.receipt), ...known }
    this.receipts.set(known.id, all)
    return all
  }

  /** The only case about a receipt. */
  about(accusation: Accusation, receiptId: string): Case {
    const found = this.#cases.get(`${accusation}:${receiptId}`)
    if (!found) throw new OnusError("CaseUnknown", receiptId)
    return found
  }

  find(id: string): Promise<Known | undefined> {
    return Promise.resolve(this.receipts.get(id))
  }

  /** Other places than that which a receipt has now. */
  readonly places = new Map<string, readonly Inclusion[]>()

  placesOf(id: string): Promise<readonly Inclusion[]> {
    return Promise.resolve(this.places.get(id) ?? [])
  }

  /** Blocks of batches, by their ids. */
  readonly blocks = new Map<string, number>()

  findBatch(id: string): Promise<KnownBatch | undefined> {
    const block = this.blocks.get(id)
    return Promise.resolve(block === undefined ? undefined : ({ block } as KnownBatch))
  }

  accuse(accusation: Omit<Case, "id" | "state">): Promise<boolean> {
    const id = `${accusation.accusation}:${accusation.receiptId}`
    if (this.#cases.has(id)) return Promise.resolve(false)
    this.#cases.set(id, { ...accusation, id, state: "open" })
    return Promise.resolve(true)
  }

  cases(state: CaseState): Promise<readonly Case[]> {
    return Promise.resolve([...this.#cases.values()].filter((one) => one.state === state))
  }

  findCase(id: string): Promise<Case | undefined> {
    return Promise.resolve(this.#cases.get(id))
  }

  noteCase(id: string, change: Partial<Case>): Promise<void> {
    this.#cases.set(id, { ...this.#cases.get(id)!, ...change })
    return Promise.resolve()
  }
}
