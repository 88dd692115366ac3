import type { ChainEvent, FactStore } from "../store.ts"
import { AGENTS } from "./agents.ts"
import { AUDITS } from "./audits.ts"
import { CALLBACKS } from "./callbacks.ts"
import { REGISTRY } from "./clock.ts"
import { Context, type Handlers } from "./context.ts"
import { CONVICTIONS } from "./convictions.ts"
import { JUDGE } from "./judge.ts"
import { MODELS } from "./models.ts"
import { OMISSION } from "./omission.ts"
import { PAYOUTS } from "./payouts.ts"
import { PROVIDERS } from "./providers.ts"
import { RECEIPTS } from "./receipts.ts"
import { REPUTATION } from "./reputation.ts"
import { RULES } from "./rules.ts"
import { STAKE } from "./stake.ts"

/** By contract, then by the event's name. */
const HANDLERS: Readonly<Record<string, Handlers>> = {
  onus: { ...RULES, ...STAKE, ...RECEIPTS, ...CONVICTIONS, ...PAYOUTS },
  providers: PROVIDERS,
  models: MODELS,
  reputation: REPUTATION,
  judge: JUDGE,
  omission: OMISSION,
  audits: AUDITS,
  callbacks: CALLBACKS,
  agents: AGENTS,
}

/** Puts the first row into an empty store. */
export async function begin(
  store: FactStore,
  { answerBlocks }: { readonly answerBlocks: number },
): Promise<void> {
  await store.add("registry", {
    id: REGISTRY,
    minStake: 0n,
    minWindowBlocks: 0,
    escrow: 0,
    answerBlocks,
    pausedFrom: 0,
    pausedUntil: 0,
    stoppedAt: 0,
    stoppedFor: 0,
    stoppedBefore: 0,
  })
}

/** Changes the rows that an event says something about. Events come in the order of the chain, each once. */
export async function project(store: FactStore, event: ChainEvent): Promise<void> {
  const context = new Context(store, event)
  const provider = await HANDLERS[event.contract]?.[event.name]?.(context)
  if (provider === undefined || !(await context.get("provider", provider))) return
  const { args, moment, place: id } = context
  await context.change("provider", provider, { lastSeen: moment })
  await context.add("event", { id, provider, name: event.name, data: args.toJson(), moment })
}
