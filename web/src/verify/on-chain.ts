import { OnusError, isOnusError } from "../../../src/protocol/errors.ts"
import type { Client } from "../../../src/sdk/client.ts"
import { type Collateral, locate } from "../../../src/sdk/locate.ts"
import { requireEvidence, requireKept, verifySignature } from "../../../src/sdk/verify.ts"
import { NO_SIGNATURE } from "../../../src/sdk/verify-offline.ts"
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
    if (signed.signature === NO_SIGNATURE) return undefined
    const signer = await verifySignature(client, signed)
    return `${signer} was a valid signing key when the receipt was issued, ${utc(Number(signed.receipt.issuedAt))}.`
  })
  let collateral: Collateral | undefined
  const behind = await attempt("What stands behind it", async () => {
    const found = await locate(client, signed, inclusion)
    collateral = found
    await requireEvidence(client, signed, found)
    requireKept(signed.receipt, found, inclusion)
    if (found.convicted.length > 0)
      throw new OnusError(
        "AlreadyConvicted",
        "The provider was convicted for it: nothing more stands behind it",
      )
    return SENTENCES[found.assurance](found)
  })
  const isBare = behind.outcome === "holds" && collateral?.assurance === "signed"
  return { checks: [key, isBare ? { ...behind, outcome: "unknown" } : behind], collateral }
}

const SENTENCES: Readonly<Record<Collateral["assurance"], (collateral: Collateral) => string>> = {
  signed: () => "A signature: evidence, but no collateral is locked behind it.",
  anchored: ({ since, until }) =>
    `Anchored ${utc(Number(since))}, with collateral for ${span(Number(until - since))} at least.`,
  final: ({ since }) => `Anchored ${utc(Number(since))}; its window is over.`,
}

/** @param ask says what holds; nothing where there is nothing to look at. */
async function attempt(name: string, ask: () => Promise<string | undefined>): Promise<Check> {
  try {
    const sentence = await ask()
    if (sentence === undefined)
      return { name, outcome: "unknown", sentence: "There is no signature to look at." }
    return { name, outcome: "holds", sentence }
  } catch (error) {
    if (!isOnusError(error)) return { name, outcome: "unknown", sentence: "The node does not answer." }
    return { name, outcome: "fails", sentence: `${error.code}: ${error.message}` }
  }
}
