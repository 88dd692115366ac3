import type { ConvictionRow, RevealRow } from "../entities.ts"
import { registryOf } from "./clock.ts"
import type { Context } from "./context.ts"
import { openDispute } from "./disputes.ts"
import { ranAgain, receiptOf } from "./receipt.ts"

/** A receipt was convicted: whatever was asked about it is decided. */
export async function convictDispute(
  context: Context,
  receipt: string,
  fault: ConvictionRow["fault"],
  challenger: string,
): Promise<void> {
  const { state, provider, oldest } = await openDispute(context, receipt, fault, challenger)
  await context.change("dispute", receipt, { state: "convicted", last: context.moment })
  if (fault === "execution") await ranAgain(context, await receiptOf(context, receipt))
  if (provider === null || state === "convicted") return
  const missed = await countMissed(context, oldest)
  await context.increase("provider", provider, { disputesOpen: -1, disputesLost: 1, answersMissed: missed })
}

/** How many questions were not answered in time, which are the oldest ones. */
async function countMissed(context: Context, oldest: string | null): Promise<number> {
  const { clock } = await registryOf(context)
  let [missed, id] = [0, oldest]
  while (id !== null) {
    const question: RevealRow = await context.must("reveal", id)
    if (question.answeredAt === null) {
      if (clock <= question.due || context.event.block < question.dueBlock) break
      // Those whose bond went back before were counted then.
      if (question.paidTo === null) missed++
    }
    id = question.next
  }
  return missed
}
