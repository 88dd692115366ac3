import type { ReactNode } from "react"
import { isOnusError } from "../../../src/protocol/errors.ts"
import { useSource } from "../site/context.tsx"
import { isoOf, percent, span, units, utc } from "./format.ts"

/** What a state means for who relies on it. Unknown is never good. */
export type Tone = "good" | "wait" | "bad" | "unknown"

/** A state in a word. */
export function Pill({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return <span className={`pill ${tone}`}>{children}</span>
}

interface TileProps {
  readonly label: string
  /** Undefined while it is not known. */
  readonly figure: ReactNode
  readonly children?: ReactNode
}

/** One figure with what it is made of. */
export function Tile({ label, figure, children }: TileProps) {
  return (
    <div className="tile">
      <dt>{label}</dt>
      <dd className={figure === undefined ? "figure unknown" : "figure"}>{figure ?? "unknown"}</dd>
      {children && <dd className="detail">{children}</dd>}
    </div>
  )
}

/** Units of the stake token. */
export function Amount({
  value,
  hasSymbol = true,
}: {
  readonly value: bigint
  readonly hasSymbol?: boolean
}) {
  const { chain } = useSource()
  if (!chain) return <span className="unknown-text">…</span>
  return (
    <>
      {units(value, chain.decimals)}
      {hasSymbol && <small> {chain.symbol}</small>}
    </>
  )
}

/** Wei as ether. */
export const Ether = ({ wei }: { readonly wei: bigint }) => (
  <>
    {units(wei, 18, 6)}
    <small> ETH</small>
  </>
)

/** A moment on the chain. @param at Unix seconds; zero for never. */
export function When({ at }: { readonly at: number }) {
  if (at === 0) return <span className="unknown-text">never</span>
  return (
    <time dateTime={isoOf(at)} title={`Unix ${at}`}>
      {utc(at)}
    </time>
  )
}

/** How long it is until a moment, by the time of the last block that is known. @param until Unix seconds. */
export function Countdown({ until }: { readonly until: number }) {
  const { asOf } = useSource()
  if (!asOf) return <span className="unknown-text">unknown</span>
  const left = until - asOf.time
  return <span className="countdown">{left > 0 ? `${span(left)} left` : `over for ${span(-left)}`}</span>
}

/** A share, drawn and said. */
export function Share({ value }: { readonly value: number | null }) {
  if (value === null) return <span className="unknown-text">–</span>
  return (
    <span className="share">
      <span className="meter" aria-hidden="true">
        <i style={{ width: `${100 * Math.min(1, value)}%` }} />
      </span>
      {percent(Math.min(1, value))}
    </span>
  )
}

/** What an error says, whatever was thrown. */
export function messageOf(problem: unknown): string {
  if (problem instanceof Error) return problem.message
  return typeof problem === "string" ? problem : JSON.stringify(problem)
}

/** What went wrong, by its name, with what to do about it. */
export function Problem({ problem }: { readonly problem: unknown }) {
  if (problem === undefined) return null
  const known = isOnusError(problem) ? problem : undefined
  const message = messageOf(problem)
  return (
    <div className="problem" role="alert">
      <span>
        {known && <b>{known.code}: </b>}
        {message}
      </span>
      {known?.hint && <span className="soft">{known.hint}</span>}
    </div>
  )
}

/** Names and values, one below the other. */
export function FactList({ rows }: { readonly rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <FactRow key={name} name={name} value={value} />
      ))}
    </dl>
  )
}

const FactRow = ({ name, value }: { readonly name: string; readonly value: ReactNode }) => (
  <>
    <dt>{name}</dt>
    <dd>{value ?? <span className="unknown-text">unknown</span>}</dd>
  </>
)
