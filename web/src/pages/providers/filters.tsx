import { parseUnits } from "ethers"
import { useEffect, useState } from "react"
import type { ProviderOrder, ProviderWish } from "../../../../src/facts/source.ts"
import { short } from "../../components/format.ts"
import { changeQuery } from "../../router.tsx"
import { useAnswer } from "../../site/use-answer.ts"
import { STATUS } from "../../words/provider.ts"

const ORDERS: readonly ProviderOrder[] = [
  "accountability",
  "stake",
  "score",
  "anchored",
  "faults",
  "registered",
]
const STATUSES = Object.keys(STATUS) as (keyof typeof STATUS)[]
const ORDER_NAMES: Readonly<Record<ProviderOrder, string>> = {
  accountability: "stake × re-executed",
  stake: "stake",
  score: "score",
  anchored: "receipts",
  faults: "convictions",
  registered: "age",
}
/**
 * What the address asks for; what it says in another way is left out.
 *
 * @param decimals Of the stake token; while they are not known, no stake can be asked for.
 */
export function wishIn(query: URLSearchParams, decimals: number | undefined): ProviderWish {
  const [order, status] = [query.get("order"), query.get("status")]
  const [search, model, least] = [query.get("search"), query.get("model"), query.get("stake") ?? ""]
  return {
    ...(ORDERS.includes(order as ProviderOrder) ? { order: order as ProviderOrder } : {}),
    ...(query.get("up") ? { isDescending: false } : {}),
    ...(STATUSES.includes(status as (typeof STATUSES)[number])
      ? { status: status as (typeof STATUSES)[number] }
      : {}),
    ...(search ? { search } : {}),
    ...(model && /^0x[0-9a-f]{64}$/.test(model) ? { model } : {}),
    ...(decimals !== undefined && /^\d{1,12}$/.test(least) ? { minStake: parseUnits(least, decimals) } : {}),
  }
}

/** Milliseconds after which what was typed is asked for. */
const TYPING = 250

/** What narrows the list down; all of it is in the address. */
export function Filters({ query }: { readonly query: URLSearchParams }) {
  const [search, setSearch] = useState(query.get("search") ?? "")
  const said = query.get("search") ?? ""
  // Another page of the same list, or the way back, says something else.
  useEffect(() => setSearch(said), [said])
  const { data: models } = useAnswer("models of filters", (facts) => facts.models({ limit: 200 }))
  useEffect(() => {
    const timer = setTimeout(() => changeQuery({ search }), TYPING)
    return () => clearTimeout(timer)
  }, [search])
  return (
    <div className="filters" role="group" aria-label="Filters">
      <label className="field grow">
        Address or words
        <input type="search" value={search} onChange={({ target }) => setSearch(target.value)} />
      </label>
      <label className="field">
        Order
        <select
          value={query.get("order") ?? ORDERS[0]}
          onChange={({ target }) => changeQuery({ order: target.value, up: undefined })}
        >
          {ORDERS.map((order) => (
            <option key={order} value={order}>
              {ORDER_NAMES[order]}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        Status
        <select
          value={query.get("status") ?? ""}
          onChange={({ target }) => changeQuery({ status: target.value })}
        >
          <option value="">any</option>
          {STATUSES.map((status) => (
            <option key={status}>{status}</option>
          ))}
        </select>
      </label>
      <label className="field">
        Model
        <select
          value={query.get("model") ?? ""}
          onChange={({ target }) => changeQuery({ model: target.value })}
        >
          <option value="">any</option>
          {models?.items.map(({ id }) => (
            <option key={id} value={id}>
              {short(id)}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        Stake at least
        <select
          value={query.get("stake") ?? ""}
          onChange={({ target }) => changeQuery({ stake: target.value })}
        >
          <option value="">any</option>
          {["100", "500", "1000", "10000"].map((stake) => (
            <option key={stake}>{stake}</option>
          ))}
        </select>
      </label>
    </div>
  )
}
