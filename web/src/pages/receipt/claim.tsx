import type { ReceiptFacts } from "../../../../src/facts/source.ts"
import { Id } from "../../components/id.tsx"
import { Amount } from "../../components/parts.tsx"
import type { Examined } from "../../verify/examined.ts"

interface ClaimProps {
  readonly facts: ReceiptFacts | undefined
  readonly examined: Examined | undefined
  /** Whether only a file says so, and the provider does not. */
  readonly isDisowned: boolean
}

/** What is claimed, in one sentence. */
export function Claim({ facts, examined, isDisowned }: ClaimProps) {
  const said = examined?.signed.receipt ?? facts?.receipt
  const [provider, model] = [said?.provider, examined?.signed.receipt.modelId ?? facts?.receipt?.model]
  if (!said || !provider || !model || !said.inputCommitment || !said.outputCommitment) return null
  return (
    <section className="card">
      <h2>What is claimed</h2>
      <p className="claim">
        {isDisowned && <b>Nothing shows that the provider has said this: a file has it that </b>}
        {isDisowned ? "provider" : "Provider"} <Id of="provider" value={provider.toLowerCase()} /> says that
        model <Id of="model" value={model} /> makes output <Id of="hash" value={said.outputCommitment} /> of
        input <Id of="hash" value={said.inputCommitment} />
        {said.consumer && (
          <>
            , asked by consumer <Id of="account" value={said.consumer} />
          </>
        )}
        {said.coverage !== null && (
          <>
            , who gets <Amount value={said.coverage} /> if that is wrong
          </>
        )}
        .
      </p>
    </section>
  )
}
