import { useEffect, useState } from "react"
import type { DisputeFacts } from "../../../../src/facts/source.ts"
import { subjectOf } from "../../../../src/engine/audit/evidence.ts"
import { figure } from "../../components/format.ts"
import type { Chain } from "../../site/chain.ts"
import { useSource } from "../../site/context.tsx"
import type { Site } from "../../site/site.ts"
import { apart } from "../../verify/apart.ts"
import type { Wrong } from "../../verify/examined.ts"
import { fetchModel } from "../../verify/model-file.ts"
import { operatorWords } from "../../words/operator.ts"
import { Operands } from "./operands.tsx"

interface SideBySideProps {
  readonly facts: DisputeFacts
  /** What a file of the answer shows to be wrong. */
  readonly wrong: Wrong | undefined
}

/** The number that the dispute is about: as the provider claims it, and as its operands make it. */
export function SideBySide({ facts, wrong }: SideBySideProps) {
  const proven = useProven(facts)
  const shown = wrong ?? proven?.wrong
  if (facts.dispute.kind !== "execution") return null
  return (
    <section className="card" aria-labelledby="sides">
      <h2 id="sides">The disputed number</h2>
      {shown ? (
        <Shown shown={shown} isFromFile={wrong !== undefined} />
      ) : (
        <>
          <div className="sides">
            <Side title="The provider claims" />
            <Side title="Its operands make" />
          </div>
          <p className="soft small">
            {proven?.sentence ??
              "Nobody has shown on the chain which number is wrong. The answer's file below would show it."}
          </p>
        </>
      )}
    </section>
  )
}

function Shown({
  shown: { fault, explanation },
  isFromFile,
}: {
  readonly shown: Wrong
  readonly isFromFile: boolean
}) {
  return (
    <>
      <p className="soft">
        Element {fault.element} of {explanation.tensor}, made by step {fault.step} of {explanation.steps}:{" "}
        <b>{operatorWords(explanation.primitive, explanation.terms)}</b>.
      </p>
      <div className="sides">
        <Side title="The provider claims" value={fault.claimed} className="wrong" />
        <Side title="Its operands make" value={fault.correct} className="right" />
      </div>
      <Operands explanation={explanation} />
      <p className="soft small">
        {isFromFile
          ? "Recomputed in this browser from the answer's file."
          : "Recomputed in this browser from nothing but what the conviction's transaction shows, and the model."}
      </p>
    </>
  )
}

interface SideProps {
  readonly title: string
  readonly value?: { readonly value: string; readonly bits: string }
  readonly className?: string
}

const Side = ({ title, value, className }: SideProps) => (
  <div className={className}>
    <span className="eyebrow">{title}</span>
    {value ? (
      <>
        <span className="value">{figure(value.value)}</span>
        <code className="faint">{value.bits}</code>
      </>
    ) : (
      <span className="value unknown-text">unknown</span>
    )}
  </div>
)

/** What a conviction's transaction says. */
interface Proven {
  readonly wrong: Wrong | undefined
  readonly sentence: string
}

function useProven({ dispute, convictions }: DisputeFacts): Proven | undefined {
  const { chain, site } = useSource()
  const [proven, setProven] = useState<Proven>()
  const transaction = convictions.find(({ fault }) => fault === "execution")?.since.transaction
  const { model } = dispute
  useEffect(() => {
    if (!chain || transaction === undefined) return
    let isOver = false
    readProof(chain, site, transaction, model).then(
      (found) => isOver || setProven(found),
      () =>
        isOver || setProven({ wrong: undefined, sentence: "The conviction's transaction cannot be read." }),
    )
    return () => {
      isOver = true
    }
  }, [chain, site, transaction, model])
  return proven
}

async function readProof(
  { client }: Chain,
  site: Site,
  hash: string,
  modelId: string | null,
): Promise<Proven | undefined> {
  const transaction = await client.onus.runner!.provider!.getTransaction(hash)
  // Who calls by another contract could show one thing there and another here.
  const isDirect = transaction?.to?.toLowerCase() === client.registry.address.toLowerCase()
  const called = isDirect ? client.onus.interface.parseTransaction(transaction) : null
  const evidence = called?.args.evidence as string | undefined
  if (evidence === undefined) return undefined
  const subject = subjectOf(evidence)
  if ("question" in subject)
    return {
      wrong: undefined,
      sentence: "It was convicted for its silence: no number was shown, so nobody knows one.",
    }
  const model = modelId === null ? undefined : await fetchModel(site, modelId)
  const wrong = model && modelId ? await apart("recompute", { evidence, model, modelId }) : undefined
  const which = `Element ${subject.element} of step ${subject.step} was proven wrong`
  const why = model
    ? "the proof came in parts that are not all here"
    : "this site does not keep the model's file"
  return { wrong, sentence: `${which}; ${why}. The answer's file below would show how.` }
}
