import { Checks } from "../../components/checks.tsx"
import { Drop } from "../../components/drop.tsx"
import { Pill, Problem, type Tone } from "../../components/parts.tsx"
import type { Check } from "../../verify/examined.ts"
import type { EvidenceState } from "../../verify/use-evidence.ts"

/** The verification in this browser: nothing here is taken from anybody's word. */
export function VerifyPanel({ evidence, problem, isBusy, give }: EvidenceState) {
  const verdict = evidence && verdictOf(evidence.checks)
  return (
    <section className="card" aria-labelledby="verify">
      <div className="row spread">
        <h2 id="verify">Verification in this browser</h2>
        <span role="status">
          {isBusy && <Pill tone="unknown">computing…</Pill>}
          {!isBusy && verdict && problem === undefined && <Pill tone={verdict.tone}>{verdict.word}</Pill>}
          {!isBusy && problem !== undefined && <Pill tone="bad">refused</Pill>}
          {!isBusy && !verdict && problem === undefined && <Pill tone="unknown">not checked</Pill>}
        </span>
      </div>
      <Problem problem={problem} />
      {evidence && (
        <>
          <p className="soft small">
            {evidence.origin === "site"
              ? "The answer's file comes from this site."
              : "The answer's file is yours."}{" "}
            Nothing in it is taken from anybody's word; what is on the chain is the node's.
          </p>
          <Checks checks={evidence.checks} />
        </>
      )}
      <Drop give={give}>
        Drop the answer's file (.json) here, and if you have them its model (.onnx) or its input (.pb, or raw
        bytes). They stay in this browser.
      </Drop>
    </section>
  )
}

function verdictOf(checks: readonly Check[]): { readonly tone: Tone; readonly word: string } {
  if (checks.some(({ outcome }) => outcome === "fails")) return { tone: "bad", word: "refused" }
  if (checks.some(({ outcome }) => outcome === "unknown"))
    return { tone: "unknown", word: "holds as far as it was checked" }
  return { tone: "good", word: "holds" }
}
