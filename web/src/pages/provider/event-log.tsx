import { useState } from "react"
import { ForeignText } from "../../components/foreign-text.tsx"
import { short } from "../../components/format.ts"
import { Id } from "../../components/id.tsx"
import { Amount, Ether, When } from "../../components/parts.tsx"
import { Table } from "../../components/table.tsx"
import { useAnswer } from "../../site/use-answer.ts"
import { More } from "../more.tsx"

/** Events that are shown at first, and that come with each wish for more. */
const FEW = 20

/** Everything that the chain says about a provider, the latest first. */
export function EventLog({ provider }: { readonly provider: string }) {
  const [shown, setShown] = useState(FEW)
  const { data } = useAnswer(`events ${provider}`, (facts) => facts.events(provider, { limit: shown }), shown)
  return (
    <Table
      title="Event log"
      rows={data?.items}
      keyOf={({ id }) => id}
      empty="Nothing has happened."
      columns={[
        { head: "Event", cell: ({ name }) => name },
        { head: "With", cell: ({ name, data: text }) => <Arguments event={name} text={text} /> },
        {
          head: "Transaction",
          cell: ({ moment }) => <Id of="transaction" value={moment.transaction} canCopy />,
        },
        {
          head: "When",
          isNumber: true,
          cell: ({ moment }) => (
            <span>
              <When at={moment.time} />
              <span className="sub">block {moment.block}</span>
            </span>
          ),
        },
      ]}
      note={<More total={data?.total} shown={data?.items.length} more={() => setShown(shown + FEW)} />}
    />
  )
}

/** So many arguments are shown. */
const MOST = 3

/** The arguments of an event in short, as text of strangers. */
function Arguments({ event, text }: { readonly event: string; readonly text: string }) {
  // What has parts of its own is for the transaction's page: a line holds what is plain.
  const plain = Object.entries(parse(text)).filter(([, value]) => typeof value !== "object")
  const shown = plain.filter(([name]) => name !== "provider").slice(0, MOST)
  return (
    <span className="arguments soft small">
      {shown.map(([name, value]) => (
        <span key={name}>
          {name} <ArgumentValue event={event} name={name} value={value} />
        </span>
      ))}
    </span>
  )
}

/** Arguments that are amounts of the stake token. */
const AMOUNTS = /^(amount|bond|punitive|restitution|reward|coverage|active|stake|fee)$/

/** Events whose bonds are paid in wei: those of who asks. */
const IN_WEI = /^(Demanded|Claimed|Settled)$/

interface ArgumentValueProps {
  readonly event: string
  readonly name: string
  readonly value: unknown
}

function ArgumentValue({ event, name, value }: ArgumentValueProps) {
  const text = String(value)
  if (/^0x[0-9a-fA-F]*$/.test(text)) return <code title={text}>{short(text)}</code>
  if (AMOUNTS.test(name) && /^\d{1,39}$/.test(text))
    return IN_WEI.test(event) ? <Ether wei={BigInt(text)} /> : <Amount value={BigInt(text)} />
  if (/^\d+$/.test(text)) return <b>{text.length > 15 ? `${text.slice(0, -15)}e15` : text}</b>
  return <ForeignText text={text} />
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : { value }
  } catch {
    return { text }
  }
}
