import { createHmac } from "node:crypto"
import type { Receipt } from "../../protocol/receipt.ts"
import type { Known } from "../book.ts"

/** Which answers are checked. */
export interface Choice {
  /** The part of them that is run again, from 0 to 1. */
  readonly share: number
  /** Token units: answers with less coverage are left out. */
  readonly minCoverage: bigint
  /** Only these providers; all if left out. */
  readonly providers?: readonly string[] | undefined
  readonly notProviders?: readonly string[]
  /** Only these models; all if left out. */
  readonly models?: readonly string[] | undefined
  readonly notModels?: readonly string[]
}

/** Whose answers, and which of them. */
export interface Chooser {
  /** Why nothing of a provider with a model is looked at; undefined if it is. */
  refuses(of: Pick<Receipt, "provider" | "modelId">): string | undefined
  /** Why a receipt is not run again; undefined if it is. What somebody asks for is drawn in any case. */
  passes(known: Pick<Known, "id" | "signed" | "isWanted">): string | undefined
}

/** Bits of a draw. */
const BITS = 48

/**
 * Chooses by lists, by what is at stake, and by lot.
 *
 * @param secret decides the lot, together with the receipt: always in the same way, and nobody else can foretell it.
 */
export function chooser(choice: Choice, secret: Uint8Array): Chooser {
  const set = (names: readonly string[] | undefined) =>
    names && new Set(names.map((name) => name.toLowerCase()))
  const [providers, notProviders] = [set(choice.providers), set(choice.notProviders ?? [])!]
  const [models, notModels] = [set(choice.models), set(choice.notModels ?? [])!]
  const isWanted = (name: string, only: Set<string> | undefined, not: Set<string>): boolean =>
    (only?.has(name.toLowerCase()) ?? true) && !not.has(name.toLowerCase())
  const refuses: Chooser["refuses"] = ({ provider, modelId }) => {
    if (!isWanted(provider, providers, notProviders)) return `Answers of ${provider} are left out`
    if (!isWanted(modelId, models, notModels)) return `Answers of model ${modelId} are left out`
    return undefined
  }
  return {
    refuses,
    passes({ id, signed: { receipt }, isWanted }) {
      const refusal = refuses(receipt)
      if (refusal !== undefined) return refusal
      if (receipt.coverage < choice.minCoverage)
        return `It covers ${receipt.coverage} token units, less than ${choice.minCoverage}`
      if (!isWanted && choice.share < 1 && drawn(secret, id) >= choice.share) return "It was not drawn"
      return undefined
    },
  }
}

/** A number from 0 to 1 that only the owner of the secret knows. */
function drawn(secret: Uint8Array, id: string): number {
  const digest = createHmac("sha256", secret).update(id.toLowerCase()).digest()
  return digest.readUIntBE(0, BITS / 8) / 2 ** BITS
}
