import { type Measure, compareProviders } from "../../../src/facts/state/compare.ts"
import { count, day, percent, short } from "../components/format.ts"
import { Id } from "../components/id.tsx"
import { Amount, Problem } from "../components/parts.tsx"
import { changeQuery, useAddress } from "../router.tsx"
import { useAnswer } from "../site/use-answer.ts"

/** Two to four providers side by side, over all models or with one. */
export default function ComparePage() {
  const { query } = useAddress()
  const ids = (query.get("ids") ?? "").split(",")
  const model = query.get("model") ?? ""
  const { data: models } = useAnswer("models to compare with", (facts) => facts.models({ limit: 200 }))
  const { data, problem } = useAnswer(`compare ${ids} ${model}`, async (facts) => {
    const comparison = await compareProviders(facts, ids, model || undefined)
    return { asOf: comparison.asOf, data: comparison }
  })
  return (
    <>
      <div className="head">
        <h1>Compare providers</h1>
        <p className="lead">
          What happened to each of them, line by line. The address of this page says whom it compares.
        </p>
      </div>
      <div className="filters" role="group" aria-label="Filters">
        <label className="field">
          With model
          <select value={model} onChange={({ target }) => changeQuery({ model: target.value })}>
            <option value="">all of them</option>
            {models?.items.map(({ id }) => (
              <option key={id} value={id}>
                {short(id)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Problem problem={problem} />
      {data && (
        <section className="card flush">
          <div className="scroll" tabIndex={0} role="region" aria-label="Comparison">
            <table className="compare">
              <thead>
                <tr>
                  <td />
                  {data.providers.map(({ id }) => (
                    <th scope="col" key={id}>
                      <Id of="provider" value={id} />
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {data.measures.map((measure) => (
                  <MeasureRow key={measure.key} measure={measure} />
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
    </>
  )
}

const MeasureRow = ({ measure: { label, unit, values, best } }: { readonly measure: Measure }) => (
  <tr>
    <th scope="row">{label}</th>
    {values.map((value, at) => (
      // A provider has its place in the table.
      <td key={at} className={best.includes(at) ? "best" : undefined}>
        {value === null ? <span className="unknown-text">–</span> : <Value value={value} unit={unit} />}
        {best.includes(at) && <span className="visually-hidden"> (best)</span>}
      </td>
    ))}
  </tr>
)

function Value({
  value,
  unit,
}: {
  readonly value: number | bigint | string
  readonly unit: Measure["unit"]
}) {
  if (unit === "tokens") return <Amount value={BigInt(value)} />
  if (unit === "ratio") return percent(Number(value))
  if (unit === "time") return day(Number(value))
  return typeof value === "string" ? value : count(value)
}
