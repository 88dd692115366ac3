import { isOnusError } from "../../protocol/errors.ts"
import { receiptId } from "../../protocol/receipt.ts"
import type { Log } from "../../service/log.ts"
import type { Book, Known } from "../book.ts"
import type { Checker, Opinion } from "../check.ts"
import { type View, timeOf } from "../view.ts"
import type { Chooser } from "./choose.ts"
import { Jobs } from "./jobs.ts"
import { pauseAfter } from "./pause.ts"

/** Receipts that are read at once. */
const PAGE = 1024
/** Verdicts that may be on their way to the disk: what is lost of them in a crash is run again. */
const UNWRITTEN = 1024

/** What was found about a receipt: as the checker says, or that it was not run. */
export type Finding = Opinion | { readonly verdict: "expired" | "passed"; readonly reason: string }

export interface ChecksOptions {
  readonly book: Book
  readonly checker: Pick<Checker, "check">
  readonly chooser: Pick<Chooser, "passes">
  /** Whether somebody disputes a receipt: then it is run, whatever was drawn. */
  readonly isDisputed: (id: string) => Promise<boolean>
  /** Done before a receipt is run: what consumers handed in about it is sorted out. */
  readonly prepare?: ((known: Known) => Promise<void>) | undefined
  /** Answers that are fetched, run or waited for at the same time. */
  readonly concurrency: number
  /** Seconds that a challenge needs at least to begin. */
  readonly reserve: number
  readonly log: Log
  /** Hears of everything that was found. @param seconds that it took. */
  readonly onFinding?: ((known: Known, finding: Finding, seconds: number) => void) | undefined
  /** Hears of every new case. */
  readonly onAccused?: ((id: string) => void) | undefined
}

/** Has receipts run again: the earliest deadline first, each once, so many at a time. */
export class Checks {
  readonly #options: ChecksOptions
  readonly #jobs: Jobs
  /** Of receipts whose verdict is not on the disk yet. */
  readonly #open = new Set<string>()
  readonly #writing = new Set<Promise<void>>()
  /** Of receipts that were judged while the queue was read: what was read of them is old. */
  readonly #judged = new Set<string>()
  #queue: Known[] = []
  #mayBeMore = false
  #view: View | undefined
  #filling: Promise<void> | undefined
  #isStale = false
  #isClosed = false

