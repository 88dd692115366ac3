import { batchId } from "../../protocol/batch.ts"
import type { Log } from "../../service/log.ts"
import { oneByOne } from "../../service/one-by-one.ts"
import { type Book, type Known, NEVER, caseId } from "../book.ts"
import type { RegistryDesk } from "../registry.ts"
import type { Sources } from "../sources.ts"
import { type View, timeOf } from "../view.ts"
import type { Disputes } from "../watch/disputes.ts"
import type { Chooser } from "./choose.ts"
import { type Asked, findPlace } from "./place.ts"

/**
 * What happens about signed answers that are not anchored in time.
 *
 * - `never`: nothing
 * - `certain`: who has not anchored them for certain is accused
 * - `unanswered`: who does not say where they are, or hides what else it anchored, too, when little time is left to claim them
 */
export type OmissionPolicy = "never" | "certain" | "unanswered"

/** Seconds after an answer was signed in which its omission can be claimed. Twin of `Omission`. */
export const STATUTE = 10 * 86_400
/** The part of it after which silence is taken for an omission. */
const LAST_QUARTER = 0.75 * STATUTE
/** Seconds that clocks of providers may be ahead: a batch may be anchored before what is in it was signed. */
export const AHEAD = 3600
/** Receipts that are looked at in one go. */
const PAGE = 32
/** Seconds until somebody is asked again: a part of how long it is late, within these. */
const PAUSE = { parts: 4, least: 60, most: 3600 }

export interface OmissionsOptions {
  readonly book: Book
  readonly sources: Pick<Sources, "receipt">
  readonly desk: RegistryDesk
  readonly disputes: Pick<Disputes, "of">
  readonly chooser: Pick<Chooser, "refuses">
  readonly policy: OmissionPolicy
  /** Seconds after `anchorBy` before anything is concluded: blocks and lists may come late. */
  readonly patience: number
  /** Unix seconds of the head up to which all events were read: what is not in the book may come after it. */
  readonly readUntil: () => number
  readonly log: Log
  readonly onAccused?: ((id: string) => void) | undefined
}

/** Finds answers that were signed and never anchored as they promise. */
export class Omissions {
  readonly #options: OmissionsOptions

  constructor(options: OmissionsOptions) {
    this.#options = options
  }

  /** Looks at receipts that should be anchored by now. @throws what a node's failure throws. */
  async tick(view: View, signal?: AbortSignal): Promise<void> {
    const { book, policy } = this.#options
    if (policy === "never") return
    const late = await book.unplaced(timeOf(view), PAGE)
    await oneByOne(late, async (known) => {
      signal?.throwIfAborted()
      const nextAt = await this.#judge(known, view)
      if (nextAt !== undefined) await book.noteUnplaced(known.id, nextAt)
    })
  }

  /** @returns when to look again; undefined if it has its place now. */
  async #judge(known: Known, view: View): Promise<number | undefined> {
    const { book, chooser, disputes, desk, patience } = this.#options
    const { id, signed } = known
    const { issuedAt, anchorBy } = signed.receipt
    const now = timeOf(view)
    if (now > Number(issuedAt) + STATUTE) return NEVER
    if (now <= Number(anchorBy) + patience) return Number(anchorBy) + patience + 1
    if (this.#options.readUntil() <= Number(anchorBy) + patience) return now + PAUSE.least
    if (await book.findCase(caseId("omission", id))) return NEVER
    if (chooser.refuses(signed.receipt) !== undefined) return now + PAUSE.most
    // Somebody else has asked on-chain: the answer serves everybody, and so does the silence.
    const dispute = await disputes.of(id)
    if (dispute?.asked.some(({ questionId }) => questionId === "")) return now + PAUSE.most
    const worth = await desk.worthOf(signed, view.head)
    if (worth !== "binding") return worth === "early" ? now + PAUSE.least : NEVER
    const pause = await desk.lastPause(view.head)
    if (issuedAt <= pause.until && pause.from <= anchorBy) return NEVER
    if (await desk.placeOf(signed, undefined, view.head)) return now + PAUSE.least
    return this.#conclude(known, await findPlace(this.#options, known, view), view)
  }

  async #conclude(known: Known, asked: Asked, view: View): Promise<number | undefined> {
    const { issuedAt, anchorBy } = known.signed.receipt
    const now = timeOf(view)
    const found = asked.answer === "placed" ? await this.#isKept(known, asked.inclusion) : "no"
    if (found === "yes") return undefined
    const hidden = await this.#hidden(known)
    const isCertain = asked.answer !== "unreachable" && hidden === 0 && found === "no"
    const lastQuarter = Number(issuedAt) + LAST_QUARTER
    if (isCertain || (this.#options.policy === "unanswered" && now >= lastQuarter && found === "no")) {
      await this.#accuse(known, reasonOf(known, asked, hidden), view)
      return NEVER
    }
    const pause = Math.min(Math.max((now - Number(anchorBy)) / PAUSE.parts, PAUSE.least), PAUSE.most)
    const next = Math.ceil(now + pause)
    return now < lastQuarter ? Math.min(next, lastQuarter) : next
  }

  /** Whether a place is the one that was promised; `unknown` as long as the batch was not seen on-chain. */
  async #isKept(
    { signed }: Known,
    { batch }: { batch: Parameters<typeof batchId>[0] },
  ): Promise<"yes" | "no" | "unknown"> {
    const { modelId, challengeWindow, anchorBy } = signed.receipt
    const known = await this.#options.book.findBatch(batchId(batch))
    if (!known) return "unknown"
    const isPromised = isSame(batch.modelId, modelId) && batch.window >= challengeWindow
    return isPromised && known.time <= Number(anchorBy) ? "yes" : "no"
  }

  /** Batches that may hold a receipt, and of which not all receipts are known. */
  async #hidden({ signed }: Known): Promise<number> {
    const { provider, modelId, challengeWindow, issuedAt, anchorBy } = signed.receipt
    const until = Number(anchorBy)
    const batches = await this.#options.book.batchesBetween(provider, Number(issuedAt) - AHEAD, until)
    return batches.filter(
      ({ isWhole, batch }) => !isWhole && isSame(batch.modelId, modelId) && batch.window >= challengeWindow,
    ).length
  }

  async #accuse({ id, signed }: Known, reason: string, view: View): Promise<void> {
    const { book, onAccused } = this.#options
    const deadline = Number(signed.receipt.issuedAt) + STATUTE - (timeOf(view) - Number(view.clock))
    const accusation = { accusation: "omission", receiptId: id, reason, deadline, notes: "{}" } as const
    if (await book.accuse(accusation)) onAccused?.(id)
  }
}

function reasonOf({ signed }: Known, asked: Asked, hidden: number): string {
  const promise = `It was to be anchored by ${signed.receipt.anchorBy}`
  if (asked.answer === "unreachable")
    return `${promise}, and its provider does not say where: ${asked.reason}`
  if (hidden > 0)
    return `${promise}; its provider shows no place, and does not list ${hidden} batches of that time`
  if (asked.answer === "placed")
    return `${promise}, and is where it was not promised to be, or came there too late`
  return `${promise}, its provider shows no place, and it is in no batch of that time`
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()
