import { count } from "../components/format.ts"

/** Rows that a list begins with, and that come with each wish for more. */
export const PAGE = 50

interface MoreProps {
  readonly total: number | undefined
  readonly shown: number | undefined
  readonly more: () => void
}

/** So many rows the facts give at once, at most. */
const MOST = 1000

/** How much of a list is shown, and the rest on request. */
export function More({ total, shown, more }: MoreProps) {
  if (total === undefined || shown === undefined || shown >= total) return null
  return (
    <div className="row spread">
      <span>
        {count(shown)} of {count(total)}
      </span>
      {shown + PAGE > MOST ? (
        <span>The rest is for programs: see the SDK</span>
      ) : (
        <button type="button" className="button" onClick={more}>
          Show more
        </button>
      )}
    </div>
  )
}
