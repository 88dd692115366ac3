import type { Inclusion } from "../../protocol/batch.ts"
import { isOnusError } from "../../protocol/errors.ts"
import { receiptId } from "../../protocol/receipt.ts"
import { isOutage } from "../../service/one-by-one.ts"
import type { Book, Known } from "../book.ts"
import type { RegistryDesk } from "../registry.ts"
import type { Sources } from "../sources.ts"
import { type View, timeOf } from "../view.ts"

/**
 * What a provider says when it is asked where it has anchored a receipt.
 *
 * - `placed`: where the registry finds it
 * - `nowhere`: nowhere, or where it is not
 * - `unreachable`: nothing that says either
 */
export type Asked =
  | { readonly answer: "placed"; readonly inclusion: Inclusion }
  | { readonly answer: "nowhere" }
  | { readonly answer: "unreachable"; readonly reason: string }

/** Asks the provider of a receipt for its place, and writes down what holds on-chain. @throws what a node's failure throws. */
export async function findPlace(
  {
    book,
    sources,
    desk,
  }: { readonly book: Book; readonly sources: Pick<Sources, "receipt">; readonly desk: RegistryDesk },
  { id, signed }: Known,
  view: View,
): Promise<Asked> {
  const inclusion = await shown(sources, id, signed.receipt.provider)
  if (inclusion === undefined) return { answer: "nowhere" }
  if ("reason" in inclusion) return { answer: "unreachable", reason: inclusion.reason }
  if (!(await desk.placeOf(signed, inclusion, view.head))) return { answer: "nowhere" }
  await book.see([{ signed: { ...signed, signature: "0x" }, inclusion, source: "provider" }], timeOf(view))
  return { answer: "placed", inclusion }
}

async function shown(
  sources: Pick<Sources, "receipt">,
  id: string,
  provider: string,
): Promise<Inclusion | { readonly reason: string } | undefined> {
  try {
    const { signed, inclusion } = await sources.receipt(provider, id)
    return receiptId(signed.registry, signed.receipt) === id
      ? inclusion
      : { reason: "It shows another receipt" }
  } catch (error) {
    if (isOnusError(error, "FetchMissing")) return undefined
    if (!isOnusError(error) || isOutage(error)) throw error
    return { reason: error.message }
  }
}
