import type { ProviderRow, ServiceRow } from "../entities.ts"
import type { Context } from "./context.ts"

/** A provider's row; stake and anchors come before a registration, or without one. */
export function providerOf(context: Context, id: string): Promise<ProviderRow> {
  return context.ensure("provider", {
    id,
    uri: "",
    registeredAt: 0,
    active: 0n,
    locked: 0n,
    thawing: 0n,
    thawsAt: 0,
    frozen: 0n,
    frozenUntil: 0,
    frozenUntilBlock: 0,
    slashed: 0n,
    restituted: 0n,
    faults: 0,
    lastFaultAt: 0,
    previousFaultAt: 0,
    isExcluded: false,
    anchored: 0,
    released: 0,
    convicted: 0,
    reExecuted: 0,
    reExecutors: 0,
    disputesOpen: 0,
    disputesWon: 0,
    disputesLost: 0,
    answersGiven: 0,
    answersMissed: 0,
    feesBurned: 0n,
    agentId: null,
    seasoned: 0n,
    exposure: 0n,
    lost: 0n,
    allowance: 0n,
    massesAt: 0,
    lastSeen: context.moment,
  })
}

/** What a provider did with a model; both are made known. */
export async function serviceOf(context: Context, provider: string, model: string): Promise<ServiceRow> {
  await providerOf(context, provider)
  return context.ensure("service", {
    id: `${provider}/${model}`,
    provider,
    model,
    anchored: 0,
    released: 0,
    convicted: 0,
    reExecuted: 0,
    seasoned: 0n,
    exposure: 0n,
    lost: 0n,
    allowance: 0n,
    massesAt: 0,
    firstAt: context.event.time,
    lastAt: context.event.time,
  })
}
