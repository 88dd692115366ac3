import type { CounterpartyRow } from "../../../../src/facts/entities.ts"
import { count } from "../../components/format.ts"
import { Id } from "../../components/id.tsx"
import { Table } from "../../components/table.tsx"
import { useAnswer } from "../../site/use-answer.ts"
import { shareOf } from "./lists.tsx"

const ROLES = [
  ["consumer", "Consumers"],
  ["payer", "Payers of fees"],
  ["challenger", "Challengers"],
  ["auditor", "Auditors"],
] as const

interface Concentration {
  readonly name: string
  readonly times: readonly number[]
  readonly largest: string | undefined
}

/** How few others its history rests on: a provider that deals with itself shows here. */
export function Counterparties({ provider }: { readonly provider: string }) {
  const { data } = useAnswer(`counterparties ${provider}`, (facts) => facts.counterparties(provider))
  return (
    <Table
      title="Counterparties"
      rows={
        data &&
        ROLES.flatMap(([role, name]) =>
          concentration(
            name,
            data.filter((row) => row.role === role),
          ),
        )
      }
      keyOf={({ name }) => name}
      empty="The chain has shown nobody beside it yet."
      columns={[
        { head: "Who", cell: ({ name }) => name },
        { head: "Different", isNumber: true, cell: ({ times }) => count(times.length) },
        { head: "First", isNumber: true, cell: ({ times }) => shareOf(times, 1) },
        { head: "Three", isNumber: true, cell: ({ times }) => shareOf(times, 3) },
        { head: "Ten", isNumber: true, cell: ({ times }) => shareOf(times, 10) },
        { head: "Largest", cell: ({ largest }) => largest && <Id of="account" value={largest} canCopy /> },
      ]}
      note="Shares of the first, three and ten of them. One person can have many accounts: few here is a warning, many is no proof."
    />
  )
}

function concentration(name: string, rows: readonly CounterpartyRow[]): readonly Concentration[] {
  if (rows.length === 0) return []
  const sorted = rows.toSorted((a, b) => b.times - a.times)
  return [{ name, times: sorted.map(({ times }) => times), largest: sorted[0].address }]
}
