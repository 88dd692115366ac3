import type { Metrics } from "../../service/metrics/metrics.ts"
import type { Counted } from "./context.ts"
import type { TransactionManager } from "./manager.ts"
import type { Pending } from "./pending.ts"
import { Priority } from "./transactions.ts"

/** Shows in the metrics how the transactions of an account stand. */
export class TransactionGauges {
  readonly #metrics: Metrics
  readonly #transactions: TransactionManager
  /** What was counted when the metrics were set last. */
  readonly #seen = new Map<Counted, number>()

  constructor(metrics: Metrics, transactions: TransactionManager) {
    this.#metrics = metrics
    this.#transactions = transactions
    transactions.onOutcome(({ kind }, { state }) => metrics.transactions.inc({ kind, outcome: state }))
  }

  /** @param now Unix seconds of the chain. */
  set(now: number): void {
    const metrics = this.#metrics
    const pending = this.#transactions.pending()
    metrics.transactionsPending.set(pending.length)
    metrics.oldestPending.set(oldest(pending, now))
    const [unknown, claims] = [
      pending.filter(({ isUnknown }) => isUnknown),
      pending.filter(({ priority }) => priority === Priority.Claim),
    ]
    metrics.oldestUnknown.set(oldest(unknown, now))
    metrics.oldestClaim.set(oldest(claims, now))
    metrics.feeBumps.inc(this.#news("raised"))
    metrics.foreignTransactions.inc(this.#news("foreign"))
    const { nonces } = this.#transactions
    if (!nonces) return
    metrics.nonce.set({ kind: "confirmed" }, nonces.confirmed)
    metrics.nonce.set({ kind: "next" }, nonces.next)
  }

  #news(what: Counted): number {
    const count = this.#transactions.counts.get(what) ?? 0
    const news = count - (this.#seen.get(what) ?? 0)
    this.#seen.set(what, count)
    return news
  }
}

/** Seconds for which the oldest of them has been on its way. */
function oldest(pending: readonly Pending[], now: number): number {
  const since = pending.flatMap((one) => (one.since === undefined ? [] : [one.since]))
  return since.length === 0 ? 0 : Math.max(0, now - Math.min(...since))
}
