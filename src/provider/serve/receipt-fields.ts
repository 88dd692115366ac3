import type { Registry, SignedReceipt } from "../../protocol/receipt.ts"

type Signed = SignedReceipt & { readonly receiptId: string }

/** The signed receipt as response parameters: the protocol allows text, numbers and booleans there, no objects. */
export function receiptParameters({
  registry,
  receipt,
  signature,
  receiptId,
}: Signed): Record<string, string> {
  return {
    receipt_id: receiptId,
    signature,
    chain_id: String(registry.chainId),
    registry: registry.address,
    provider: receipt.provider,
    model_id: receipt.modelId,
    request_id: receipt.requestId,
    input_commitment: receipt.inputCommitment,
    output_commitment: receipt.outputCommitment,
    trace_commitment: receipt.traceCommitment,
    consumer: receipt.consumer,
    coverage: String(receipt.coverage),
    issued_at: String(receipt.issuedAt),
    anchor_by: String(receipt.anchorBy),
    challenge_window: String(receipt.challengeWindow),
    terms_hash: receipt.termsHash,
  }
}

/** The signed receipt as compact JSON, with the names of a bundle. */
export function receiptJson({ registry, receipt, signature }: Signed): string {
  const plain = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value)
  return JSON.stringify({ registry: registryJson(registry), receipt, signature }, plain)
}

export const registryJson = ({ chainId, address }: Registry) => ({ chainId: String(chainId), address })
