import { clockAt, registryOf } from "./clock.ts"
import type { Context, Handlers } from "./context.ts"
import { dealt } from "./counterparties.ts"
import { prolong, release } from "./bonds.ts"
import { hint, hinted } from "./hints.ts"
import { modelOf } from "./models.ts"
import { serviceOf } from "./provider.ts"
import { contentOf, receiptOf } from "./receipt.ts"

/** What is reserved for each unit of coverage. */
const BOND_FACTOR = 2n

interface Anchor {
  readonly id: string
  readonly provider: string
  readonly model: string
  readonly count: number
  readonly coverage: bigint
  readonly window: number
  readonly root: string
  readonly isDirect: boolean
}

/** Collateral: reserved, kept apart, taken, given back. */
export const RECEIPTS: Handlers = {
  async BatchAnchored(context) {
    const { args } = context
    return anchor(context, {
      id: args.hex("batchId"),
      provider: args.hex("provider"),
      model: args.hex("modelId"),
      count: args.number("count"),
      coverage: args.amount("coverage"),
      window: args.number("window"),
      root: args.hex("root"),
      isDirect: false,
    })
  },

  async ReceiptAttested(context) {
    const [id, content] = [context.args.hex("receiptId"), contentOf(context.args.struct("receipt"))]
    const { provider, model, consumer, coverage, window } = content
    await receiptOf(context, id, { ...content, batch: id })
    await anchor(context, { id, provider, model, count: 1, coverage, window, root: id, isDirect: true })
    await dealt(context, provider, "consumer", consumer, coverage)
    return provider
  },

  async BondTaken(context) {
    const [lock, bond] = [context.args.hex("lockId"), context.args.amount("bond")]
    const { amount } = await context.must("bond", lock)
    await context.change("bond", lock, { amount: amount - bond })
    await hint(context, "bond", lock)
    return undefined
  },

  async ReceiptDetained(context) {
    const { args } = context
    const lock = args.hex("lockId")
    const known = await context.get("bond", lock)
    const until = args.number("until")
    if (known) await prolong(context, known, until, known.untilBlock)
    else await detain(context, lock, until)
    await hint(context, "bond", lock)
    return undefined
  },

  async BondReleased(context) {
    await release(context, context.args.hex("lockId"), context.args.amount("bond"))
    return context.args.hex("provider")
  },
}

async function anchor(context: Context, made: Anchor): Promise<string> {
  const { id, provider, model, count, coverage, window, root, isDirect } = made
  const { registry } = await registryOf(context)
  const { block, time } = context.event
  const reserved = BOND_FACTOR * coverage
  const since = context.moment
  const service = await serviceOf(context, provider, model)
  await modelOf(context, model)
  await context.add("batch", {
    id,
    provider,
    model,
    isDirect,
    root,
    count,
    coverage,
    window,
    convicted: 0,
    since,
  })
  await context.add("bond", {
    id,
    provider,
    model,
    amount: reserved,
    reserved,
    receipts: count,
    receipt: isDirect ? id : null,
    home: null,
    until: clockAt(registry, time) + window,
    untilBlock: block + registry.minWindowBlocks,
    escrow: registry.escrow,
    state: "locked",
    since,
  })
  await context.increase("provider", provider, { locked: reserved, anchored: count })
  await context.increase("service", service.id, { anchored: count })
  await context.change("service", service.id, { lastAt: time })
  await context.increase("model", model, { anchored: count })
  return provider
}

/** Keeps a receipt's bond apart from the lock that lost it right before. */
async function detain(context: Context, id: string, until: number): Promise<void> {
  const { args, moment } = context
  const home = await context.must("bond", (await hinted(context, "bond", 1)) ?? "")
  const receipt = args.hex("receiptId")
  const { provider, model, untilBlock, escrow, state, receipts } = home
  await context.change("bond", home.id, {
    receipts: Math.max(receipts - 1, 0),
    state: home.amount === 0n ? "moved" : state,
  })
  const amount = args.amount("bond")
  await context.add("bond", {
    id,
    provider,
    model,
    amount,
    reserved: amount,
    receipts: 1,
    receipt,
    home: home.id,
    until,
    untilBlock,
    escrow,
    state: "locked",
    since: moment,
  })
  await receiptOf(context, receipt, { provider, model, batch: home.id })
}
