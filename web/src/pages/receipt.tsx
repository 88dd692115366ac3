import type { ReceiptFacts } from "../../../src/facts/source.ts"
import { type ReceiptState, receiptState } from "../../../src/facts/state/receipt.ts"
import { count } from "../components/format.ts"
import { Id } from "../components/id.tsx"
import { Problem } from "../components/parts.tsx"
import { Link } from "../router.tsx"
import { useSource } from "../site/context.tsx"
import { type Asked, useAnswer } from "../site/use-answer.ts"
import { useEvidence } from "../verify/use-evidence.ts"
import { STAGES } from "../words/receipt.ts"
import { Claim } from "./receipt/claim.tsx"
import { DigitView } from "./receipt/digit-view.tsx"
import { Fields, Money, Repeat } from "./receipt/fields.tsx"
import { ReceiptActions } from "./receipt/receipt-actions.tsx"
import { StateBanner } from "./receipt/state-banner.tsx"
import { VerifyPanel } from "./receipt/verify-panel.tsx"

/** One answer, or a batch of them: what is claimed, whether it holds, and what stands behind it. */
export default function ReceiptPage({ id }: { readonly id: string }) {
  const { asOf } = useSource()
  const { data: own, problem } = useAnswer(`receipt ${id}`, (facts) => facts.receipt(id))
  const found = useEvidence(id)
  const examined = found.evidence?.examined.receiptId === id ? found.evidence.examined : undefined
  const { data: place } = usePlace(examined?.batchId)
  const facts = merged(own, place)
  const isBatch = own?.batch ? !own.batch.isDirect && !own.receipt : false
  const state = own !== undefined && asOf ? receiptState(own, asOf, place) : undefined
  return (
    <>
      <div className="head">
        <span className="eyebrow">{isBatch ? "Batch of receipts" : "Receipt"}</span>
        <h1>{isBatch ? "Answers that were anchored together" : "An answer, and who owes for it"}</h1>
        <Id of="receipt" value={id} isWhole isLink={false} />
      </div>
      <Problem problem={problem} />
      {state && (
        <StateBanner
          {...STAGES[state.stage]}
          {...state}
          {...(isBatch && batchOver(state, own))}
          since={facts?.bond?.since.time}
        >
          {state.stage === "unknown" && (
            <p className="small">
              Most receipts are known only through their batch: the answer's file below says which.
            </p>
          )}
          {asOf && state.untilBlock !== null && state.untilBlock > asOf.block && (
            <p className="soft small">
              Block {count(state.untilBlock)} must have come, too: {count(state.untilBlock - asOf.block)}{" "}
              more.
            </p>
          )}
          {own?.dispute && (
            <p>
              <Link href={`/disputes/${own.dispute.id}`}>See the dispute</Link>
            </p>
          )}
        </StateBanner>
      )}
      {!isBatch && (
        <Claim facts={facts} examined={examined} isDisowned={found.evidence?.isDisowned ?? false} />
      )}
      {examined?.digit && <DigitView digit={examined.digit} />}
      {!isBatch && <VerifyPanel {...found} />}
      <div className="columns">
        <Fields facts={facts} examined={examined} />
        {facts && <Money facts={facts} />}
      </div>
      {!isBatch && <Repeat id={id} />}
      <ReceiptActions facts={facts} examined={examined} />
    </>
  )
}

/** The receipts of a batch may have ended otherwise than it, and those in dispute end later. */
function batchOver({ stage }: ReceiptState, own: ReceiptFacts | null | undefined) {
  if (stage !== "final" || !own?.batch) return undefined
  const { convicted, count: size } = own.batch
  return {
    tone: "unknown" as const,
    name: "Its window is over",
    sentence: `${count(convicted)} of its ${count(size)} receipts were convicted; one in dispute has a time of its own`,
  }
}

/** What is known of the batch that an answer's file leads to. */
const usePlace = (batchId: string | undefined): Asked<ReceiptFacts | null> =>
  useAnswer(`place ${batchId}`, async (facts) =>
    batchId === undefined ? { asOf: await facts.status(), data: null } : facts.receipt(batchId),
  )

/** A receipt below a batch has the batch's bond, unless it has one of its own. */
function merged(
  own: ReceiptFacts | null | undefined,
  place: ReceiptFacts | null | undefined,
): ReceiptFacts | undefined {
  if (!own) return place ? { ...place, convictions: [], credits: [], dispute: null, refusals: [] } : undefined
  return { ...own, batch: own.batch ?? place?.batch ?? null, bond: own.bond ?? place?.bond ?? null }
}
