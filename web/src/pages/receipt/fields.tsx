import { ZeroHash } from "ethers"
import type { ReactNode } from "react"
import type { ReceiptFacts } from "../../../../src/facts/source.ts"
import { Commands } from "../../components/commands.tsx"
import { count, span } from "../../components/format.ts"
import { Id } from "../../components/id.tsx"
import { Amount, FactList, Pill, When } from "../../components/parts.tsx"
import { useSource } from "../../site/context.tsx"
import type { Examined } from "../../verify/examined.ts"
import { FAULTS } from "../../words/receipt.ts"

interface FieldsProps {
  readonly facts: ReceiptFacts | undefined
  readonly examined: Examined | undefined
}

/** Everything that the receipt and its batch say, field by field. */
export function Fields({ facts, examined }: FieldsProps) {
  const said = examined?.signed.receipt
  const row = facts?.receipt
  const batch = facts?.batch
  const hash = (value: string | null | undefined): ReactNode => {
    if (!value) return undefined
    return value === ZeroHash ? "none" : <Id of="hash" value={value} canCopy />
  }
  const at = (value: number | bigint | null | undefined): ReactNode =>
    typeof value === "number" || typeof value === "bigint" ? <When at={Number(value)} /> : undefined
  const provider = said?.provider ?? row?.provider ?? batch?.provider
  const model = said?.modelId ?? row?.model ?? batch?.model
  const consumer = said?.consumer ?? row?.consumer
  const window = said?.challengeWindow ?? row?.window ?? batch?.window
  const coverage = said?.coverage ?? row?.coverage ?? batch?.coverage
  return (
    <section className="card">
      <h2>Fields</h2>
      <FactList
        rows={[
          ["Provider", provider && <Id of="provider" value={provider.toLowerCase()} canCopy />],
          ["Model", model && <Id of="model" value={model} canCopy />],
          ["Consumer", consumer && <Id of="account" value={consumer} canCopy />],
          ["Request", hash(said?.requestId ?? row?.requestId)],
          ["Input", hash(said?.inputCommitment ?? row?.inputCommitment)],
          ["Output", hash(said?.outputCommitment ?? row?.outputCommitment)],
          ["Trace", hash(said?.traceCommitment ?? row?.traceCommitment)],
          ["Coverage", coverage === undefined ? undefined : <Amount value={coverage} />],
          ["Issued", at(said?.issuedAt ?? row?.issuedAt)],
          ["Anchored at the latest", at(said?.anchorBy ?? row?.anchorBy)],
          ["Window", window === undefined ? undefined : span(Number(window))],
          ["Terms", hash(said?.termsHash ?? row?.termsHash)],
          [
            "Batch",
            batch && (batch.isDirect ? "none: by itself" : <Id of="receipt" value={batch.id} canCopy />),
          ],
          ["Receipts in it", batch && count(batch.count)],
          ["Anchored", batch && <When at={batch.since.time} />],
          ["In transaction", batch && <Id of="transaction" value={batch.since.transaction} canCopy />],
        ]}
      />
    </section>
  )
}

/** What is locked, what was taken, and who is owed. */
export function Money({ facts }: { readonly facts: ReceiptFacts }) {
  const { bond, convictions, credits, refusals } = facts
  return (
    <section className="card">
      <h2>Money and consequences</h2>
      <FactList
        rows={[
          ["Bond reserved", bond && <Amount value={bond.reserved} />],
          ["Of it locked still", bond && <Amount value={bond.amount} />],
          ["Its state", bond?.state],
        ]}
      />
      {convictions.map((conviction) => (
        <FactList
          key={conviction.id}
          rows={[
            ["Convicted of", FAULTS[conviction.fault]],
            ["By", <Id key="by" of="account" value={conviction.challenger} canCopy />],
            ["Taken", <Amount key="taken" value={conviction.bond + conviction.punitive} />],
            ["When", <When key="when" at={conviction.since.time} />],
            ["In transaction", <Id key="tx" of="transaction" value={conviction.since.transaction} canCopy />],
          ]}
        />
      ))}
      {credits.length > 0 && (
        <table className="plain">
          <caption className="visually-hidden">Who is owed</caption>
          <thead>
            <tr>
              <th scope="col">Owed</th>
              <th scope="col" className="number">
                Amount
              </th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {credits.map(({ id, part, amount, state }) => (
              <tr key={id}>
                <th scope="row">{PARTS[part]}</th>
                <td className="number">
                  <Amount value={amount} />
                </td>
                <td>
                  <Pill tone={state === "paid" ? "good" : state === "escrow" ? "wait" : "unknown"}>
                    {state}
                  </Pill>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {refusals.length > 0 && (
        <p className="soft small">
          {count(refusals.length)} {refusals.length === 1 ? "contract has" : "contracts have"} not taken it.
        </p>
      )}
    </section>
  )
}

const PARTS = { restitution: "to the consumer", reward: "to the challenger", burned: "burned" } as const

/** How to repeat all of this without this page. */
export function Repeat({ id }: { readonly id: string }) {
  const { asOf, site } = useSource()
  return (
    <section className="card">
      <h2>Repeat it yourself</h2>
      <Commands
        lines={[
          `onus verify answer.json --model model.onnx --rpc ${site.rpc} --registry ${site.registry}`,
          "onus verify answer.json --model model.onnx --offline",
          `cast call ${asOf?.registry ?? site.registry} "lockOf(bytes32)" ${id} --rpc-url ${site.rpc}`,
        ]}
      />
    </section>
  )
}
