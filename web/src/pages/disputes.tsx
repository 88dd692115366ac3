import { useState } from "react"
import type { DisputeRow } from "../../../src/facts/entities.ts"
import { count } from "../components/format.ts"
import { Ether, Problem, Tile } from "../components/parts.tsx"
import { changeQuery, useAddress } from "../router.tsx"
import { useAnswer } from "../site/use-answer.ts"
import { DisputeTable } from "./disputes/dispute-table.tsx"
import { More, PAGE } from "./more.tsx"

const STATES: readonly DisputeRow["state"][] = ["open", "convicted", "dismissed"]

/** All disputes: what is open, and how those that are over have ended. */
export default function DisputesPage() {
  const { query } = useAddress()
  const [shown, setShown] = useState(PAGE)
  const state = STATES.find((one) => one === query.get("state"))
  const wish = { ...(state ? { state } : {}), limit: shown }
  const { data, problem } = useAnswer(`disputes ${state}`, (facts) => facts.disputes(wish), shown)
  const { data: open } = useAnswer("open disputes", (facts) => facts.disputes({ state: "open", limit: 1000 }))
  const { data: lost } = useAnswer("lost disputes", (facts) =>
    facts.disputes({ state: "convicted", limit: 1 }),
  )
  const { data: won } = useAnswer("won disputes", (facts) => facts.disputes({ state: "dismissed", limit: 1 }))
  return (
    <>
      <div className="head">
        <h1>Disputes</h1>
        <p className="lead">Every answer that somebody doubted with money, and what came of it.</p>
      </div>
      <dl className="tiles">
        <Tile label="Open" figure={open && count(open.total)} />
        <Tile
          label="Bonds that wait for an answer"
          figure={open && <Ether wei={open.items.reduce((sum, { bonds }) => sum + bonds, 0n)} />}
        />
        <Tile label="Ended with a conviction" figure={lost && count(lost.total)} />
        <Tile label="Ended without a conviction" figure={won && count(won.total)} />
      </dl>
      <div className="filters" role="group" aria-label="Filters">
        <label className="field">
          State
          <select value={state ?? ""} onChange={({ target }) => changeQuery({ state: target.value })}>
            <option value="">any</option>
            {STATES.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
      </div>
      <Problem problem={problem} />
      <DisputeTable
        title={data ? `${count(data.total)} ${data.total === 1 ? "dispute" : "disputes"}` : "Disputes"}
        page={data}
        empty="There is no such dispute."
        note={<More total={data?.total} shown={data?.items.length} more={() => setShown(shown + PAGE)} />}
      />
    </>
  )
}
