import type { View } from "../view.ts"
import type { Dispute, Disputes } from "../watch/disputes.ts"
import type { Standing, Standings } from "./forecast.ts"

/** Disputes that are looked at in one go. */
const MOST = 1_000
/** Blocks for which a dispute that is over is told of. */
const LATELY = 50_000

/** How the disputes of everybody about wrong executions stand. The others need no run, and leave nothing to be forecast. */
export function standingsOf(disputes: Pick<Disputes, "open" | "ended">): Standings {
  return {
    async list({ head }: View) {
      const from = Math.max(0, head.latest.number - LATELY)
      const [open, ended] = await Promise.all([disputes.open(MOST), disputes.ended(from, MOST)])
      return [...open, ...ended].flatMap((dispute) => standingOf(dispute) ?? [])
    },
  }
}

function standingOf({ receiptId, asked, convictions, isOpen }: Dispute): Standing | undefined {
  // What was given back was decided by people, for reasons of their own.
  const wrong = convictions.filter(({ accusation, isReturned }) => accusation === "execution" && !isReturned)
  const demands = asked.filter(({ questionId }) => questionId !== "")
  if (wrong.length === 0 && (demands.length === 0 || convictions.length > 0)) return undefined
  // Who is silent loses, and who has answered everything wins.
  const isSilent = demands.some(({ isAnswered }) => !isAnswered)
  const leader = wrong.length > 0 || (isOpen && isSilent) ? "challenger" : "provider"
  return { receiptId, leader, isOver: !isOpen }
}
