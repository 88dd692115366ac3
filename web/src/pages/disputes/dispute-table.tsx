import type { ReactNode } from "react"
import type { DisputeRow } from "../../../../src/facts/entities.ts"
import type { Page } from "../../../../src/facts/source.ts"
import { unixOf } from "../../../../src/facts/state/deadline.ts"
import { Id } from "../../components/id.tsx"
import { day } from "../../components/format.ts"
import { Countdown, Ether, Pill } from "../../components/parts.tsx"
import { type Column, Table } from "../../components/table.tsx"
import { useSource } from "../../site/context.tsx"
import { DISPUTE_TONE, FAULT_NAMES } from "../../words/dispute.ts"

interface DisputeTableProps {
  readonly title: string
  readonly page: Page<DisputeRow> | undefined
  readonly empty: string
  readonly hasProvider?: boolean
  readonly note?: ReactNode
}

/** Disputes, one a row. */
export function DisputeTable({ title, page, empty, hasProvider = true, note }: DisputeTableProps) {
  const { asOf } = useSource()
  const provider: Column<DisputeRow> = {
    head: "Provider",
    cell: ({ provider }) =>
      provider ? <Id of="provider" value={provider} /> : <span className="unknown-text">unknown</span>,
  }
  return (
    <Table
      title={title}
      rows={page?.items}
      keyOf={({ id }) => id}
      empty={empty}
      note={note}
      columns={[
        { head: "Receipt", cell: ({ id }) => <Id of="dispute" value={id} /> },
        { head: "State", cell: ({ state }) => <Pill tone={DISPUTE_TONE[state]}>{state}</Pill> },
        { head: "About", cell: ({ kind }) => FAULT_NAMES[kind] },
        ...(hasProvider ? [provider] : []),
        { head: "Challenger", cell: ({ challenger }) => <Id of="account" value={challenger} canCopy /> },
        {
          head: "Questions",
          isNumber: true,
          cell: ({ asked, answered }) => `${answered} of ${asked} answered`,
        },
        { head: "Bonds", isNumber: true, cell: ({ bonds }) => <Ether wei={bonds} /> },
        {
          head: "Time left",
          isNumber: true,
          cell: ({ state, due }) =>
            state === "open" && due > 0 && asOf ? (
              <Countdown until={unixOf(due, asOf)} />
            ) : (
              <span className="faint">–</span>
            ),
        },
        { head: "Opened", isNumber: true, cell: ({ since }) => day(since.time) },
      ]}
    />
  )
}
