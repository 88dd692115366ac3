import type { ReactNode } from "react"
import type { BatchRow, KeyRow } from "../../../../src/facts/entities.ts"
import type { ProviderFacts } from "../../../../src/facts/source.ts"
import { roleNames } from "../../../../src/protocol/role.ts"
import { day, percent, span } from "../../components/format.ts"
import { Pill, type Tone } from "../../components/parts.tsx"
import { useSource } from "../../site/context.tsx"

interface Judgement {
  readonly about: string
  readonly tone: Tone
  readonly word: string
  readonly sentence: ReactNode
}

interface Parts {
  readonly provider: ProviderFacts
  /** The latest ones. */
  readonly batches: readonly BatchRow[] | undefined
  readonly keys: readonly KeyRow[] | undefined
}

/** What one has to trust, line by line: grey where nobody knows. */
export function TrustProfile(parts: Parts) {
  const { asOf } = useSource()
  return (
    <section className="card flush" aria-labelledby="trust">
      <header>
        <h2 id="trust">Trust profile</h2>
      </header>
      <table className="trust" aria-labelledby="trust">
        <tbody>
          {judge(parts, asOf?.time ?? 0).map(({ about, tone, word, sentence }) => (
            <tr key={about}>
              <th scope="row">{about}</th>
              <td>
                <Pill tone={tone}>{word}</Pill>
                <span className="sub">{sentence}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const judge = (parts: Parts, now: number): readonly Judgement[] => [
  {
    about: "How it is checked",
    tone: "good",
    word: "re-execution",
    sentence: "Anybody can compute an answer again; a contract recomputes the number that is in dispute.",
  },
  {
    about: "Determinism",
    tone: "good",
    word: "bit exact",
    sentence: "The semantics give every number one value, on every machine.",
  },
  checked(parts.provider),
  record(parts.provider, now),
  windowOf(parts.batches),
  keysOf(parts.keys, now),
  {
    about: "Inputs and outputs",
    tone: "unknown",
    word: "unknown",
    sentence: "Whether the provider shows them to whoever asks is not written on the chain.",
  },
  {
    about: "Who could interfere",
    tone: "wait",
    word: "limited",
    sentence:
      "A governor changes terms after a delay; a guardian can stop anchors or disputes for a while. Neither can take stake.",
  },
]

function checked({ reExecutedShare, reExecuted }: ProviderFacts): Judgement {
  const about = "Was it checked"
  if (reExecutedShare === null || reExecuted === 0)
    return {
      about,
      tone: "unknown",
      word: "unknown",
      sentence: "Nobody has shown to have re-executed an answer.",
    }
  const sentence = `${percent(reExecutedShare)} of its receipts were re-executed by somebody else.`
  return reExecutedShare >= 0.05
    ? { about, tone: "good", word: "in part", sentence }
    : { about, tone: "wait", word: "barely", sentence }
}

function record({ faults, lastFaultAt, isExcluded, anchored }: ProviderFacts, now: number): Judgement {
  const about = "Faults"
  if (isExcluded) return { about, tone: "bad", word: "excluded", sentence: "It is excluded for ever." }
  if (faults > 0) {
    const sentence = `${faults} proven, the last one on ${day(lastFaultAt)}, ${span(now - lastFaultAt)} ago.`
    return { about, tone: "bad", word: "proven", sentence }
  }
  if (anchored === 0)
    return { about, tone: "unknown", word: "unknown", sentence: "It has anchored nothing yet." }
  return {
    about,
    tone: "unknown",
    word: "none proven",
    sentence: "Of what nobody re-executed, nobody knows.",
  }
}

function windowOf(batches: readonly BatchRow[] | undefined): Judgement {
  const about = "Time to challenge"
  const windows = batches?.map(({ window }) => window) ?? []
  if (windows.length === 0)
    return { about, tone: "unknown", word: "unknown", sentence: "It has anchored nothing yet." }
  const least = Math.min(...windows)
  const sentence = `The shortest window of its latest batches; the longest is ${span(Math.max(...windows))}.`
  return { about, tone: least >= 3600 ? "good" : "wait", word: span(least), sentence }
}

function keysOf(keys: readonly KeyRow[] | undefined, now: number): Judgement {
  const about = "Keys"
  const valid = keys?.filter(({ from, until }) => from <= now && BigInt(now) < until) ?? []
  if (valid.length === 0)
    return { about, tone: "unknown", word: "none valid", sentence: "Only its own account could sign now." }
  const isApart = valid.every(({ roles }) => roleNames(roles).length === 1)
  return isApart
    ? {
        about,
        tone: "good",
        word: "apart",
        sentence: "No key of it both signs and anchors. How they are kept, nobody knows.",
      }
    : {
        about,
        tone: "wait",
        word: "together",
        sentence: "One key signs and anchors. How it is kept, nobody knows.",
      }
}
