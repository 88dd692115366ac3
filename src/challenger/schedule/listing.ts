import { isOnusError } from "../../protocol/errors.ts"
import { isOutage } from "../../service/one-by-one.ts"
import type { Log } from "../../service/log.ts"
import { type Book, type KnownBatch, NEVER } from "../book.ts"
import type { RegistryDesk } from "../registry.ts"
import type { Anchored } from "../sighting.ts"
import type { Sources } from "../sources.ts"
import { type View, timeOf } from "../view.ts"
import type { Chooser } from "./choose.ts"
import { Jobs } from "./jobs.ts"
import { findPlace } from "./place.ts"
import { pauseAfter } from "./pause.ts"
import { AHEAD, STATUTE } from "./omissions.ts"

/** Batches that are read at once; of a provider that is slow one after the other. */
const AT_ONCE = 4
/** Batches that are looked at with each head. */
const PAGE = 256
/** Receipts that a provider is asked for one by one because it does not list a batch. */
const ASKED_AT_ONCE = 64
/** Seconds after which it is looked anew whether batches are wanted that nobody wanted. */
const UNWANTED = 3600

export interface ListingOptions {
  readonly book: Book
  readonly sources: Pick<Sources, "list" | "receipt">
  readonly desk: RegistryDesk
  readonly chooser: Pick<Chooser, "refuses">
  readonly log: Log
  /** Told when there are receipts that were not known. */
  readonly onSeen: () => void
}

/** Finds out which receipts are in the batches that the chain shows. */
export class Listing {
  readonly #options: ListingOptions
  readonly #jobs: Jobs
  /** Batches that were dealt with while it was read which ones there are: what was read of them is old. */
  readonly #ended = new Set<string>()
  /** Batches whose reading failed in a way that says nothing about them: they wait for the next head. */
  readonly #resting = new Set<string>()
  #view: View | undefined
  #looking: Promise<void> | undefined
  #isClosed = false

  constructor(options: ListingOptions) {
    this.#options = options
    this.#jobs = new Jobs({
      limit: AT_ONCE,
      limitOfSlow: 1,
      failed: (error, id) => {
        this.#resting.add(id)
        options.log.warn({ error, batch: id }, "The receipts of a batch could not be read")
      },
    })
  }

  /** Looks which batches are to be read, and begins with it; waits for none. */
  tick(view: View): Promise<void> {
    if (this.#view !== view) this.#resting.clear()
    this.#view = view
    return (this.#looking ??= this.#look().finally(() => (this.#looking = undefined)))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.idle()
  }

  async idle(): Promise<void> {
    await this.#looking
    await this.#jobs.idle()
  }

  /** Asks for the place of a receipt that was handed in, if it may be in a batch that is not listed. */
  async ask(id: string): Promise<void> {
    const { book, chooser, onSeen } = this.#options
    const known = await book.find(id)
    if (!this.#view || known?.deadline !== NEVER || known.signed.signature === "0x") return
    const { provider, modelId, issuedAt } = known.signed.receipt
    if (chooser.refuses(known.signed.receipt) !== undefined) return
    const batches = await book.batchesBetween(provider, Number(issuedAt) - AHEAD, NEVER)
    if (!batches.some(({ isWhole, batch }) => !isWhole && isSame(batch.modelId, modelId))) return
    if ((await findPlace(this.#options, known, this.#view)).answer === "placed") onSeen()
  }

  async #look(): Promise<void> {
    const view = this.#view!
    const { book, log } = this.#options
    for (;;) {
      this.#ended.clear()
      const batches = await book.batchesToList(timeOf(view), Number(view.clock), PAGE)
      const later = batches.flatMap((batch) => this.#laterFor(batch, view) ?? [])
      await Promise.all(later.map(({ id, nextAt }) => book.noteBatch(id, { isWhole: false, nextAt })))
      const left = new Set(later.map(({ id }) => id))
      for (const batch of batches) {
        const { id } = batch
        const { provider } = batch.batch
        if (this.#isClosed || this.#jobs.isFull) return
        if (
          left.has(id) ||
          this.#ended.has(id) ||
          this.#resting.has(id) ||
          this.#jobs.has(id) ||
          !this.#jobs.hasRoom(provider)
        )
          continue
        const then = () => {
          this.#ended.add(id)
          this.tick(this.#view!).catch((error: unknown) => log.warn({ error }, "Batches cannot be read"))
        }
        this.#jobs.start(id, provider, () => this.#list(batch), then)
      }
      // Thousands of old ones may stand before those that matter.
      if (later.length === 0 || batches.length < PAGE) return
    }
  }

  /** When a batch is looked at again that is not to be read now; undefined if it is. */
  #laterFor(
    { id, batch, ...known }: KnownBatch,
    view: View,
  ): { readonly id: string; readonly nextAt: number } | undefined {
    if (isOver(known, view)) return { id, nextAt: NEVER }
    if (this.#options.chooser.refuses(batch) !== undefined) return { id, nextAt: timeOf(view) + UNWANTED }
    return undefined
  }

  async #list(known: KnownBatch): Promise<void> {
    const { book, sources, log, onSeen } = this.#options
    const { id, batch } = known
    try {
      const listed = await sources.list(known)
      // A leaf of somebody else's receipt binds nobody: the registry finds it nowhere.
      const own = listed.filter(({ signed }) => isSame(signed.receipt.provider, batch.provider))
      const fresh = await book.see(own, timeOf(this.#view!))
      await book.noteBatch(id, { isWhole: true, nextAt: NEVER })
      if (fresh.length > 0 || own.length > 0) onSeen()
    } catch (error) {
      if (!isOnusError(error) || isOutage(error)) throw error
      const { code, message } = error
      log.debug({ batch: id, provider: batch.provider, code, reason: message }, "A batch is not listed")
      await book.noteBatch(id, { isWhole: false, nextAt: this.#nextAt(known) })
      await this.#askOneByOne(known)
    }
  }

  #nextAt({ attempts, time, until }: KnownBatch): number {
    const view = this.#view!
    const left = until - Number(view.clock)
    return timeOf(view) + pauseAfter(attempts, left < 0 ? time + STATUTE - timeOf(view) : left)
  }

  /** The windows of receipts that consumers handed in may have begun in a batch that its provider does not list. */
  async #askOneByOne({ batch }: KnownBatch): Promise<void> {
    const { book, onSeen } = this.#options
    let found = 0
    for (const known of await book.waiting(batch.provider, batch.modelId, ASKED_AT_ONCE)) {
      if (this.#isClosed) return
      const asked = await findPlace(this.#options, known, this.#view!)
      if (asked.answer === "unreachable") break
      if (asked.answer === "placed") found++
    }
    if (found > 0) onSeen()
  }
}

/** Whether nobody can be convicted any more by what is in a batch, or because of what is not. */
const isOver = ({ time, until, untilBlock }: Anchored, { clock, head }: View): boolean =>
  clock > until && head.latest.number >= untilBlock && head.latest.timestamp > time + STATUTE

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()
