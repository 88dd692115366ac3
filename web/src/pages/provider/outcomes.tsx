import type { CSSProperties } from "react"
import type { ProviderFacts } from "../../../../src/facts/source.ts"
import { count } from "../../components/format.ts"

/** What became of its receipts, as parts of all. */
export function Outcomes({
  provider: { anchored, released, convicted },
}: {
  readonly provider: ProviderFacts
}) {
  if (anchored === 0) return null
  const parts = [
    ["final", released, "--good"],
    ["not final yet", Math.max(0, anchored - released - convicted), "--unknown"],
    ["convicted", convicted, "--bad"],
  ] as const
  return (
    <section className="card">
      <h2>What became of its receipts</h2>
      <div className="stackbar" aria-hidden="true">
        {parts.map(([name, value, color]) => (
          <i key={name} style={{ width: `${(100 * value) / anchored}%`, background: `var(${color})` }} />
        ))}
      </div>
      <p className="legend">
        {parts.map(([name, value, color]) => (
          <span key={name} style={{ "--swatch": `var(${color})` } as CSSProperties}>
            {count(value)} {name}
          </span>
        ))}
      </p>
    </section>
  )
}
