import type { Page, ProviderFacts, ProviderOrder, ProviderWish } from "../source.ts"
import { cursorOf, limitOf, positionAfter, requireOneOf } from "./wishes.ts"

const ORDERS: Readonly<Record<ProviderOrder, (provider: ProviderFacts) => number>> = {
  accountability: (provider) => Number(provider.active) * (provider.reExecutedShare ?? 0),
  stake: (provider) => Number(provider.active),
  score: (provider) => (provider.isScored ? provider.score : -1),
  anchored: (provider) => provider.anchored,
  faults: (provider) => provider.faults,
  registered: (provider) => provider.registeredAt,
}

/** The orders that providers can be asked for in. */
export const PROVIDER_ORDERS = Object.keys(ORDERS) as readonly ProviderOrder[]

/** What a provider can be asked to be. */
export const PROVIDER_STATUSES: readonly ProviderFacts["status"][] = [
  "active",
  "idle",
  "leaving",
  "frozen",
  "excluded",
]

/** Some of the providers, in the order that is wished for; those that are equal by stake, then by address. */
export function rank(providers: readonly ProviderFacts[], wish: ProviderWish): Page<ProviderFacts> {
  const figure = ORDERS[requireOneOf(wish.order ?? "accountability", PROVIDER_ORDERS)]
  const sign = wish.isDescending === false ? 1 : -1
  const wanted = providers
    .filter((provider) => isWanted(provider, wish))
    .map((provider) => ({ provider, figure: figure(provider) }))
    .sort(
      (a, b) =>
        sign * (a.figure - b.figure) ||
        Number(b.provider.active - a.provider.active) ||
        (a.provider.id < b.provider.id ? -1 : 1),
    )
    .map(({ provider }) => provider)
  const begin = beginOf(wanted, wish)
  const items = wanted.slice(begin, begin + limitOf(wish))
  const end = begin + items.length
  const more = end < wanted.length ? { cursor: cursorOf({ at: end, id: items[items.length - 1].id }) } : {}
  return { items, total: wanted.length, ...more }
}

function isWanted(provider: ProviderFacts, { status, minStake, minScore, search }: ProviderWish): boolean {
  if (status !== undefined && provider.status !== status) return false
  if (minStake !== undefined && provider.active < minStake) return false
  if (minScore !== undefined && !(provider.isScored && provider.score >= minScore)) return false
  const part = search?.toLowerCase()
  return part === undefined || provider.id.includes(part) || provider.uri.toLowerCase().includes(part)
}

/** Behind the last provider of the page before, wherever it is now; else as far on as it was. */
function beginOf(wanted: readonly ProviderFacts[], wish: ProviderWish): number {
  const after = positionAfter(wish)
  if (!after) return 0
  const place = wanted.findIndex(({ id }) => id === after.id)
  return place < 0 ? after.at : place + 1
}
