import { useSource } from "../site/context.tsx"
import { count, short, span, utc } from "./format.ts"

/** Seconds behind the head from which on a page says so loudly. */
const BEHIND = 120

const FINALITY = {
  latest: "latest, can still be undone",
  safe: "safe",
  finalized: "final",
} as const

/** What everything on the page is about: chain, block, lag, finality, methodology. */
export function AsOfBar() {
  const { asOf, problem } = useSource()
  if (!asOf)
    return (
      <div className="asof" role="status">
        <div className="wide">
          {problem === undefined ? "Reading the chain…" : "The chain was not read yet"}
        </div>
      </div>
    )
  const { chainId, registry, block, time, finality, lagBlocks, lagSeconds, methodology, origin } = asOf
  const isBehind = lagSeconds > BEHIND || problem !== undefined
  const facts: readonly (readonly [string, string])[] = [
    ["Chain", String(chainId)],
    ["Registry", short(registry)],
    ["Block", `${count(block)}, ${utc(time)}`],
    [
      "Lag",
      lagBlocks === 0
        ? "none"
        : `${count(lagBlocks)} ${lagBlocks === 1 ? "block" : "blocks"}, ${span(lagSeconds)}`,
    ],
    ["Finality", FINALITY[finality]],
    ["Source", origin === "index" ? "index" : "chain"],
    ["Methodology", methodology],
  ]
  return (
    <div className={isBehind ? "asof behind" : "asof"}>
      <div className="wide">
        {facts.map(([name, value]) => (
          <span key={name}>
            {name} <b>{value}</b>
          </span>
        ))}
        {problem !== undefined && <span role="alert">The source does not answer: this may be old</span>}
      </div>
    </div>
  )
}
