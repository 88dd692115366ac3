import { getAddress } from "ethers"
import type { ProviderFacts } from "../../../src/facts/source.ts"
import { ForeignText } from "../components/foreign-text.tsx"
import { short } from "../components/format.ts"
import { Id } from "../components/id.tsx"
import { Pill, Problem, When } from "../components/parts.tsx"
import { useAnswer } from "../site/use-answer.ts"
import { STATUS } from "../words/provider.ts"
import { Charts } from "./provider/charts.tsx"
import { Counterparties } from "./provider/counterparties.tsx"
import { EventLog } from "./provider/event-log.tsx"
import { Headline } from "./provider/headline.tsx"
import { Batches, Disputes, Keys, Models, Refusals } from "./provider/lists.tsx"
import { Outcomes } from "./provider/outcomes.tsx"
import { ScoreCard } from "./provider/score-card.tsx"
import { StakeActions } from "./provider/stake-actions.tsx"
import { TrustProfile } from "./provider/trust-profile.tsx"

/** Everything that is known of one provider. */
export default function ProviderPage({ id }: { readonly id: string }) {
  const { data, problem } = useAnswer(`provider ${id}`, (facts) => facts.provider(id))
  const { data: services } = useAnswer(`services ${id}`, (facts) => facts.services(id))
  const { data: keys } = useAnswer(`keys ${id}`, (facts) => facts.keys(id))
  const { data: batches } = useAnswer(`batches ${id}`, (facts) => facts.batches({ provider: id }))
  if (data === null) return <Missing id={id} />
  return (
    <>
      <Problem problem={problem} />
      {data && (
        <>
          <Heading provider={data} />
          <Headline provider={data} />
          <div className="columns">
            <div className="stack-cards">
              <ScoreCard provider={data} />
              <Outcomes provider={data} />
            </div>
            <TrustProfile provider={data} batches={batches?.items} keys={keys} />
          </div>
          <Charts provider={data} />
          <Models services={services} />
          <Disputes provider={id} />
          <Batches batches={batches} />
          <div className="columns">
            <Counterparties provider={id} />
            <Keys keys={keys} />
          </div>
          <Refusals provider={id} />
          <EventLog provider={id} />
          <StakeActions provider={data} />
        </>
      )}
    </>
  )
}

function Heading({ provider }: { readonly provider: ProviderFacts }) {
  const { id, uri, status, registeredAt, lastSeen, agentId } = provider
  return (
    <div className="head">
      <span className="eyebrow">Provider</span>
      <div className="row">
        <h1>{short(id)}</h1>
        <Pill tone={STATUS[status].tone}>{status}</Pill>
        <span className="soft small">{STATUS[status].means}</span>
      </div>
      <Id of="provider" value={getAddress(id)} isWhole isLink={false} />
      <ForeignText text={uri} />
      <span className="soft small">
        Registered <When at={registeredAt} />, last seen <When at={lastSeen.time} />
        {agentId === null ? ", not linked to an ERC-8004 agent" : `, ERC-8004 agent ${agentId}`}
      </span>
    </div>
  )
}

const Missing = ({ id }: { readonly id: string }) => (
  <div className="head">
    <h1>Not a provider</h1>
    <p className="lead">Nobody has registered {id}. That says nothing about it, good or bad.</p>
  </div>
)
