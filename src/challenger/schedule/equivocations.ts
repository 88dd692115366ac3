import { type Book, type Contest, type Known, NEVER, caseId } from "../book.ts"
import type { Place, RegistryDesk, Worth } from "../registry.ts"
import { type View, timeOf } from "../view.ts"
import type { Chooser } from "./choose.ts"
import { pauseAfter } from "./pause.ts"

/** Requests that are judged in one go. */
const PAGE = 64

export interface EquivocationsOptions {
  readonly book: Book
  readonly desk: RegistryDesk
  readonly chooser: Pick<Chooser, "refuses">
  readonly onAccused?: ((id: string) => void) | undefined
}

/** A receipt, with what binds its provider to it. */
interface Contestant {
  readonly known: Known
  readonly worth: Worth
  readonly place: Place | undefined
}

/** Finds providers that answered one request twice. */
export class Equivocations {
  readonly #options: EquivocationsOptions

  constructor(options: EquivocationsOptions) {
    this.#options = options
  }

  /** Judges requests with several receipts. @throws what a node's failure throws; what was judged before is kept. */
  async tick(view: View): Promise<void> {
    for (;;) {
      const contests = await this.#options.book.contests(timeOf(view), PAGE)
      for (const contest of contests) await this.#judge(contest, view)
      if (contests.length < PAGE) return
    }
  }

  async #judge({ request, attempts }: Contest, view: View): Promise<void> {
    const { book, chooser } = this.#options
    const all: Contestant[] = []
    let isRefused = false
    for (const known of await book.contestants(request)) {
      if (chooser.refuses(known.signed.receipt) === undefined) all.push(await this.#standing(known, view))
      else isRefused = true
    }
    const bound = all.filter(({ worth, place }) => worth === "binding" || place !== undefined)
    if (bound.length > 1)
      for (const one of await this.#accusable(request, bound, view)) await this.#accuse(one, bound, view)
    // Other lists may be given with the next start.
    const mayBecome = isRefused || all.some(({ worth }) => worth === "early")
    await book.noteContest(request, mayBecome ? timeOf(view) + pauseAfter(attempts, Infinity) : NEVER)
  }

  async #standing(known: Known, { head }: View): Promise<Contestant> {
    const { desk } = this.#options
    const worth = await desk.worthOf(known.signed, head)
    const places = [
      ...(known.inclusion ? [await desk.placeOf(known.signed, known.inclusion, head)] : []),
      ...(known.isAttested ? [await desk.placeOf(known.signed, undefined, head)] : []),
    ].filter((place) => place !== undefined)
    return { known, worth, place: places.find(({ isOpen }) => isOpen) ?? places[0] }
  }

  /** Those that have a bond to take; without any, one whose signature convicts by itself, if that was not done. */
  async #accusable(
    request: string,
    bound: readonly Contestant[],
    { head }: View,
  ): Promise<readonly Contestant[]> {
    const { book, desk } = this.#options
    const covered = bound.filter(({ place }) => place?.isOpen && place.bond > 0n)
    if (covered.length > 0) return covered
    const faults = await desk.faultsOf(request, head)
    if (faults.includes("Equivocation")) return []
    for (const { known } of bound) if (await book.findCase(caseId("equivocation", known.id))) return []
    return bound.filter(({ worth }) => worth === "binding").slice(0, 1)
  }

  async #accuse({ known, place }: Contestant, bound: readonly Contestant[], view: View): Promise<void> {
    const { book, onAccused } = this.#options
    const others = bound.filter((other) => other.known.id !== known.id)
    // A signature is shown with less calldata than a place, and counts wherever the other receipt is.
    const { known: other } = others.find(({ worth }) => worth === "binding") ?? others[0]
    const { provider, requestId, consumer } = known.signed.receipt
    const isNew = await book.accuse({
      accusation: "equivocation",
      receiptId: known.id,
      otherId: other.id,
      reason: `${provider} answered request ${requestId} of ${consumer} twice: with ${known.id} and with ${other.id}`,
      deadline: place?.isOpen ? place.until : await this.#signatureEnds(known, view),
      notes: "{}",
    })
    if (isNew) onAccused?.(known.id)
  }

  /** Until when a signature counts, on the registry's clock. */
  async #signatureEnds({ signed }: Known, view: View): Promise<number> {
    const thaw = await this.#options.desk.thawPeriod()
    return Number(signed.receipt.issuedAt) + thaw - (timeOf(view) - Number(view.clock))
  }
}
