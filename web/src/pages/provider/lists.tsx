import { useState } from "react"
import type { BatchRow, KeyRow } from "../../../../src/facts/entities.ts"
import type { Page, ServiceFacts } from "../../../../src/facts/source.ts"
import { roleNames } from "../../../../src/protocol/role.ts"
import { count, day, percent, span } from "../../components/format.ts"
import { Id } from "../../components/id.tsx"
import { Amount, Pill, Share, When } from "../../components/parts.tsx"
import { ScoreCell } from "../../components/score-cell.tsx"
import { Table } from "../../components/table.tsx"
import { useSource } from "../../site/context.tsx"
import { useAnswer } from "../../site/use-answer.ts"
import { DisputeTable } from "../disputes/dispute-table.tsx"
import { More, PAGE } from "../more.tsx"

/** What it did with each model. */
export const Models = ({ services }: { readonly services: readonly ServiceFacts[] | undefined }) => (
  <Table
    title="Models"
    rows={services}
    keyOf={({ id }) => id}
    empty="It has not used a model yet."
    columns={[
      { head: "Model", cell: ({ model }) => <Id of="model" value={model} /> },
      { head: "Receipts", isNumber: true, cell: ({ anchored }) => count(anchored) },
      { head: "Final", isNumber: true, cell: ({ released }) => count(released) },
      {
        head: "Re-executed",
        isNumber: true,
        cell: ({ reExecuted, anchored }) => <Share value={anchored === 0 ? null : reExecuted / anchored} />,
      },
      { head: "Convicted", isNumber: true, cell: ({ convicted }) => count(convicted) },
      {
        head: "Score with it",
        isNumber: true,
        cell: (service) => <ScoreCell of={service} />,
      },
      { head: "Used", isNumber: true, cell: ({ firstAt, lastAt }) => `${day(firstAt)} to ${day(lastAt)}` },
    ]}
  />
)

/** What was disputed. */
export function Disputes({ provider }: { readonly provider: string }) {
  const { data } = useAnswer(`disputes of ${provider}`, (facts) => facts.disputes({ provider, limit: 200 }))
  return (
    <DisputeTable
      title="Disputes"
      page={data}
      empty="Nobody has disputed an answer of it."
      hasProvider={false}
    />
  )
}

/** What it has anchored, the latest first. */
export const Batches = ({ batches }: { readonly batches: Page<BatchRow> | undefined }) => (
  <Table
    title="Anchored"
    rows={batches?.items}
    keyOf={({ id }) => id}
    empty="It has anchored nothing yet."
    columns={[
      {
        head: "Batch or receipt",
        cell: ({ id, isDirect }) => (
          <span>
            <Id of="receipt" value={id} />
            <span className="sub">{isDirect ? "a receipt by itself" : "a batch"}</span>
          </span>
        ),
      },
      { head: "Model", cell: ({ model }) => <Id of="model" value={model} /> },
      { head: "Receipts", isNumber: true, cell: ({ count: size }) => count(size) },
      { head: "Coverage", isNumber: true, cell: ({ coverage }) => <Amount value={coverage} /> },
      { head: "Window", isNumber: true, cell: ({ window }) => span(window) },
      { head: "Convicted", isNumber: true, cell: ({ convicted }) => count(convicted) },
      { head: "Anchored", isNumber: true, cell: ({ since }) => <When at={since.time} /> },
    ]}
    note={
      batches && batches.total > batches.items.length
        ? `The latest ${count(batches.items.length)} of ${count(batches.total)}`
        : undefined
    }
  />
)

/** The keys that may act for it, and those that might. */
export function Keys({ keys }: { readonly keys: readonly KeyRow[] | undefined }) {
  const { asOf } = useSource()
  const now = asOf?.time ?? 0
  const stateOf = ({ from, until }: KeyRow) => {
    if (now < from) return <Pill tone="wait">not yet</Pill>
    if (BigInt(now) >= until) return <Pill tone="unknown">ended</Pill>
    return <Pill tone="good">valid</Pill>
  }
  return (
    <Table
      title="Keys"
      rows={keys}
      keyOf={({ id }) => id}
      empty="It has no keys: only its own account can act for it."
      columns={[
        { head: "Key", cell: ({ key }) => <Id of="account" value={key} canCopy /> },
        { head: "Now", cell: stateOf },
        { head: "May", cell: ({ roles }) => roleNames(roles).join(", ") },
        {
          head: "Until",
          isNumber: true,
          cell: ({ until }) => (until >= 1n << 53n ? "for ever" : day(Number(until))),
        },
      ]}
    />
  )
}

/** Answers of it that contracts did not take. */
export function Refusals({ provider }: { readonly provider: string }) {
  const [shown, setShown] = useState(PAGE)
  const { data } = useAnswer(
    `refusals ${provider}`,
    (facts) => facts.refusals({ provider, limit: shown }),
    shown,
  )
  if (data?.total === 0) return null
  return (
    <Table
      title="Refused by contracts"
      rows={data?.items}
      keyOf={({ id }) => id}
      empty="None."
      columns={[
        { head: "Receipt", cell: ({ receipt }) => <Id of="receipt" value={receipt} /> },
        { head: "Contract", cell: ({ recipient }) => <Id of="account" value={recipient} /> },
        {
          head: "Why",
          cell: ({ reason }) => (reason === null ? "the contract failed on it" : <code>{reason}</code>),
        },
        { head: "When", isNumber: true, cell: ({ since }) => <When at={since.time} /> },
      ]}
      note={<More total={data?.total} shown={data?.items.length} more={() => setShown(shown + PAGE)} />}
    />
  )
}

/** The share of the first so many of all, by how often. */
export const shareOf = (times: readonly number[], first: number): string => {
  const all = times.reduce((sum, one) => sum + one, 0)
  const some = times.slice(0, first).reduce((sum, one) => sum + one, 0)
  return all === 0 ? "–" : percent(some / all)
}
