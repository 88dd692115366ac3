import type { Check } from "../verify/examined.ts"
import { Cross, Tick, Unknown } from "./icons.tsx"

const ICONS = { holds: Tick, fails: Cross, unknown: Unknown } as const
const WORDS = { holds: "holds", fails: "does not hold", unknown: "not known" } as const

/** What was looked at, one below the other, each with its outcome as a mark and as a word. */
export function Checks({ checks }: { readonly checks: readonly Check[] }) {
  return (
    <ul className="checks">
      {checks.map(({ name, outcome, sentence }) => {
        const Icon = ICONS[outcome]
        return (
          <li key={name} data-outcome={outcome}>
            <span className={outcome}>
              <Icon />
              <span className="visually-hidden">{WORDS[outcome]}</span>
            </span>
            <span>
              {name}
              <span className="sub" style={{ display: "block" }}>
                {sentence}
              </span>
            </span>
          </li>
        )
      })}
    </ul>
  )
}
