import type { ProviderFacts } from "../../../../src/facts/source.ts"
import { percent } from "../../components/format.ts"
import { FactList } from "../../components/parts.tsx"
import { useSource } from "../../site/context.tsx"

/** Masses are counted in units of 1e-8 of the minimum stake for a day. */
const UNIT = 1e8

const mass = (units: bigint): string => `${(Number(units) / UNIT).toFixed(2)} minimum stakes for a day`

/** The score, how far off it may be, and what it is made of; or that there is none. */
export function ScoreCard({ provider }: { readonly provider: ProviderFacts }) {
  const { asOf } = useSource()
  const { isScored, score, uncertainty, lossRatio, seasoned, exposure, lost, allowance } = provider
  return (
    <section className="card">
      <h2>Score</h2>
      {isScored ? (
        <p className="row">
          <span className="score">{(100 * score).toFixed(1)}</span>
          <span className="soft">
            of 100, ± {(100 * uncertainty).toFixed(1)}
            <br />
            <span className="small">never the first thing to look at: see what was re-executed</span>
          </span>
        </p>
      ) : (
        <p className="row">
          <span className="score unknown-text">–</span>
          <span className="soft">
            <b>Not scored.</b> No bond of it was settled yet, so a score would say nothing.
          </span>
        </p>
      )}
      {isScored && <ScoreLine score={score} uncertainty={uncertainty} />}
      <FactList
        rows={[
          ["Lost of what was at risk", isScored ? percent(lossRatio) : undefined],
          ["Seasoned", mass(seasoned)],
          ["Exposed", mass(exposure)],
          ["Lost", mass(lost)],
          ["Burned fees left to use", mass(allowance)],
        ]}
      />
      <p className="soft small">
        Bonds that survived their window in the open, times days, bounded by burned fees; halves every 30
        days; methodology {asOf?.methodology ?? "unknown"}. Recompute it:{" "}
        <code>onus reputation {provider.id}</code>
      </p>
    </section>
  )
}

/** The score on a line from 0 to 100, with the range in which it may be. */
function ScoreLine({ score, uncertainty }: { readonly score: number; readonly uncertainty: number }) {
  const [low, high] = [Math.max(0, score - uncertainty), Math.min(1, score + uncertainty)]
  return (
    <div className="scoreline" aria-hidden="true">
      <i className="range" style={{ left: `${100 * low}%`, width: `${100 * (high - low)}%` }} />
      <i className="point" style={{ left: `${100 * score}%` }} />
    </div>
  )
}
