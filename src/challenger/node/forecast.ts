import type { Alerts } from "../../service/alerts.ts"
import type { Metrics } from "../../service/metrics/metrics.ts"
import type { Book, Known } from "../book.ts"
import type { View } from "../view.ts"

/** Who may win a dispute. */
export type Side = "challenger" | "provider"

/** How a dispute stands, whoever leads it. */
export interface Standing {
  readonly receiptId: string
  /** Who wins if nobody moves any more. */
  readonly leader: Side
  /** Whether it is over, and the leader has won. */
  readonly isOver: boolean
}

/** Knows of the disputes of everybody. */
export interface Standings {
  /** Those that go on, and those that were over lately. */
  list(view: View): Promise<readonly Standing[]>
}

/** Whether the own result is that the leader is right; `failed` when this challenger cannot tell, `unknown` when not yet. */
export type Agreement = "agree" | "disagree" | "unknown" | "failed"

const AGREEMENTS = ["agree", "disagree", "unknown", "failed"] as const
const SIDES = ["challenger", "provider"] as const

export interface ForecasterOptions {
  readonly standings: Standings
  readonly book: Pick<Book, "find" | "want">
  readonly alerts: Alerts
  readonly metrics: Metrics
}

/** Compares how disputes stand with what this challenger itself has computed. */
export class Forecaster {
  readonly #options: ForecasterOptions

  constructor(options: ForecasterOptions) {
    this.#options = options
  }

  /** Looks at all disputes once. */
  async tick(view: View): Promise<void> {
    const { standings, metrics } = this.#options
    const open = new Map<string, number>(
      AGREEMENTS.flatMap((a) => SIDES.map((s) => [`${a} ${s}`, 0] as const)),
    )
    const over = { challenger: 0, provider: 0 }
    for (const standing of await standings.list(view)) {
      const { leader, isOver } = standing
      const agreement = await this.#agreementOn(standing)
      const key = `${agreement} ${leader}`
      if (!isOver) open.set(key, open.get(key)! + 1)
      else if (agreement === "disagree") {
        over[leader] += 1
        this.#tell(standing)
      }
    }
    for (const agreement of AGREEMENTS)
      for (const leader of SIDES)
        metrics.forecast.set({ agreement, leader }, open.get(`${agreement} ${leader}`)!)
    for (const winner of SIDES) metrics.disagreements.set({ winner }, over[winner])
  }

  async #agreementOn({ receiptId, leader, isOver }: Standing): Promise<Agreement> {
    const { book } = this.#options
    const known = await book.find(receiptId)
    // Somebody's money is on it: it is worth a run, though it was not drawn.
    if (known?.state === "passed" && !isOver) await book.want(receiptId)
    const side = known && rightSide(known)
    return side === undefined || side === "failed"
      ? (side ?? "unknown")
      : side === leader
        ? "agree"
        : "disagree"
  }

  #tell({ receiptId, leader }: Standing): void {
    const found = leader === "challenger" ? "to be right" : "to be wrong"
    this.#options.alerts.raise({
      code: "DisputeEndedOtherwise",
      severity: "critical",
      subject: receiptId,
      message: `The dispute about ${receiptId} was won by the ${leader}, while this challenger finds the answer ${found}: run it on another machine before anything else is accused`,
      details: { receiptId, winner: leader },
    })
  }
}

/** Who is right, by the own run. */
function rightSide({ state }: Known): Side | "failed" | undefined {
  if (state === "match") return "provider"
  if (state === "mismatch") return "challenger"
  return state === "unchecked" || state === "passed" ? undefined : "failed"
}
