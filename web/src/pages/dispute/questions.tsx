import type { RevealRow } from "../../../../src/facts/entities.ts"
import { unixOf } from "../../../../src/facts/state/deadline.ts"
import { Id } from "../../components/id.tsx"
import { Countdown, Ether, Pill, When } from "../../components/parts.tsx"
import { Table } from "../../components/table.tsx"
import { useSource } from "../../site/context.tsx"
import { ASKED } from "../../words/dispute.ts"

const SPACES = ["input", "constants", "trace", "output"] as const

/** What was asked for on the chain, and whether it was shown. */
export function Questions({ reveals }: { readonly reveals: readonly RevealRow[] }) {
  const { asOf } = useSource()
  return (
    <Table
      title="Questions"
      rows={reveals}
      keyOf={({ id }) => id}
      empty="Nothing was asked: it was proven, or signed, without a question."
      columns={[
        {
          head: "Asked for",
          cell: ({ kind, space, height, index }) => (
            <span>
              {ASKED[kind]}
              {(kind === "node" || kind === "chunk") && (
                <span className="sub">
                  {SPACES[space] ?? space}, height {height}, number {index}
                </span>
              )}
            </span>
          ),
        },
        { head: "By", cell: ({ challenger }) => <Id of="account" value={challenger} canCopy /> },
        {
          head: "Bond",
          isNumber: true,
          cell: ({ bond }) =>
            bond === null ? <span className="unknown-text">unknown</span> : <Ether wei={bond} />,
        },
        { head: "Asked", isNumber: true, cell: ({ askedAt }) => <When at={askedAt.time} /> },
        {
          head: "Answer",
          cell: ({ answeredAt, responder, due }) => {
            if (answeredAt)
              return (
                <span>
                  <Pill tone="good">shown</Pill>
                  <span className="sub">
                    {responder && (
                      <>
                        by <Id of="account" value={responder} />,{" "}
                      </>
                    )}
                    <When at={answeredAt.time} />
                  </span>
                </span>
              )
            const until = asOf ? unixOf(due, asOf) : 0
            const isLate = asOf !== undefined && asOf.time > until
            return (
              <span>
                <Pill tone={isLate ? "bad" : "wait"}>{isLate ? "not shown" : "awaited"}</Pill>
                {due > 0 && (
                  <span className="sub">
                    <Countdown until={until} />
                  </span>
                )}
              </span>
            )
          },
        },
      ]}
    />
  )
}
