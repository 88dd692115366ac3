import { type Transactions, Priority } from "../../chain/transactions/transactions.ts"
import type { Question } from "../../engine/audit/game/question.ts"
import { OnusError, isOnusError } from "../../protocol/errors.ts"
import type { Receipt } from "../../protocol/receipt.ts"
import { type Call, answerDemandCall, answerOmissionCall } from "../../sdk/calls.ts"
import { unixTime } from "../../sdk/chain-time.ts"
import type { Client } from "../../sdk/client.ts"
import { call } from "../../sdk/errors.ts"
import type { Court } from "../../sdk/game/court.ts"
import type { Alerts } from "../../service/alerts.ts"
import { failpoint } from "../../service/failpoint.ts"
import type { Inclusions } from "../anchoring/inclusion.ts"
import { Retries } from "../../service/retries.ts"
import { oneByOne } from "../../service/one-by-one.ts"
import { type View, timeOf } from "../chain/view.ts"
import type { Entry, Journal } from "../journal.ts"
import type { Pool } from "../../pool/pool.ts"
import type { ChallengeBook } from "./book.ts"
import type { Challenge } from "./challenge.ts"
import type { EvidenceRoom } from "./evidence.ts"
import { fateOf, isAnswered } from "./fate.ts"

/** Answers that are made in one turn; then it is looked again what is most urgent. */
const ANSWERS_PER_TURN = 32
/** Answers on their way that are looked after in one turn. */
const SENT_PER_TURN = 2_000

/** What defending works with. */
export interface DefenderOptions {
  readonly journal: Pick<Journal, "byReceipt">
  readonly book: ChallengeBook
  readonly transactions: Transactions
  readonly client: Client
  readonly judge: Court["judge"]
  readonly pool: Pick<Pool, "programs">
  readonly evidence: EvidenceRoom
  readonly inclusions: Inclusions
  readonly alerts: Alerts
  /** Has a batch anchored before everything else. */
  readonly hurry: (batchId: string) => void
}

/** Answers challenges, the most urgent one first, each until it is answered for good or lost. */
export class Defender {
  readonly #options: DefenderOptions
  /** Answers that could not be made, and those that were not taken. */
  readonly #retries = new Retries()
  readonly #refusals = new Retries()
  /** Since which block challenges are seen to be answered, or gone. */
  readonly #settled = new Map<string, number>()

  constructor(options: DefenderOptions) {
    this.#options = options
  }

