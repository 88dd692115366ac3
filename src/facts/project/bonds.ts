import type { BondRow } from "../entities.ts"
import { registryOf } from "./clock.ts"
import type { Context } from "./context.ts"
import { dismiss } from "./disputes.ts"

/** Keeps a bond, and the dispute that it is for, open at least until then. */
export async function prolong(
  context: Context,
  { id, receipt, ...bond }: BondRow,
  until: number,
  untilBlock: number,
): Promise<void> {
  const longer = { until: Math.max(bond.until, until), untilBlock: Math.max(bond.untilBlock, untilBlock) }
  await context.change("bond", id, longer)
  const dispute = receipt === null ? undefined : await context.get("dispute", receipt)
  if (!dispute) return
  await context.change("dispute", dispute.id, {
    until: Math.max(dispute.until, longer.until),
    untilBlock: Math.max(dispute.untilBlock, longer.untilBlock),
  })
}

/** Gives a bond back: what it was for was right, as far as anybody has shown. */
export async function release(context: Context, lock: string, bond: bigint): Promise<void> {
  const { provider, model, receipts, receipt, home } = await context.must("bond", lock)
  const { locked, released } = await context.must("provider", provider)
  await context.change("bond", lock, { amount: 0n, receipts: 0, state: "released" })
  await context.change("provider", provider, { locked: locked - bond, released: released + receipts })
  await context.increase("service", `${provider}/${model}`, { released: receipts })
  if (home !== null && receipt !== null && (await isOver(context, receipt))) await dismiss(context, receipt)
}

/** Whether nobody can be convicted in a dispute any more: a receipt may be anchored in another place, which is open longer. */
async function isOver(context: Context, receipt: string): Promise<boolean> {
  const dispute = await context.get("dispute", receipt)
  const { clock } = await registryOf(context)
  return !dispute || (clock > dispute.until && context.event.block >= dispute.untilBlock)
}
