import type { DisputeFacts } from "../../../src/facts/source.ts"
import type { Receipt } from "../../../src/protocol/receipt.ts"
import { disputeTurn } from "../../../src/facts/state/dispute.ts"
import { Id } from "../components/id.tsx"
import { Amount, Ether, FactList, Pill, Problem } from "../components/parts.tsx"
import { Link } from "../router.tsx"
import { useSource } from "../site/context.tsx"
import { useAnswer } from "../site/use-answer.ts"
import { useEvidence } from "../verify/use-evidence.ts"
import { DISPUTE_TONE, FAULT_NAMES, QUESTIONS, turnName } from "../words/dispute.ts"
import { DisputeActions } from "./dispute/dispute-actions.tsx"
import { Questions } from "./dispute/questions.tsx"
import { SideBySide } from "./dispute/side-by-side.tsx"
import { Timeline } from "./dispute/timeline.tsx"
import { DigitView } from "./receipt/digit-view.tsx"
import { Money } from "./receipt/fields.tsx"
import { StateBanner } from "./receipt/state-banner.tsx"
import { VerifyPanel } from "./receipt/verify-panel.tsx"

/** One dispute: whose turn it is, what has happened, and the number that it is about. */
export default function DisputePage({ id }: { readonly id: string }) {
  const { asOf } = useSource()
  const { data, problem } = useAnswer(`dispute ${id}`, (facts) => facts.dispute(id))
  const found = useEvidence(id)
  const examined = found.evidence?.examined.receiptId === id ? found.evidence.examined : undefined
  if (data === null)
    return (
      <div className="head">
        <h1>No dispute</h1>
        <p className="lead">
          Nobody has disputed receipt {id}. <Link href={`/receipts/${id}`}>See the receipt</Link>
        </p>
      </div>
    )
  if (!data || !asOf)
    return problem === undefined ? <p className="faint">Reading…</p> : <Problem problem={problem} />
  const { dispute } = data
  const turn = disputeTurn(data, asOf)
  return (
    <>
      <div className="head">
        <span className="eyebrow">Dispute about {FAULT_NAMES[dispute.kind]}</span>
        <div className="row">
          <h1>{QUESTIONS[dispute.kind]}</h1>
          <Pill tone={DISPUTE_TONE[dispute.state]}>{dispute.state}</Pill>
        </div>
        <Id of="receipt" value={id} isWhole />
      </div>
      <Problem problem={problem} />
      <StateBanner
        tone={dispute.state === "open" && turn.who === "anyone" ? "bad" : DISPUTE_TONE[dispute.state]}
        name={turnName(dispute, turn)}
        sentence={turn.act}
        until={turn.by}
        since={dispute.last.time}
      >
        {dispute.state === "open" && turn.otherwise && <p className="soft">If not: {turn.otherwise}.</p>}
        {turn.byBlock !== null && turn.byBlock > asOf.block && (
          <p className="soft small">
            Block {turn.byBlock} must have come, too: {turn.byBlock - asOf.block} more.
          </p>
        )}
      </StateBanner>
      <SideBySide facts={data} wrong={examined?.wrong} />
      {examined?.digit && <DigitView digit={examined.digit} />}
      <div className="columns">
        <Timeline facts={data} />
        <Sides facts={data} said={examined?.signed.receipt} />
      </div>
      <Questions reveals={data.reveals} />
      <VerifyPanel {...found} />
      <DisputeActions facts={data} found={found} />
    </>
  )
}

/** Who stands against whom, and what is at stake. */
function Sides({ facts, said }: { readonly facts: DisputeFacts; readonly said: Receipt | undefined }) {
  const { dispute, receipt, bond } = facts
  const [consumer, coverage] = [receipt?.consumer ?? said?.consumer, receipt?.coverage ?? said?.coverage]
  return (
    <div className="stack-cards">
      <section className="card">
        <h2>Who, and for how much</h2>
        <FactList
          rows={[
            ["Provider", dispute.provider && <Id of="provider" value={dispute.provider} canCopy />],
            ["First challenger", <Id key="challenger" of="account" value={dispute.challenger} canCopy />],
            ["Consumer", consumer && <Id of="account" value={consumer.toLowerCase()} canCopy />],
            ["Model", dispute.model && <Id of="model" value={dispute.model} canCopy />],
            [
              "Consumer is owed if it is wrong",
              coverage === undefined ? undefined : <Amount value={coverage} />,
            ],
            ["Bond of the provider", bond && <Amount value={bond.reserved} />],
            ["Waits in bonds of questions", <Ether key="bonds" wei={dispute.bonds} />],
          ]}
        />
      </section>
      <Money facts={{ ...facts, batch: null, refusals: [] }} />
    </div>
  )
}
