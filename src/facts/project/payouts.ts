import type { CreditRow } from "../entities.ts"
import type { Context, Handlers } from "./context.ts"
import { keepDay } from "./day.ts"

const PARTS = ["restitution", "reward", "burned"] as const

/** Who gets what convictions took. */
export const PAYOUTS: Handlers = {
  async RewardMoved(context) {
    const { args } = context
    const [receipt, offence, to] = [args.hex("receiptId"), args.hex("offenceId"), args.hex("to")]
    const { fault } = await context.must("offence", offence)
    // The record of the receipt's own bond comes first, if somebody else than the new challenger has it.
    const bonded = await context.get("conviction", receipt)
    const id = bonded && bonded.challenger !== to && bonded.fault === fault ? receipt : offence
    const { provider } = await context.must("conviction", id)
    await context.change("conviction", id, { challenger: to })
    if (await context.get("credit", `${id}/reward`)) await context.change("credit", `${id}/reward`, { to })
    return provider
  },

  async PayoutClaimed(context) {
    const { args } = context
    const [conviction, to, amount] = [args.hex("payoutId"), args.hex("to"), args.amount("amount")]
    const { provider } = await context.must("conviction", conviction)
    const credit = await claimed(context, conviction, to, amount)
    await context.change("credit", credit.id, { to, state: "paid", paidAt: context.moment })
    if (credit.part === "restitution") await context.increase("provider", provider, { restituted: amount })
    return provider
  },

  async PayoutBurned(context) {
    const id = context.args.hex("payoutId")
    const { provider } = await context.must("conviction", id)
    await context.change("credit", `${id}/burned`, { state: "paid", paidAt: context.moment })
    return provider
  },

  async PayoutReturned(context) {
    const { args } = context
    const [id, provider] = [args.hex("payoutId"), args.hex("provider")]
    await context.change("conviction", id, { isReturned: true })
    for (const part of PARTS)
      if (await context.get("credit", `${id}/${part}`))
        await context.change("credit", `${id}/${part}`, { state: "returned", paidAt: context.moment })
    await context.increase("provider", provider, { active: args.amount("amount") })
    await keepDay(context, provider)
    return provider
  },
}

/** Which part was paid: the event says to whom and how much, and no two parts that differ in these agree in both. */
async function claimed(context: Context, conviction: string, to: string, amount: bigint): Promise<CreditRow> {
  const parts = [
    await context.get("credit", `${conviction}/restitution`),
    await context.get("credit", `${conviction}/reward`),
  ].filter((credit) => credit?.state === "escrow" && credit.amount === amount) as CreditRow[]
  const [first] = [...parts.filter((credit) => credit.to === to), ...parts]
  if (!first) throw new Error(`Nothing of ${amount} is owed by ${conviction}`)
  return first
}
