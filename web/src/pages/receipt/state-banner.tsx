import type { ReactNode } from "react"
import { utc } from "../../components/format.ts"
import { Countdown, type Tone } from "../../components/parts.tsx"
import { useSource } from "../../site/context.tsx"

interface StateBannerProps {
  readonly tone: Tone
  readonly name: string
  readonly sentence: string
  /** Unix seconds at which it ends by itself, and since when it lasts. */
  readonly until?: number | null
  readonly since?: number | undefined
  readonly children?: ReactNode
}

/** A state in large, and how much of its time is over. */
export function StateBanner({ tone, name, sentence, since, children, ...rest }: StateBannerProps) {
  const { asOf } = useSource()
  const until = rest.until ?? undefined
  const done =
    asOf && until !== undefined && since !== undefined && until > since
      ? Math.min(1, Math.max(0, (asOf.time - since) / (until - since)))
      : undefined
  return (
    <section className={`banner ${tone}`} aria-label="State">
      <div className="row spread">
        <strong>{name}</strong>
        {until !== undefined && (
          <span className="small">
            <Countdown until={until} />, until {utc(until)}
          </span>
        )}
      </div>
      <p>{sentence}.</p>
      {done !== undefined && (
        <div className="meter" aria-hidden="true">
          <i style={{ width: `${100 * done}%` }} />
        </div>
      )}
      {children}
    </section>
  )
}
