import type { Handlers } from "./context.ts"
import { keepDay } from "./day.ts"
import { hint, hinted } from "./hints.ts"
import { providerOf } from "./provider.ts"

/** Stake that comes, thaws, is kept and leaves. */
export const STAKE: Handlers = {
  async StakeDeposited(context) {
    const { id } = await providerOf(context, context.args.hex("provider"))
    await context.increase("provider", id, { active: context.args.amount("amount") })
    await keepDay(context, id)
    return id
  },

  async ThawStarted(context) {
    const { args } = context
    const { id, active, thawing } = await providerOf(context, args.hex("provider"))
    const amount = args.amount("amount")
    await context.change("provider", id, {
      active: active - amount,
      thawing: thawing + amount,
      thawsAt: args.number("maturesAt"),
    })
    await keepDay(context, id)
    return id
  },

  async StakeWithdrawn(context) {
    const { id, thawing, thawsAt } = await context.must("provider", context.args.hex("provider"))
    const left = thawing - context.args.amount("amount")
    await context.change("provider", id, { thawing: left, thawsAt: left === 0n ? 0 : thawsAt })
    return id
  },

  async StakeFrozen(context) {
    const { args } = context
    const { id } = await context.must("provider", args.hex("provider"))
    await context.change("provider", id, { frozen: args.amount("amount"), frozenUntil: args.number("until") })
    // Until which block, the question says that follows: it is about the lock that the event before named.
    const lock = await hinted(context, "bond", 1)
    if (lock !== undefined) await hint(context, "bond", lock)
    return id
  },
}
