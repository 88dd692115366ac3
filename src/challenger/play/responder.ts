import { formatEther } from "ethers"
import { Priority, type Transactions } from "../../chain/transactions/transactions.ts"
import type { Alerts } from "../../service/alerts.ts"
import { failpoint } from "../../service/failpoint.ts"
import type { Log } from "../../service/log.ts"
import { Retries } from "../../service/retries.ts"
import type { SpendPolicy } from "../value/policy.ts"
import { type View, timeOf } from "../view.ts"
import { type Bonds, bondId } from "./bonds.ts"
import { LIFE } from "./commitment.ts"
import type { BondDue, Move } from "./move.ts"

/** Seconds that the daily budget is for. */
const DAY = 86_400
const ALERT = "BondBudgetReached"

export interface ResponderOptions {
  readonly transactions: Transactions
  readonly bonds: Bonds
  readonly policy: Pick<SpendPolicy, "mostBonds" | "mostPerDay">
  /** Says what it would do, and sends nothing. */
  readonly isDry: boolean
  readonly log: Log
  readonly alerts: Alerts
}

/**
 * Has moves sent. A move is asked for with every head until the chain shows its effect: what is on its way stays on its way, what was
 * refused is tried again later and later.
 */
export class Responder {
  readonly #options: ResponderOptions
  readonly #retries = new Retries()
  /** What was submitted since the start, and has no outcome yet. */
  readonly #submitted = new Set<string>()
  /** What was said about moves that are not sent. */
  readonly #said = new Set<string>()
  /** Bonds that commitments were sent for, and until when these count: nobody else is to use the money meanwhile. */
  readonly #prepared = new Map<string, { readonly amount: bigint; readonly until: number }>()
  /** Bonds are counted one after the other: two cases must not use the same money. */
  #counting: Promise<unknown> = Promise.resolve()

  constructor(options: ResponderOptions) {
    this.#options = options
  }

  /** Asks for a move of a case. */
  async ensure(caseId: string, receiptId: string, move: Move, view: View): Promise<void> {
    const { transactions, isDry, log } = this.#options
    const { key, kind, why } = move
    const bond = move.bond === undefined ? {} : { bond: `${formatEther(move.bond.amount)} ether` }
    if (isDry)
      return this.#say(key, () => log.info({ case: caseId, kind, key, ...bond }, `Would be sent: ${why}`))
    const outcome = await transactions.outcomeOf(key)
    if (outcome?.state === "confirmed") {
      // It is final, and the node that was asked has not got so far.
      this.#submitted.delete(key)
      return
    }
    if (outcome) {
      this.#submitted.delete(key)
      const left = move.deadline === undefined ? undefined : move.deadline - timeOf(view)
      if (!this.#retries.isDue(key, timeOf(view), left)) return
      this.#retries.postpone(key, timeOf(view), left)
      log.warn({ case: caseId, key, ...outcome }, "A move was refused: it is tried again")
      await transactions.forget(key)
    }
    if (this.#submitted.has(key)) return
    const submit = () => this.#submit(caseId, receiptId, move, view)
    if (!move.bond && !move.prepares) return submit()
    const done = this.#counting.then(submit, submit)
    this.#counting = done.catch(() => undefined)
    return done
  }

  async #submit(caseId: string, receiptId: string, move: Move, view: View): Promise<void> {
    const { transactions, log } = this.#options
    const { key, kind, why, deadline } = move
    if (move.prepares && !(await this.#prepare(caseId, receiptId, move.prepares, view))) return
    if (move.bond && !(await this.#leave(caseId, receiptId, key, move.bond, view))) return
    failpoint(`play-${kind}-noted`)
    const call = await move.call()
    const priority = deadline === undefined ? Priority.Claim : Priority.Defence
    const timed = deadline === undefined ? {} : { deadline }
    const amount = move.bond === undefined ? {} : { bond: `${formatEther(move.bond.amount)} ether` }
    log.info({ case: caseId, kind, key, ...amount, ...timed }, `To be sent: ${why}`)
    await transactions.submit({ ...call, ...timed, key, kind, priority })
    failpoint(`play-${kind}`)
    this.#submitted.add(key)
  }

  /** Takes note of a bond if there is money for it. */
  async #leave(
    caseId: string,
    receiptId: string,
    intent: string,
    bond: BondDue,
    view: View,
  ): Promise<boolean> {
    const { bonds, transactions } = this.#options
    const { questionId, amount } = bond
    const id = bondId(receiptId, questionId)
    const known = await bonds.find(id)
    // What was taken before the program was started again is sent with the amount that it has.
    if (known && (await transactions.knows(intent))) return true
    if (!(await this.#hasRoom(caseId, id, amount, view))) return false
    this.#prepared.delete(id)
    const about = questionId === "" ? {} : { questionId }
    await bonds.note({ id, caseId, receiptId, ...about, intent, amount, since: known?.since ?? timeOf(view) })
    return true
  }

  /** Keeps money for a bond as long as the commitment counts that is made for it. */
  async #prepare(
    caseId: string,
    receiptId: string,
    { questionId, amount }: BondDue,
    view: View,
  ): Promise<boolean> {
    const id = bondId(receiptId, questionId)
    if (!(await this.#hasRoom(caseId, id, amount, view))) return false
    this.#prepared.set(id, { amount, until: timeOf(view) + Number(LIFE) })
    return true
  }

  /** Whether the limits allow a bond, beside all others. A question that gets dearer is a new expense. */
  async #hasRoom(caseId: string, id: string, amount: bigint, view: View): Promise<boolean> {
    const { bonds, policy, alerts } = this.#options
    const now = timeOf(view)
    const known = await bonds.find(id)
    const own = known?.state === "left" ? known : undefined
    const dayAgo = now - DAY
    const [{ left }, today] = [await bonds.sums(), await bonds.leftSince(dayAgo)]
    const more = amount + this.#preparedFor(id, now)
    const sums = {
      all: left - (own?.amount ?? 0n) + more,
      day: today - (own && own.since >= dayAgo ? own.amount : 0n) + more,
    }
    if (sums.all > policy.mostBonds || sums.day > policy.mostPerDay) {
      alerts.raise({
        code: ALERT,
        severity: "warning",
        subject: id,
        message: `Case ${caseId} needs a bond of ${formatEther(amount)} ether: with it there would be ${formatEther(sums.all)} left in bonds, ${formatEther(sums.day)} of them within a day, which is more than configured. Raise the limits before its deadline, or it is lost`,
      })
      return false
    }
    alerts.resolve(ALERT, id)
    return true
  }

  /** Wei that is kept for other bonds than one. */
  #preparedFor(id: string, now: number): bigint {
    let sum = 0n
    for (const [other, { amount, until }] of this.#prepared) {
      if (until < now) this.#prepared.delete(other)
      else if (other !== id) sum += amount
    }
    return sum
  }

  #say(key: string, say: () => void): void {
    if (this.#said.has(key)) return
    this.#said.add(key)
    say()
  }
}
