import { concat, keccak256 } from "ethers"
import type { BatchRow, BondRow, CreditRow, Entities, EntityName } from "../entities.ts"
import { positionOf } from "../order.ts"
import { REGISTRY } from "../project/clock.ts"
import type { FactReader, FactView } from "../reader.ts"
import type {
  DisputeFacts,
  Facts,
  ModelFacts,
  Page,
  PageWish,
  ProviderFacts,
  ReceiptFacts,
} from "../source.ts"
import { providerFacts, serviceFacts } from "./derive.ts"
import { historyOf } from "./history.ts"
import { PROVIDER_STATUSES, rank } from "./rank.ts"
import {
  cursorOf,
  limitOf,
  positionAfter,
  requireAddress,
  requireDays,
  requireHash,
  requireOneOf,
} from "./wishes.ts"

/** Days of a history unless others are asked for. */
const DAYS = 90
/** Rows of one thing that are told at once where there are no pages. */
const MOST = 1000

/** Answers by what a reader has. */
export function factsOf(reader: FactReader): Facts {
  return {
    async status() {
      return (await reader.read(() => Promise.resolve())).asOf
    },
    async providers(wish = {}) {
      if (wish.model !== undefined) requireHash(wish.model)
      if (wish.status !== undefined) requireOneOf(wish.status, PROVIDER_STATUSES)
      return reader.read(async (view) => rank(await candidates(view, wish.model?.toLowerCase()), wish))
    },
    async provider(id) {
      const address = requireAddress(id)
      return reader.read((view) => providerBy(view, address))
    },
    async keys(provider) {
      const where = { provider: requireAddress(provider) }
      return reader.read((view) => view.list("key", { where, limit: MOST }))
    },
    async services(provider) {
      const where = { provider: requireAddress(provider) }
      return reader.read(async (view) => {
        const overall = (await providerBy(view, where.provider))?.score ?? 0
        const rows = await view.list("service", { where, limit: MOST })
        return rows.map((row) => serviceFacts(row, overall, view.asOf))
      })
    },
    async history(provider, days = DAYS) {
      const where = { provider: requireAddress(provider) }
      requireDays(days)
      return reader.read(async (view) => {
        const row = await view.get("provider", where.provider)
        if (!row) return []
        const points = await view.list("reputationPoint", { where, limit: days + 1 })
        return historyOf(row, points, days, view.asOf.time)
      })
    },
    async counterparties(provider) {
      const where = { provider: requireAddress(provider) }
      return reader.read((view) => view.list("counterparty", { where, limit: MOST }))
    },
    async events(provider, wish = {}) {
      const where = { provider: requireAddress(provider) }
      return reader.read((view) => pageOf(view, "event", where, wish))
    },
    async batches({ provider, model, ...wish } = {}) {
      const where = { ...by("provider", provider), ...byHash("model", model) }
      return reader.read((view) => pageOf(view, "batch", where, wish))
    },
    async models(wish = {}) {
      return reader.read((view) => pageOf(view, "model", { isRegistered: true }, wish))
    },
    async model(id) {
      const hash = requireHash(id)
      return reader.read((view) => modelBy(view, hash))
    },
    async receipt(id) {
      const hash = requireHash(id)
      return reader.read((view) => receiptBy(view, hash))
    },
    async disputes({ provider, model, challenger, state, ...wish } = {}) {
      if (state !== undefined) requireOneOf(state, ["open", "convicted", "dismissed"])
      const where = {
        ...by("provider", provider),
        ...byHash("model", model),
        ...by("challenger", challenger),
        ...(state === undefined ? {} : { state }),
      }
      return reader.read((view) => pageOf(view, "dispute", where, wish))
    },
    async dispute(id) {
      const hash = requireHash(id)
      return reader.read((view) => disputeBy(view, hash))
    },
    async refusals({ provider, ...wish } = {}) {
      const where = by("provider", provider)
      return reader.read((view) => pageOf(view, "refusal", where, wish))
    },
    async credits({ to, state, ...wish } = {}) {
      if (state !== undefined) requireOneOf(state, ["escrow", "paid", "returned"])
      const where = { ...by("to", to), ...(state === undefined ? {} : { state }) }
      return reader.read((view) => pageOf(view, "credit", where, wish))
    },
  }
}

