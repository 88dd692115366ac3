import type { TransactionGauges } from "../../chain/transactions/gauges.ts"
import type { Instruments } from "../../service/instruments.ts"
import type { Sums } from "../play/purse.ts"
import { type View, timeOf } from "../view.ts"
import type { Composition } from "./composition.ts"

/** With a smaller part of the time left, somebody has to look. */
const NEARLY_OVER = 0.25

/** Amounts as metrics have them: exact enough to be looked at. */
const amount = (units: bigint): number => Number(units)

/** Shows in the metrics how the challenger stands, and tells what cannot wait. */
export async function setGauges(
  instruments: Pick<Instruments, "metrics" | "alerts">,
  view: View,
  { book, player }: Pick<Composition, "book" | "player">,
  transactions: TransactionGauges | undefined,
): Promise<void> {
  const { metrics } = instruments
  const { receipts, cases } = await book.counts()
  for (const [state, count] of Object.entries(receipts)) metrics.receiptsKnown.set({ state }, count)
  for (const [state, count] of Object.entries(cases))
    metrics.disputes.set({ role: "challenger", state }, count)
  const seen = Object.values(receipts).reduce((sum, count) => sum + count, 0)
  metrics.coverage.set(seen === 0 ? 1 : (receipts.match + receipts.mismatch) / seen)
  metrics.gasPrice.set(amount(view.baseFee))
  if (view.balance !== undefined)
    metrics.balance.set({ account: "sending", asset: "coin" }, amount(view.balance))
  transactions?.set(timeOf(view))
  const sums = await player?.sums()
  if (!sums) return
  const { locked, atRisk, claimable, lost, won } = sums.bonds
  for (const [state, wei] of Object.entries({ locked, at_risk: atRisk, claimable, lost, won }))
    metrics.bond.set({ role: "challenger", state }, amount(wei))
  for (const [state, units] of Object.entries(sums.rewards)) metrics.rewards.set({ state }, amount(units))
  setDeadline(instruments, view, sums)
}

/** Without any move to be made there is no metric, rather than one that says that time is over. */
function setDeadline(
  { metrics, alerts }: Pick<Instruments, "metrics" | "alerts">,
  { clock }: View,
  { nextDeadline }: Sums,
): void {
  if (!nextDeadline) {
    metrics.nextDeadline.remove()
    metrics.nextDeadlineShare.remove()
    return alerts.resolve("MoveDue")
  }
  const { at, since } = nextDeadline
  const left = at - Number(clock)
  const share = Math.max(0, Math.min(1, left / Math.max(1, at - since)))
  metrics.nextDeadline.set(left)
  metrics.nextDeadlineShare.set(share)
  if (share >= NEARLY_OVER) return alerts.resolve("MoveDue")
  alerts.raise({
    code: "MoveDue",
    severity: "critical",
    message: `A move of a dispute must be in a block within ${left} s: see what keeps its transaction`,
  })
}
