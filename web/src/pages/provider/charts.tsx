import type { ReputationPointRow } from "../../../../src/facts/entities.ts"
import type { ProviderFacts } from "../../../../src/facts/source.ts"
import { count } from "../../components/format.ts"
import { LineChart } from "../../components/line-chart.tsx"
import { useSource } from "../../site/context.tsx"
import { useAnswer } from "../../site/use-answer.ts"

const DAY = 86_400
const DAYS = 365

/** How its score and its stake went, day by day. */
export function Charts({ provider }: { readonly provider: ProviderFacts }) {
  const { chain } = useSource()
  const { data = [] } = useAnswer(`history ${provider.id}`, (facts) => facts.history(provider.id, DAYS))
  const times = data.map(({ day }) => day * DAY)
  const stake = data.map((point) => (chain ? Number(point.stake) / 10 ** chain.decimals : null))
  return (
    <div className="columns">
      <section className="card">
        <h2>Score over time</h2>
        <LineChart
          title="Score over time"
          times={times}
          range={[0, 100]}
          show={(value) => value.toFixed(0)}
          band={[0, 1]}
          lines={[
            {
              name: "at most",
              color: "--line-strong",
              values: data.map(ifScored(({ score, uncertainty }) => Math.min(1, score + uncertainty))),
            },
            {
              name: "at least",
              color: "--line-strong",
              values: data.map(ifScored(({ score, uncertainty }) => Math.max(0, score - uncertainty))),
            },
            { name: "score", color: "--accent", values: data.map(ifScored(({ score }) => score)) },
          ]}
        />
      </section>
      <section className="card">
        <h2>Stake over time</h2>
        <LineChart
          title="Stake over time"
          times={times}
          isStepped
          show={(value) => count(Math.round(value))}
          lines={[{ name: chain?.symbol ?? "stake", color: "--accent", values: stake }]}
        />
      </section>
    </div>
  )
}

/** Per cent, or nothing on days without a score. */
const ifScored =
  (share: (point: ReputationPointRow) => number) =>
  (point: ReputationPointRow): number | null =>
    point.isScored ? 100 * share(point) : null
