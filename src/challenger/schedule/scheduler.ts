import type { Log } from "../../service/log.ts"
import type { Book } from "../book.ts"
import type { Checker } from "../check.ts"
import type { RegistryDesk } from "../registry.ts"
import type { Sources } from "../sources.ts"
import type { View } from "../view.ts"
import type { Disputes } from "../watch/disputes.ts"
import { Checks, type ChecksOptions } from "./checks.ts"
import type { Chooser } from "./choose.ts"
import { Equivocations } from "./equivocations.ts"
import { Listing } from "./listing.ts"
import { type OmissionPolicy, Omissions } from "./omissions.ts"

export type { Finding } from "./checks.ts"

export interface SchedulerOptions extends Pick<ChecksOptions, "prepare" | "onFinding" | "onAccused"> {
  readonly book: Book
  readonly sources: Pick<Sources, "list" | "receipt">
  readonly checker: Pick<Checker, "check">
  readonly desk: RegistryDesk
  readonly disputes: Pick<Disputes, "of">
  readonly chooser: Chooser
  readonly omissions: OmissionPolicy
  /** Answers that are fetched, run or waited for at the same time. */
  readonly concurrency: number
  /** Seconds that a challenge needs at least to begin; 60 by default. */
  readonly reserve?: number
  /** Seconds after `anchorBy` before an omission is concluded; 300 by default. */
  readonly patience?: number
  /** Unix seconds of the head up to which all events were read; that of each view by default. */
  readonly readUntil?: () => number
  readonly log: Log
}

/** Decides what is looked at next, and opens a case wherever something is wrong. */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #checks: Checks
  readonly #listing: Listing
  readonly #equivocations: Equivocations
  readonly #omissions: Omissions
  readonly #ending = new AbortController()
  readonly #lanes = new Map<string, Promise<void>>()
  #view: View | undefined

  constructor(options: SchedulerOptions) {
    const { disputes, reserve = 60, patience = 300, omissions, readUntil = () => Infinity } = options
    this.#options = options
    const isDisputed = async (id: string) => (await disputes.of(id))?.isOpen ?? false
    this.#checks = new Checks({ ...options, isDisputed, reserve })
    this.#listing = new Listing({ ...options, onSeen: () => this.#seen() })
    this.#equivocations = new Equivocations(options)
    this.#omissions = new Omissions({ ...options, policy: omissions, patience, readUntil })
  }

  /**
   * Goes on as of a head: begins what is to be done, and does not wait for providers or runs.
   *
   * @throws what the database throws.
   */
  async tick(view: View): Promise<void> {
    this.#view = view
    await Promise.all([this.#listing.tick(view), this.#checks.tick(view)])
    this.#begin("equivocations", () => this.#equivocations.tick(view))
    this.#begin("omissions", () => this.#omissions.tick(view, this.#ending.signal))
  }

  /** Has a receipt looked at that came just now: see `Inbox`. */
  poke(id: string): void {
    this.#seen()
    this.#begin(`place of ${id}`, () => this.#listing.ask(id))
  }

  /** Begins nothing any more, and waits for what is under way. */
  async close(): Promise<void> {
    this.#ending.abort()
    await Promise.all([this.#listing.close(), this.#checks.close(), ...this.#lanes.values()])
  }

  /** Waits until everything that is to be done as of the last head was done. */
  async idle(): Promise<void> {
    await this.#listing.idle()
    await Promise.all(this.#lanes.values())
    await this.#checks.idle()
  }

  #seen(): void {
    const view = this.#view
    if (!view || this.#ending.signal.aborted) return
    this.#checks.tick(view).catch((error: unknown) => this.#warn(error, "checks"))
    this.#begin("equivocations", () => this.#equivocations.tick(view))
  }

  /** Begins something that is not under way already. */
  #begin(lane: string, work: () => Promise<void>): void {
    if (this.#lanes.has(lane) || this.#ending.signal.aborted) return
    const run = work()
      .catch((error: unknown) => this.#warn(error, lane))
      .finally(() => this.#lanes.delete(lane))
    this.#lanes.set(lane, run)
  }

  #warn(error: unknown, lane: string): void {
    if (!this.#ending.signal.aborted) this.#options.log.warn({ error, lane }, "A part of the schedule failed")
  }
}
