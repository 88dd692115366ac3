import type { Score } from "../../../src/facts/source.ts"
import { scoreInWords } from "../../../src/facts/state/score.ts"

/** A score in a table: of 100, and how far off it may be; in words for who asks. */
export function ScoreCell({ of }: { readonly of: Score }) {
  const { isScored, score, uncertainty } = of
  if (!isScored) return <span className="unknown-text">not scored</span>
  return (
    <span title={scoreInWords(of)}>
      {(100 * score).toFixed(1)} <span className="faint">± {(100 * uncertainty).toFixed(1)}</span>
    </span>
  )
}