  constructor(options: ChecksOptions) {
    const { concurrency, log } = options
    this.#options = options
    this.#jobs = new Jobs({
      limit: concurrency,
      limitOfSlow: Math.max(1, Math.floor(concurrency / 2)),
      failed: (error, id) => log.error({ error, receipt: id }, "A receipt could not be judged"),
    })
  }

  /** Looks what is to be run, and begins with it; does not wait for any run. */
  tick(view: View): Promise<void> {
    this.#view = view
    return this.#fill()
  }

  /** Begins nothing any more, and waits for what is under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#queue = []
    await this.idle()
  }

  /** Waits until everything that is due now was run. */
  async idle(): Promise<void> {
    while (this.#filling || this.#open.size > 0 || this.#writing.size > 0) {
      await this.#filling
      await this.#jobs.idle()
      await Promise.all(this.#writing)
    }
  }

  /** Reads the queue anew: something more urgent may have come. Who asks meanwhile has it read once more. */
  #fill(): Promise<void> {
    this.#isStale = true
    return (this.#filling ??= this.#read().finally(() => (this.#filling = undefined)))
  }

  async #read(): Promise<void> {
    while (this.#isStale && !this.#isClosed) {
      this.#isStale = false
      this.#judged.clear()
      const limit = PAGE + this.#open.size
      const due = await this.#options.book.due(timeOf(this.#view!), limit)
      this.#queue = due.filter(({ id }) => !this.#open.has(id) && !this.#judged.has(id))
      this.#mayBeMore = due.length === limit
      this.#go()
    }
  }

  #go(): void {
    while (!this.#isClosed && !this.#jobs.isFull && this.#writing.size < UNWRITTEN) {
      const at = this.#firstWithRoom()
      if (at < 0) break
      const [known] = this.#queue.splice(at, 1)
      this.#open.add(known.id)
      const { provider } = known.signed.receipt
      this.#jobs.start(
        known.id,
        provider,
        () => this.#run(known),
        () => this.#go(),
      )
    }
    if (this.#queue.length === 0 && this.#mayBeMore && !this.#isClosed) {
      this.#mayBeMore = false
      this.#fill().catch((error: unknown) =>
        this.#options.log.warn({ error }, "What is to be checked next cannot be read"),
      )
    }
  }

  #firstWithRoom(): number {
    const full = new Set<string>()
    return this.#queue.findIndex(({ signed: { receipt } }) => {
      if (full.has(receipt.provider)) return false
      if (this.#jobs.hasRoom(receipt.provider)) return true
      full.add(receipt.provider)
      return false
    })
  }

  /** Runs a receipt; its verdict goes to the disk while the next one is run. */
  async #run(known: Known): Promise<void> {
    const from = performance.now()
    let finding: Finding
    try {
      finding = (await this.#withoutRun(known)) ?? (await this.#check(known))
      this.#options.onFinding?.(known, finding, (performance.now() - from) / 1000)
    } catch (error) {
      this.#open.delete(known.id)
      throw error
    }
    const writing = this.#write(known, finding)
      .catch((error: unknown) =>
        this.#options.log.error({ error, receipt: known.id }, "A verdict was not kept"),
      )
      .finally(() => {
        this.#open.delete(known.id)
        this.#judged.add(known.id)
        this.#writing.delete(writing)
        this.#go()
      })
    this.#writing.add(writing)
  }

  async #withoutRun(known: Known): Promise<Finding | undefined> {
    if (isOver(known, this.#view!, this.#options.reserve)) {
      const why = known.reason === "" ? "it was not looked at before" : known.reason
      return { verdict: "expired", reason: `The time to challenge it is over: ${why}` }
    }
    const reason = this.#options.chooser.passes(known)
    if (reason === undefined || (await this.#options.isDisputed(known.id))) return undefined
    return { verdict: "passed", reason }
  }

  async #check(known: Known): Promise<Opinion> {
    try {
      await this.#options.prepare?.(known)
      const opinion = await this.#options.checker.check(known)
      return opinion.verdict === "mismatch" ? (unsound(known) ?? opinion) : opinion
    } catch (error) {
      if (!isOnusError(error)) this.#options.log.error({ error, receipt: known.id }, "A check failed")
      const reason = error instanceof Error ? error.message : String(error)
      return { verdict: "unfetchable", reason: `It could not be checked: ${reason}`, isFinal: false }
    }
  }

  async #write(known: Known, finding: Finding): Promise<void> {
    const { book, onAccused } = this.#options
    if (finding.verdict === "mismatch") {
      const { id: receiptId, deadline } = known
      const { reason } = finding
      // First the case: a crash between the two has the receipt run again, and nothing forgotten.
      const isNew = await book.accuse({ accusation: "execution", receiptId, reason, deadline, notes: "{}" })
      if (isNew) onAccused?.(receiptId)
    }
    await book.judge(known.id, this.#judgement(known, finding))
  }

  #judgement(known: Known, finding: Finding): Parameters<Book["judge"]>[1] {
    if (finding.verdict === "match") return { state: "match", reason: "" }
    if (finding.verdict !== "unfetchable" || finding.isFinal)
      return { state: finding.verdict, reason: finding.reason }
    const view = this.#view!
    const pause = pauseAfter(known.attempts, known.deadline - Number(view.clock) - this.#options.reserve)
    return { state: "unchecked", reason: finding.reason, nextAt: timeOf(view) + pause }
  }
}

/** Whether too little is left of the time in which a challenge can begin. */
export function isOver(
  { deadline, untilBlock }: Pick<Known, "deadline" | "untilBlock">,
  { clock, head }: View,
  reserve: number,
): boolean {
  return Number(clock) + reserve > deadline && head.latest.number + 1 >= untilBlock
}

/** Nobody is accused because of a damaged disk. */
function unsound({ id, signed }: Known): Opinion | undefined {
  const found = receiptId(signed.registry, signed.receipt)
  if (found === id) return undefined
  const reason = `The database is damaged: what it holds as receipt ${id} hashes to ${found}`
  return { verdict: "differs", reason }
}
