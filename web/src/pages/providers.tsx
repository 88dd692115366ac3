import { useState } from "react"
import type { ProviderFacts, ProviderOrder, ProviderWish } from "../../../src/facts/source.ts"
import { ForeignText } from "../components/foreign-text.tsx"
import { count, day } from "../components/format.ts"
import { Id } from "../components/id.tsx"
import { Amount, Pill, Problem, Share } from "../components/parts.tsx"
import { ScoreCell } from "../components/score-cell.tsx"
import { type Column, Table } from "../components/table.tsx"
import { Link, changeQuery, useAddress } from "../router.tsx"
import { useSource } from "../site/context.tsx"
import { useAnswer } from "../site/use-answer.ts"
import { STATUS } from "../words/provider.ts"
import { Filters, wishIn } from "./providers/filters.tsx"
import { More, PAGE } from "./more.tsx"

/** So many are compared side by side. */
const MOST_COMPARED = 4

/** All providers: who has something to lose, and whose answers others have computed again. */
export function ProvidersPage() {
  const { query } = useAddress()
  const { chain } = useSource()
  const [shown, setShown] = useState(PAGE)
  const [chosen, setChosen] = useState<readonly string[]>([])
  const wish: ProviderWish = { ...wishIn(query, chain?.decimals), limit: shown }
  // A list without the filter would be taken for one with it.
  const isAskable = chain !== undefined || !query.has("stake")
  const { data, problem } = useAnswer(
    `providers ${query} ${isAskable}`,
    (facts) => (isAskable ? facts.providers(wish) : new Promise<never>(() => undefined)),
    shown,
  )
  const order = wish.order ?? "accountability"
  const isDescending = wish.isDescending ?? true
  const change = (by: string) =>
    changeQuery({ order: by, up: by === order && isDescending ? "1" : undefined })
  const choose = (id: string, isChosen: boolean) =>
    setChosen((before) => (isChosen ? [...before, id] : before.filter((other) => other !== id)))
  return (
    <>
      <div className="head">
        <h1>Providers</h1>
        <p className="lead">
          Who signs answers and has money to lose over them. First come those with much at stake whose answers
          others have computed again.
        </p>
      </div>
      <Filters query={query} />
      <Problem problem={problem} />
      <Table
        title={data ? `${count(data.total)} ${data.total === 1 ? "provider" : "providers"}` : "Providers"}
        rows={data?.items}
        columns={columnsWith(chosen, choose)}
        keyOf={({ id }) => id}
        empty="No provider is like this."
        ordering={{ by: order, isDescending, change }}
        tools={<Compare chosen={chosen} model={wish.model} />}
        note={<More total={data?.total} shown={data?.items.length} more={() => setShown(shown + PAGE)} />}
      />
    </>
  )
}

function Compare({
  chosen,
  model,
}: {
  readonly chosen: readonly string[]
  readonly model: string | undefined
}) {
  if (chosen.length < 2) return <span className="faint small">Choose two to four to compare them</span>
  const query = new URLSearchParams({ ids: chosen.join(","), ...(model ? { model } : {}) })
  return (
    <Link className="button strong" href={`/compare?${query}`}>
      Compare {chosen.length}
    </Link>
  )
}

type Choose = (id: string, isChosen: boolean) => void

const columnsWith = (chosen: readonly string[], choose: Choose): readonly Column<ProviderFacts>[] => [
  {
    head: "Provider",
    cell: ({ id, uri }) => (
      <span>
        <input
          type="checkbox"
          aria-label={`Compare ${id}`}
          checked={chosen.includes(id)}
          disabled={!chosen.includes(id) && chosen.length >= MOST_COMPARED}
          onChange={({ target }) => choose(id, target.checked)}
        />{" "}
        <Id of="provider" value={id} />
        <span className="sub">
          <ForeignText text={uri} />
        </span>
      </span>
    ),
  },
  { head: "Status", cell: ({ status }) => <Pill tone={STATUS[status].tone}>{status}</Pill> },
  {
    head: "Stake",
    isNumber: true,
    order: "stake" satisfies ProviderOrder,
    cell: ({ active, locked }) => (
      <span>
        <Amount value={active} />
        <span className="sub">
          <Amount value={locked} hasSymbol={false} /> locked
        </span>
      </span>
    ),
  },
  {
    head: "Re-executed",
    isNumber: true,
    order: "accountability",
    cell: ({ reExecutedShare, reExecuted, anchored }) => (
      <span>
        <Share value={reExecutedShare} />
        <span className="sub">
          {count(reExecuted)} of {count(anchored)}
        </span>
      </span>
    ),
  },
  { head: "Receipts", isNumber: true, order: "anchored", cell: ({ anchored }) => count(anchored) },
  {
    head: "Convicted",
    isNumber: true,
    order: "faults",
    cell: ({ faults, lastFaultAt }) => (
      <span>
        {count(faults)}
        {lastFaultAt > 0 && <span className="sub">last {day(lastFaultAt)}</span>}
      </span>
    ),
  },
  { head: "Disputes open", isNumber: true, cell: ({ disputesOpen }) => count(disputesOpen) },
  {
    head: "Score",
    isNumber: true,
    order: "score",
    cell: (provider) => <ScoreCell of={provider} />,
  },
]
