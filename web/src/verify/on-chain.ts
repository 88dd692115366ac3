import { isOnusError } from "../../../src/protocol/errors.ts"
import type { Client } from "../../../src/sdk/client.ts"
import { type Collateral, locate } from "../../../src/sdk/locate.ts"
import { requireEvidence, requireKept, verifySignature } from "../../../src/sdk/verify.ts"
import { span, utc } from "../components/format.ts"
import type { Check, Examined } from "./examined.ts"

/** What the chain says about an answer's file. */
export interface OnChain {
  readonly checks: readonly Check[]
  readonly collateral: Collateral | undefined
}

/** Asks the chain whether the signer was a key of the provider at the time, and what stands behind the answer. */
export async function askChain(client: Client, { signed, inclusion }: Examined): Promise<OnChain> {
  const key = await attempt("Key of the provider at that time", async () => {
    const signer = await verifySignature(client, signed)
    return `${signer} was a valid signing key when the receipt was issued, ${utc(Number(signed.receipt.issuedAt))}.`
  })
  let collateral: Collateral | undefined
  const behind = await attempt("What stands behind it", async () => {
    const found = await locate(client, signed, inclusion)
    collateral = found
    await requireEvidence(client, signed, found)
    requireKept(signed.receipt, found, inclusion)
    return SENTENCES[found.assurance](found)
  })
  const isBare = collateral?.assurance === "signed"
  return { checks: [key, isBare ? { ...behind, outcome: "unknown" } : behind], collateral }
}

const SENTENCES: Readonly<Record<Collateral["assurance"], (collateral: Collateral) => string>> = {
  signed: () => "A signature: evidence, but no collateral is locked behind it.",
  anchored: ({ since, until }) =>
    `Anchored ${utc(Number(since))}, with collateral for ${span(Number(until - since))} at least.`,
  final: ({ since }) => `Anchored ${utc(Number(since))}; its window is over.`,
}

async function attempt(name: string, ask: () => Promise<string>): Promise<Check> {
  try {
    return { name, outcome: "holds", sentence: await ask() }
  } catch (error) {
    if (!isOnusError(error)) return { name, outcome: "unknown", sentence: "The node does not answer." }
    return { name, outcome: "fails", sentence: `${error.code}: ${error.message}` }
  }
}