const by = <C extends string>(column: C, address: string | undefined) =>
  (address === undefined ? {} : { [column]: requireAddress(address) }) as Partial<Record<C, string>>

const byHash = <C extends string>(column: C, hash: string | undefined) =>
  (hash === undefined ? {} : { [column]: requireHash(hash) }) as Partial<Record<C, string>>

async function pageOf<N extends EntityName>(
  view: FactView,
  name: N,
  where: Partial<Entities[N]>,
  wish: PageWish,
): Promise<Page<Entities[N]>> {
  const [limit, after] = [limitOf(wish), positionAfter(wish)]
  const rows = await view.list(name, { where, limit: limit + 1, ...(after ? { after } : {}) })
  const [items, total] = [rows.slice(0, limit), await view.count(name, where)]
  const isLast = rows.length <= limit
  return { items, total, ...(isLast ? {} : { cursor: cursorOf(positionOf(name, items[limit - 1])) }) }
}

const registryIn = async (view: FactView) => (await view.get("registry", REGISTRY))!

async function candidates(view: FactView, model?: string): Promise<readonly ProviderFacts[]> {
  const registry = await registryIn(view)
  const served =
    model === undefined
      ? undefined
      : new Set((await view.list("service", { where: { model } })).map(({ provider }) => provider))
  return (await view.list("provider"))
    .filter(({ id }) => served?.has(id) ?? true)
    .map((row) => providerFacts(row, registry, view.asOf))
}

async function providerBy(view: FactView, id: string): Promise<ProviderFacts | null> {
  const row = await view.get("provider", id)
  return row ? providerFacts(row, await registryIn(view), view.asOf) : null
}

async function modelBy(view: FactView, id: string): Promise<ModelFacts | null> {
  const row = await view.get("model", id)
  if (!row) return null
  const rows = await view.list("service", { where: { model: id }, limit: MOST })
  const services = await Promise.all(
    rows.map(async (service) =>
      serviceFacts(service, (await providerBy(view, service.provider))?.score ?? 0, view.asOf),
    ),
  )
  return { ...row, services }
}

async function receiptBy(view: FactView, id: string): Promise<ReceiptFacts | null> {
  const receipt = (await view.get("receipt", id)) ?? null
  const batch = (await view.get("batch", receipt?.batch ?? id)) ?? null
  if (!receipt && !batch) return null
  const convictions = receipt
    ? await view.list("conviction", { where: { receipt: id }, limit: MOST })
    : await view.list("conviction", { where: { lock: id }, limit: MOST })
  return {
    receipt,
    batch,
    bond: await bondOf(view, id, batch),
    dispute: (await view.get("dispute", id)) ?? null,
    convictions,
    credits: await creditsOf(view, convictions),
    refusals: await view.list("refusal", { where: { receipt: id }, limit: MOST }),
  }
}

async function disputeBy(view: FactView, id: string): Promise<DisputeFacts | null> {
  const dispute = await view.get("dispute", id)
  if (!dispute) return null
  const { receipt, bond, convictions, credits } = (await receiptBy(view, id))!
  const reveals = await view.list("reveal", { where: { dispute: id }, limit: MOST })
  return { dispute, reveals: [...reveals].reverse(), receipt, bond, convictions, credits }
}

/** Of a receipt in a dispute the lock of its own; else that of where it was anchored. */
async function bondOf(view: FactView, id: string, batch: BatchRow | null): Promise<BondRow | null> {
  if (!batch) return null
  const apart = keccak256(concat([batch.id, id]))
  return (await view.get("bond", apart)) ?? (await view.get("bond", batch.id)) ?? null
}

async function creditsOf(
  view: FactView,
  convictions: readonly Entities["conviction"][],
): Promise<readonly CreditRow[]> {
  const lists = convictions.map(({ id }) => view.list("credit", { where: { conviction: id } }))
  return (await Promise.all(lists)).flat()
}
