import type { Moment } from "../../../../src/facts/entities.ts"
import type { DisputeFacts } from "../../../../src/facts/source.ts"
import { unixOf } from "../../../../src/facts/state/deadline.ts"
import { Id } from "../../components/id.tsx"
import { Amount, Countdown, type Tone, When } from "../../components/parts.tsx"
import { useSource } from "../../site/context.tsx"
import { ASKED } from "../../words/dispute.ts"
import { FAULTS } from "../../words/receipt.ts"
import type { ReactNode } from "react"

interface Happening {
  readonly at: Moment
  readonly tone: Tone
  readonly what: ReactNode
}

/** What has happened, one after the other, and what comes next. */
export function Timeline({ facts }: { readonly facts: DisputeFacts }) {
  const { asOf } = useSource()
  const { dispute } = facts
  const happened = happenings(facts).toSorted((a, b) => a.at.block - b.at.block)
  return (
    <section className="card" aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      <ol className="timeline">
        {happened.map(({ at, tone, what }, number) => (
          <li key={number} className={tone}>
            <div>{what}</div>
            <div className="faint small row">
              <When at={at.time} /> block {at.block}
              <Id of="transaction" value={at.transaction} canCopy />
            </div>
          </li>
        ))}
        {dispute.state === "open" && dispute.due > 0 && asOf && (
          <li className="next">
            <div>
              An answer is due: <Countdown until={unixOf(dispute.due, asOf)} />
            </div>
          </li>
        )}
      </ol>
    </section>
  )
}

function happenings({ bond, reveals, convictions, credits, receipt }: DisputeFacts): readonly Happening[] {
  const found: Happening[] = []
  const started = bond?.since ?? receipt?.firstSeen
  if (bond && started)
    found.push({
      at: started,
      tone: "unknown",
      what: (
        <>
          Collateral of <Amount value={bond.reserved} /> is locked for it
        </>
      ),
    })
  for (const { kind, challenger, responder, askedAt, answeredAt } of reveals) {
    found.push({
      at: askedAt,
      tone: "wait",
      what: (
        <>
          <Id of="account" value={challenger} /> asks for {ASKED[kind]}
        </>
      ),
    })
    if (answeredAt)
      found.push({
        at: answeredAt,
        tone: "good",
        what: (
          <>
            {responder ? <Id of="account" value={responder} /> : "Somebody"} shows {ASKED[kind]}
          </>
        ),
      })
  }
  for (const { since, challenger, fault, bond: taken, punitive } of convictions)
    found.push({
      at: since,
      tone: "bad",
      what: (
        <>
          <Id of="account" value={challenger} /> convicts the provider: {FAULTS[fault]}.{" "}
          <Amount value={taken + punitive} /> are taken
        </>
      ),
    })
  for (const { part, amount, paidAt } of credits)
    if (paidAt)
      found.push({
        at: paidAt,
        tone: "unknown",
        what: (
          <>
            <Amount value={amount} /> {part === "burned" ? "are burned" : `are paid: ${part}`}
          </>
        ),
      })
  return found
}
