import { type Outcome, type Transactions, Priority } from "../../chain/transactions/transactions.ts"
import { type Call, releaseReceiptCall, settleDemandCall, settleOmissionCall } from "../../sdk/calls.ts"
import type { Client } from "../../sdk/client.ts"
import { call } from "../../sdk/errors.ts"
import type { Court } from "../../sdk/game/court.ts"
import type { Inclusions } from "../anchoring/inclusion.ts"
import { type View, timeOf } from "../chain/view.ts"
import { Retries } from "../../service/retries.ts"
import type { ChallengeBook } from "../defence/book.ts"
import type { Challenge } from "../defence/challenge.ts"
import type { Entry, Journal } from "../journal.ts"

/** Gas that paying one bond takes, about. */
const SETTLING_GAS = 100_000n
/** Challenges that are looked at in one turn. */
const PER_TURN = 50

export interface BondCollectorOptions {
  readonly journal: Pick<Journal, "byReceipt">
  readonly book: ChallengeBook
  readonly transactions: Transactions
  readonly client: Client
  readonly judge: Court["judge"]
  readonly inclusions: Inclusions
}

/** What is still to be done about an answered challenge. */
interface Step {
  readonly key: string
  readonly kind: string
  readonly call: Promise<Call>
}

/**
 * Collects what challengers have left for answers that were given, and gives back the bonds of receipts that were kept apart
 * while they were challenged.
 */
export class BondCollector {
  readonly #options: BondCollectorOptions
  readonly #retries = new Retries()

  constructor(options: BondCollectorOptions) {
    this.#options = options
  }

  /** Called now and then, and never twice at the same time. */
  async tick(view: View): Promise<void> {
    const { book, journal } = this.#options
    const now = timeOf(view)
    const answered = await book.list("answered", PER_TURN + this.#retries.waiting(now))
    for (const challenge of answered.filter(({ id }) => !this.#retries.waits(id, now))) {
      const entry = await journal.byReceipt(challenge.receiptId)
      if (!entry?.signed) continue
      const isDone =
        challenge.kind === "omission"
          ? await this.#take(this.#omissionStep(challenge, entry), view)
          : await this.#takeDemand(challenge, entry, view)
      if (isDone) {
        await book.mark(challenge.id, "closed")
        this.#retries.forget(challenge.id)
      } else this.#retries.postpone(challenge.id, now)
    }
  }

  #omissionStep({ id }: Challenge, { signed }: Entry): Step {
    return {
      key: `settle:${id}`,
      kind: "settle",
      call: settleOmissionCall(this.#options.client, signed!.receipt),
    }
  }

  /** The bond of a demand is paid when the game about its receipt is over, and so is that of the receipt itself. */
  async #takeDemand(
    { id, receiptId, questionId = "", bond }: Challenge,
    entry: Entry,
    view: View,
  ): Promise<boolean> {
    const { judge, client, inclusions } = this.#options
    const inclusion = await inclusions.of(entry)
    if (!inclusion || !entry.signed) return false
    const { receipt } = entry.signed
    const [{ openUntil }, { open, lock }] = await call(
      Promise.all([judge.gameOf(receiptId), client.onus.locate(receipt, inclusion)]),
    )
    if (open || view.state.clock <= openUntil) return false
    if (lock.bond > 0n) {
      const releasing = releaseReceiptCall(client, receipt, inclusion)
      const isReleased = await this.#take(
        { key: `release-receipt:${receiptId}`, kind: "release", call: releasing },
        view,
      )
      if (!isReleased) return false
    }
    // Wei for wei: what costs more than it brings is left to others.
    if (bond < 2n * SETTLING_GAS * view.baseFee) return false
    const settling = settleDemandCall({ judge }, { receipt, inclusion }, questionId)
    return this.#take({ key: `settle:${id}`, kind: "settle", call: settling }, view)
  }

  /** Does a step once; returns whether it is done, by whomever. */
  async #take({ key, kind, call: building }: Step, view: View): Promise<boolean> {
    const { transactions } = this.#options
    const built = await building
    const outcome = await transactions.outcomeOf(key)
    if (outcome === undefined) {
      await transactions.submit({ ...built, key, priority: Priority.Claim, kind })
      return false
    }
    await transactions.forget(key)
    return outcome.state === "confirmed" || (isNothingLeft(outcome) && view.head.final > 0)
  }
}

const isNothingLeft = (outcome: Exclude<Outcome, { state: "confirmed" }>): boolean =>
  /NothingToSettle|NothingLocked/.test(outcome.state === "refused" ? outcome.code : outcome.reason)
