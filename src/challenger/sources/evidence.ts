import type { Registry } from "../../protocol/receipt.ts"
import { isOnusError } from "../../protocol/errors.ts"
import { type Bundle, decodeBundle } from "../../sdk/bundle.ts"
import { invalid, missing } from "../fetch/errors.ts"
import { textOf } from "../fetch/json.ts"
import { requireReceipt } from "./shown-receipt.ts"

/** Bytes in which a bundle can say where it is anchored, beside what it holds. */
export const ROOM_FOR_PLACE = 2 ** 14

const SEALED = /^\s*\{\s*"format"\s*:\s*"onus\.sealed\.v1"/

/**
 * Reads what `/v1/receipts/ID/evidence` answers. Whether the tensors are those that the receipt commits to, only who has the model
 * can tell.
 *
 * @throws OnusError `ContentInvalid`; `FetchMissing` when it is sealed: nobody but its consumer can read it.
 */
export function readEvidence(bytes: Uint8Array, id: string, ours: Registry): Bundle {
  const what = `The evidence of receipt ${id}`
  const text = textOf(bytes, what)
  if (SEALED.test(text.slice(0, 200))) throw missing(`${what} is sealed for its consumer`)
  const bundle = decoded(text, what)
  requireReceipt(bundle.signed, id, ours, what)
  return bundle
}

function decoded(text: string, what: string): Bundle {
  try {
    return decodeBundle(text)
  } catch (error) {
    // Without its words, which may repeat what came.
    if (isOnusError(error)) throw invalid(`${what} is no bundle`)
    throw error
  }
}
