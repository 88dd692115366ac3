import { ZeroAddress } from "ethers"
import type { BondRow, ConvictionRow, ProviderRow } from "../entities.ts"
import { registryOf } from "./clock.ts"
import type { Context, Handlers } from "./context.ts"
import { keepDay } from "./day.ts"
import { FAULTS, ordinalAt } from "./fault.ts"
import { hinted } from "./hints.ts"
import { convictDispute } from "./lost.ts"
import { providerOf } from "./provider.ts"
import { receiptOf } from "./receipt.ts"

/** As much as the registry counts. */
const MOST_SLASHED = 2n ** 104n - 1n

/** Proven faults and what becomes of the money. */
export const CONVICTIONS: Handlers = {
  async Convicted(context) {
    const row = await convictionOf(context)
    const provider = await providerOf(context, row.provider)
    const bond = row.lock === null ? undefined : await context.must("bond", row.lock)
    if (bond) await leave(context, bond, row.receipt)
    await takeStake(context, provider, row)
    await recordOffence(context, row)
    await context.add("conviction", row)
    await convictReceipt(context, row, bond)
    await credit(context, row, bond)
    await keepDay(context, row.provider)
    return row.provider
  },
}

/** What a lock stands for after a conviction: it may be a further one of a receipt whose bond is gone. */
async function leave(
  context: Context,
  { id, amount, state, receipts }: BondRow,
  receipt: string,
): Promise<void> {
  const isGone = (await context.get("conviction", receipt)) !== undefined
  await context.change("bond", id, {
    receipts: Math.max(receipts - (isGone ? 0 : 1), 0),
    state: amount === 0n && state === "locked" ? "taken" : state,
  })
}

async function convictionOf(context: Context): Promise<ConvictionRow> {
  const { args, moment } = context
  const lock = (await hinted(context, "bond", 1)) ?? null
  const provider = args.hex("provider")
  const [damaged, computed] = ((await hinted(context, "model", lock === null ? 1 : 2)) ?? "/").split("/")
  const known = damaged === provider ? computed : null
  const receipt = await receiptOf(context, args.hex("receiptId"), {
    provider,
    model: known,
    batch: lock === null ? null : ((await context.must("bond", lock)).home ?? lock),
  })
  const model = known ?? receipt.model
  if (model !== receipt.model) await correctModel(context, receipt.id, model)
  return {
    id: args.hex("payoutId"),
    receipt: receipt.id,
    provider,
    model,
    challenger: args.hex("challenger"),
    fault: FAULTS[args.number("fault")],
    offence: args.hex("offenceId"),
    lock,
    bond: args.amount("bond"),
    punitive: args.amount("punitive"),
    isReturned: false,
    since: moment,
  }
}

/** Before its conviction, a receipt was taken to be of its batch's model, which is what the provider says. */
async function correctModel(context: Context, receipt: string, model: string | null): Promise<void> {
  await context.change("receipt", receipt, { model })
  if (await context.get("dispute", receipt)) await context.change("dispute", receipt, { model })
}

/** Takes the bond, and the rest out of what is not reserved, active stake first. */
async function takeStake(
  context: Context,
  provider: ProviderRow,
  { bond, punitive }: ConvictionRow,
): Promise<void> {
  const { id, active, locked, thawing, thawsAt, slashed } = provider
  const free = active - locked
  const fromActive = punitive < free ? punitive : free
  const left = thawing - (punitive - fromActive)
  const taken = slashed + bond + punitive
  await context.change("provider", id, {
    active: active - bond - fromActive,
    locked: locked - bond,
    thawing: left,
    thawsAt: left === 0n ? 0 : thawsAt,
    slashed: taken < MOST_SLASHED ? taken : MOST_SLASHED,
  })
}

/** A request is an offence once, however many bonds are taken for it. */
async function recordOffence(
  context: Context,
  { offence: id, provider, fault }: ConvictionRow,
): Promise<void> {
  if (await context.get("offence", id)) return
  const { time } = context.event
  const { faults, lastFaultAt, previousFaultAt, isExcluded } = await context.must("provider", provider)
  const ordinal = ordinalAt({ lastFaultAt, previousFaultAt }, time)
  await context.add("offence", { id, provider, fault, ordinal, since: context.moment })
  await context.change("provider", provider, {
    faults: faults + 1,
    lastFaultAt: time,
    previousFaultAt: lastFaultAt,
    isExcluded: isExcluded || fault === "equivocation" || ordinal === 3,
  })
}

async function convictReceipt(
  context: Context,
  { receipt: id, provider, model, fault, challenger }: ConvictionRow,
  bond: BondRow | undefined,
): Promise<void> {
  const { isConvicted } = await context.must("receipt", id)
  await convictDispute(context, id, fault, challenger)
  if (isConvicted) return
  await context.change("receipt", id, { isConvicted: true })
  await context.increase("provider", provider, { convicted: 1 })
  if (bond) await context.increase("batch", bond.home ?? bond.id, { convicted: 1 })
  if (model === null) return
  const service = `${provider}/${model}`
  if (await context.get("service", service)) await context.increase("service", service, { convicted: 1 })
  if (await context.get("model", model)) await context.increase("model", model, { convicted: 1 })
}

/** Divides what was taken into what each can claim. */
async function credit(context: Context, row: ConvictionRow, bond: BondRow | undefined): Promise<void> {
  const { args } = context
  const { registry, clock } = await registryOf(context)
  const maturesAt = clock + 60 * (bond?.escrow ?? registry.escrow)
  const [restitution, reward] = [args.amount("restitution"), args.amount("reward")]
  const { consumer } = await context.must("receipt", row.receipt)
  const shares = [
    ["restitution", restitution, consumer],
    ["reward", reward, row.challenger],
    ["burned", row.bond + row.punitive - restitution - reward, null],
  ] as const
  for (const [part, amount, to] of shares) {
    if (amount === 0n) continue
    await context.add("credit", {
      id: `${row.id}/${part}`,
      conviction: row.id,
      part,
      to: to === ZeroAddress ? null : to,
      amount,
      state: "escrow",
      maturesAt,
      paidAt: null,
    })
  }
}
