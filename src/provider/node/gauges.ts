import type { TransactionGauges } from "../../chain/transactions/gauges.ts"
import { timeOf, type View } from "../chain/view.ts"
import type { ChallengeBook } from "../defence/book.ts"
import type { Journal } from "../journal.ts"
import type { Instruments } from "../../service/instruments.ts"

/** Amounts as metrics have them: exact enough to be looked at. */
const amount = (units: bigint): number => Number(units)

/** Shows in the metrics how the provider stands. */
export async function setGauges(
  { metrics }: Pick<Instruments, "metrics">,
  view: View,
  journal: Pick<Journal, "waiting">,
  transactions: TransactionGauges,
  book: ChallengeBook,
): Promise<void> {
  const now = timeOf(view)
  const { active, locked } = view.state
  metrics.bond.set({ role: "provider", state: "free" }, amount(active - locked))
  metrics.bond.set({ role: "provider", state: "locked" }, amount(locked))
  await setWaiting(metrics, journal, now)
  transactions.set(now)
  metrics.gasPrice.set(amount(view.baseFee))
  metrics.balance.set({ account: "sending", asset: "coin" }, amount(view.state.balance))
  await setChallenges(metrics, view, book)
}

async function setWaiting(
  metrics: Instruments["metrics"],
  journal: Pick<Journal, "waiting">,
  now: number,
): Promise<void> {
  const groups = await journal.waiting()
  metrics.unanchored.set(groups.reduce((sum, { count }) => sum + count, 0))
  const oldest = Math.min(...groups.map(({ issuedAt }) => Number(issuedAt)), now)
  metrics.oldestUnanchored.set(now - oldest)
  const due = Math.min(...groups.map(({ anchorBy }) => Number(anchorBy)))
  metrics.anchorDue.set(Number.isFinite(due) ? due - now : 0)
}

async function setChallenges(
  metrics: Instruments["metrics"],
  view: View,
  book: ChallengeBook,
): Promise<void> {
  const counts = await book.counts()
  for (const state of ["open", "sent", "answered", "closed", "lost"] as const)
    metrics.disputes.set({ role: "provider", state }, counts.get(state) ?? 0)
  metrics.ownTargeted.set((counts.get("open") ?? 0) + (counts.get("sent") ?? 0))
  const [open, sent] = await Promise.all([book.list("open", 1), book.list("sent", 1)])
  const due = Math.min(...[...open, ...sent].map((challenge) => challenge.due))
  // Without any there is no metric, rather than one that says that time is over.
  if (Number.isFinite(due)) metrics.nextDeadline.set(due - Number(view.state.clock))
  else metrics.nextDeadline.remove()
}
