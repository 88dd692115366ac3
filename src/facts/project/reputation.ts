import type { Arguments } from "./arguments.ts"
import type { Handlers } from "./context.ts"
import { dealt } from "./counterparties.ts"
import { keepDay } from "./day.ts"
import { hint } from "./hints.ts"
import { providerOf, serviceOf } from "./provider.ts"

const massesOf = (mass: Arguments) => ({
  seasoned: mass.amount("seasoned"),
  exposure: mass.amount("exposure"),
  lost: mass.amount("slashed"),
  allowance: mass.amount("allowance"),
  massesAt: mass.number("updatedAt"),
})

/** Masses and fees. */
export const REPUTATION: Handlers = {
  async ReputationUpdated(context) {
    const { args, event } = context
    const [provider, model] = [args.hex("provider"), args.hex("modelId")]
    const { id } = await serviceOf(context, provider, model)
    await context.change("provider", provider, massesOf(args.struct("providerMass")))
    await context.change("service", id, { ...massesOf(args.struct("modelMass")), lastAt: event.time })
    await hint(context, "model", `${provider}/${model}`)
    await keepDay(context, provider)
    return undefined
  },

  async FeeBurned(context) {
    const { args } = context
    const [{ id }, amount] = [await providerOf(context, args.hex("provider")), args.amount("amount")]
    await context.increase("provider", id, { feesBurned: amount })
    await dealt(context, id, "payer", args.hex("payer"), amount)
    return id
  },
}
