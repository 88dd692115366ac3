import type { Context, Handlers } from "./context.ts"
import { dealt } from "./counterparties.ts"
import { ranAgain, receiptOf } from "./receipt.ts"

const fundOf = ({ args }: Context): string => String(args.amount("fund"))

/** Audits that were paid for, and what auditors said. */
export const AUDITS: Handlers = {
  async AuditsFunded(context) {
    const { args, moment } = context
    const lock = args.hex("lockId")
    const provider = (await context.get("bond", lock))?.provider ?? null
    await context.add("fund", {
      id: fundOf(context),
      lock,
      provider,
      funder: args.hex("funder"),
      audits: args.number("audits"),
      fee: args.amount("fee"),
      drawBlock: args.number("drawBlock"),
      isDrawn: false,
      vouched: 0,
      refuted: 0,
      paid: 0,
      refunded: 0n,
      since: moment,
    })
    return provider ?? undefined
  },

  async AuditsDrawn(context) {
    await context.change("fund", fundOf(context), { isDrawn: true })
    return undefined
  },

  async Vouched(context) {
    const fund = await context.must("fund", fundOf(context))
    await context.change("fund", fund.id, { vouched: fund.vouched + 1 })
    const bond = await context.must("bond", fund.lock)
    const { provider, model } = bond
    const receipt = await receiptOf(context, context.args.hex("receiptId"), {
      provider,
      model,
      batch: bond.id,
    })
    await context.change("receipt", receipt.id, { vouches: receipt.vouches + 1 })
    const auditor = context.args.hex("auditor")
    const isFirst = await dealt(context, provider, "auditor", auditor, fund.fee)
    if (isFirst && !(await context.get("counterparty", `${provider}/challenger/${auditor}`)))
      await context.increase("provider", provider, { reExecutors: 1 })
    await ranAgain(context, receipt)
    return provider
  },

  async Refuted(context) {
    const fund = await context.must("fund", fundOf(context))
    await context.change("fund", fund.id, { refuted: fund.refuted + 1 })
    return fund.provider ?? undefined
  },

  async AuditSettled(context) {
    const fund = await context.must("fund", fundOf(context))
    await context.change("fund", fund.id, { paid: fund.paid + 1 })
    return undefined
  },

  async AuditsRefunded(context) {
    await context.change("fund", fundOf(context), { refunded: context.args.amount("amount") })
    return undefined
  },
}
