import { OnusError } from "../../protocol/errors.ts"
import type { Facts } from "./facts.ts"

const PROVIDER = "provider"

/**
 * Binds a journal to one provider for good. Receipts of two providers would wait together, and no batch can hold both: none of them
 * would get onto the chain.
 *
 * @throws OnusError `JournalOfAnother`.
 */
export async function bindToProvider(facts: Pick<Facts, "get" | "set">, provider: string): Promise<void> {
  const wanted = provider.toLowerCase()
  const bound = await facts.get(PROVIDER)
  if (bound === undefined) return facts.set(PROVIDER, wanted)
  if (bound === wanted) return
  throw new OnusError("JournalOfAnother", `The journal is for provider ${bound}, not for ${wanted}`, {
    hint: "Give every provider a database of its own, or correct provider.address in the configuration",
  })
}
