import type { JsonRpcApiProvider, LogDescription } from "ethers"
import { questionId } from "../../engine/audit/game/question.ts"
import type { Client } from "../../sdk/client.ts"
import { type OnusError, isOnusError } from "../../protocol/errors.ts"
import type { Court } from "../../sdk/game/court.ts"
import { questionOf } from "../../sdk/game/read.ts"
import type { Alerts } from "../../service/alerts.ts"
import type { ChainLog } from "../../chain/log-filter.ts"
import { Seen } from "../../chain/seen.ts"
import type { Journal } from "../journal.ts"
import type { ChallengeBook } from "./book.ts"
import { type Challenge, challengeId } from "./challenge.ts"

/** What watching for challenges works with. */
export interface WatchOptions {
  readonly provider: string
  readonly journal: Pick<Journal, "byReceipt">
  readonly book: ChallengeBook
  readonly judge: Court["judge"]
  readonly omission: Awaited<ReturnType<Client["omission"]>>
  readonly reader: Pick<JsonRpcApiProvider, "getTransaction">
  readonly alerts: Alerts
}

/**
 * Takes note of what is asked about receipts of the provider. Handles events of the judges as they are read, again and again until
 * their blocks are final; returns when all are written down.
 */
export class ChallengeWatch {
  readonly #options: WatchOptions
  readonly #seen = new Seen()

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /** Takes `Demanded` events of the judge of wrong executions. */
  async demanded(logs: readonly ChainLog[]): Promise<void> {
    const { judge } = this.#options
    await this.#take(logs, async (log) => {
      const event = judge.interface.parseLog(log)
      if (event?.name !== "Demanded") return undefined
      const { receiptId, question: encoded, ...times } = argumentsOf(event)
      const entry = await this.#options.journal.byReceipt(receiptId)
      if (!entry) return this.#unknownDemand(log, receiptId)
      const question = questionOf(encoded)
      const asked = questionId(question)
      const id = challengeId("demand", receiptId, asked)
      const { coverage } = entry.terms
      const common = { id, kind: "demand", receiptId, block: log.blockNumber, coverage } as const
      return { ...common, question, questionId: asked, ...clocksOf(times) }
    })
  }

  /** Takes `Claimed` events of the judge of omissions. */
  async claimed(logs: readonly ChainLog[]): Promise<void> {
    const { omission, provider } = this.#options
    await this.#take(logs, async (log) => {
      const event = omission.interface.parseLog(log)
      if (event?.name !== "Claimed") return undefined
      const { receiptId, provider: accused, ...times } = argumentsOf(event)
      if (accused.toLowerCase() !== provider.toLowerCase()) return undefined
      const entry = await this.#options.journal.byReceipt(receiptId)
      if (!entry) return this.#unknown(receiptId, log)
      const id = challengeId("omission", receiptId)
      const { coverage } = entry.terms
      return { id, kind: "omission", receiptId, block: log.blockNumber, coverage, ...clocksOf(times) }
    })
  }

  async #take(
    logs: readonly ChainLog[],
    challengeIn: (log: ChainLog) => Promise<Challenge | undefined>,
  ): Promise<void> {
    const fresh = logs.filter((log) => this.#seen.isNew(log))
    const challenges: Challenge[] = []
    for (const log of fresh) {
      try {
        const challenge = await challengeIn(log)
        if (challenge) challenges.push(challenge)
      } catch (error) {
        // What cannot be read for good must not keep the challenges behind it from being seen.
        if (!isOnusError(error, "DatabaseMalformed")) throw error
        this.#tellUnreadable(log, error)
      }
    }
    await this.#options.book.note(challenges)
    for (const log of fresh) this.#seen.add(log)
    // Events are read again after a start, when most were answered long ago.
    for (const challenge of challenges) if (await this.#isToAnswer(challenge)) this.#tell(challenge)
  }

  /**
   * The event does not say whose receipt it is about. The transaction does, as it must bring the receipt along: it is ours, or about
   * ours among others, if our address is in it.
   */
  async #unknownDemand(log: ChainLog, receiptId: string): Promise<undefined> {
    const transaction = await this.#options.reader.getTransaction(log.transactionHash)
    const address = this.#options.provider.slice(2).toLowerCase()
    if (transaction?.data.toLowerCase().includes(address.padStart(64, "0"))) this.#unknown(receiptId, log)
  }

  #unknown(receiptId: string, { transactionHash }: ChainLog): undefined {
    this.#options.alerts.raise({
      code: "UnknownReceiptChallenged",
      severity: "critical",
      subject: receiptId,
      message: `Receipt ${receiptId} of this provider is challenged, and the journal does not know it: somebody else signs with a key of the provider, or receipts were lost. Revoke the key if it was stolen; answer by hand if you have the receipt`,
      details: { transaction: transactionHash },
    })
  }

  async #isToAnswer({ id }: Challenge): Promise<boolean> {
    const { state } = (await this.#options.book.find(id)) ?? {}
    return state === "open" || state === "sent"
  }

  #tellUnreadable({ transactionHash }: ChainLog, { message }: OnusError): void {
    this.#options.alerts.raise({
      code: "ChallengeUnreadable",
      severity: "critical",
      subject: transactionHash,
      message: `A receipt is challenged in transaction ${transactionHash} that cannot be read: ${message}. Restore the newest journal before the answer is due`,
    })
  }

  #tell({ id, kind, receiptId, due, dueBlock, block, coverage }: Challenge): void {
    const what = kind === "demand" ? "to show a part of its trace" : "to show where it was anchored"
    this.#options.alerts.raise({
      code: "ChallengeOpened",
      severity: "warning",
      subject: id,
      message: `Receipt ${receiptId} is challenged ${what}, until ${due} on the registry's clock and block ${dueBlock}; the node answers by itself: see that it runs and can pay for gas`,
      details: { kind, due, dueBlock, block, coverage: String(coverage) },
    })
  }
}

type Arguments = Readonly<Record<"receiptId" | "provider", string>> &
  Readonly<Record<"due" | "dueBlock" | "bond", bigint>> & {
    readonly question: Parameters<typeof questionOf>[0]
  }

const argumentsOf = (event: LogDescription): Arguments => event.args.toObject() as Arguments

const clocksOf = ({ due, dueBlock, bond }: Pick<Arguments, "due" | "dueBlock" | "bond">) => ({
  due: Number(due),
  dueBlock: Number(dueBlock),
  bond,
})