  /**
   * Goes on with all challenges. Called with every head, and never twice at the same time.
   *
   * @returns whether more wait to be answered at once.
   */
  async tick(view: View): Promise<boolean> {
    const { book } = this.#options
    let isMore = false
    // One that cannot be looked after must not keep the others from being answered.
    const steps = [
      async () => oneByOne(await book.list("sent", SENT_PER_TURN), (sent) => this.#follow(sent, view)),
      async () => (isMore = await this.#answerSome(view)),
    ]
    await oneByOne(steps, (step) => step())
    return isMore
  }

  /** Answers what is most urgent; returns whether more waits. */
  async #answerSome(view: View): Promise<boolean> {
    const { book } = this.#options
    // Those that have their next attempt later must not stand in the way of others.
    const open = await book.list("open", ANSWERS_PER_TURN + 1 + this.#retries.waiting(timeOf(view)))
    let made = 0
    for (const challenge of open) {
      if (this.#retries.waits(challenge.id, timeOf(view))) continue
      if (made++ === ANSWERS_PER_TURN) return true
      await this.#answer(challenge, view)
    }
    return false
  }

  /** Whether what an intent answers is answered on-chain, by whomever. @param key of the intent. */
  async isAnswered(key: string): Promise<boolean> {
    const found = await this.#options.book.find(key.replace(/^answer:/, ""))
    return found !== undefined && (await isAnswered(this.#options, found.challenge))
  }

  async #answer(challenge: Challenge, view: View): Promise<void> {
    const { book, transactions } = this.#options
    try {
      await transactions.submit({
        ...(await this.#callFor(challenge)),
        key: answerKey(challenge.id),
        priority: Priority.Defence,
        kind: "answer",
        deadline: Number(
          unixTime(BigInt(challenge.due), { time: BigInt(timeOf(view)), clock: view.state.clock }),
        ),
      })
      failpoint("answer-submitted")
      await book.mark(challenge.id, "sent")
    } catch (error) {
      // One that cannot be answered now must not keep others from being answered.
      if (isOnusError(error, "DatabaseUnavailable") || isOnusError(error, "DatabaseFull")) throw error
      this.#tellFailure(challenge, error)
      this.#retries.postpone(challenge.id, timeOf(view), challenge.due - Number(view.state.clock))
    }
  }

  async #callFor({ receiptId, question }: Challenge): Promise<Call> {
    const entry = await this.#options.journal.byReceipt(receiptId)
    if (!entry?.signed)
      throw new OnusError("ReceiptUnknown", `The journal does not know receipt ${receiptId} any more`)
    const { receipt } = entry.signed
    return question ? this.#demandCall(entry, receipt, question) : this.#omissionCall(entry, receipt)
  }

  async #demandCall(entry: Entry, receipt: Receipt, question: Question): Promise<Call> {
    const { pool, evidence, judge } = this.#options
    const header = pool.programs.get(receipt.modelId)?.header
    if (!header) {
      throw new OnusError(
        "ModelUnknown",
        `Model ${receipt.modelId} is not among those that the node serves`,
        {
          hint: "Put it into the configuration again: its answers can still be challenged",
        },
      )
    }
    const { answers, traceRoot } = await evidence.of(entry)
    return answerDemandCall({ judge }, { receipt, header }, question, answers(question), traceRoot)
  }

  async #omissionCall(entry: Entry, receipt: Receipt): Promise<Call> {
    const { inclusions, client, hurry } = this.#options
    const inclusion = await inclusions.of(entry)
    const { since } =
      entry.batchId === undefined ? { since: 0n } : await call(client.onus.lockOf(entry.batchId))
    if (inclusion && since !== 0n) return answerOmissionCall(client, receipt, inclusion)
    if (entry.batchId !== undefined) hurry(entry.batchId)
    throw new OnusError("NotAnchored", `It is not anchored yet, and was to be by ${receipt.anchorBy}`)
  }

  async #follow(challenge: Challenge, view: View): Promise<void> {
    const { book, transactions, alerts } = this.#options
    const { id } = challenge
    const outcome = await transactions.outcomeOf(answerKey(id))
    if (outcome === undefined) return
    const fate = outcome.state === "confirmed" ? "answered" : await fateOf(this.#options, challenge, outcome)
    if (fate === "open") {
      this.#settled.delete(id)
      if (outcome.state !== "confirmed") this.#tellFailure(challenge, outcome.reason)
      const left = challenge.due - Number(view.state.clock)
      if (!this.#refusals.isDue(id, timeOf(view), left)) return
      this.#refusals.postpone(id, timeOf(view), left)
      await transactions.forget(answerKey(id))
      return book.mark(id, "open")
    }
    // What somebody else did, or a block that is gone, counts when no reorganisation can change it.
    const since = this.#settled.get(id) ?? view.head.latest.number
    this.#settled.set(id, since)
    if (outcome.state !== "confirmed" && view.head.final < since) return
    this.#settled.delete(id)
    this.#retries.forget(id)
    this.#refusals.forget(id)
    alerts.resolve("ChallengeOpened", id)
    alerts.resolve("AnswerFailed", id)
    if (fate === "lost") this.#tellLoss(challenge)
    if (fate === "gone") await book.drop(id)
    else await book.mark(id, fate)
    await transactions.forget(answerKey(id))
  }

  #tellFailure({ id, receiptId, due, dueBlock }: Challenge, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    this.#options.alerts.raise({
      code: "AnswerFailed",
      severity: "critical",
      subject: id,
      message: `The challenge of receipt ${receiptId} is not answered yet: ${reason}. It must be by ${due} on the registry's clock and block ${dueBlock}`,
      details: { due, dueBlock },
    })
  }

  #tellLoss({ id, receiptId, due, dueBlock }: Challenge): void {
    this.#options.alerts.raise({
      code: "AnswerMissed",
      severity: "critical",
      subject: id,
      message: `The challenge of receipt ${receiptId} was not answered by ${due} on the registry's clock and block ${dueBlock}: whoever wants can convict`,
    })
  }
}

/** Names the answer to a challenge. */
export const answerKey = (id: string): string => `answer:${id}`
