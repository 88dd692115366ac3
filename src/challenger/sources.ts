import type { Bundle } from "../sdk/bundle.ts"
import type { Known, KnownBatch } from "./book.ts"
import type { Sighting } from "./sighting.ts"

/**
 * Where questions, traces and models come from. All of it is somebody else's data: bounded in size and time before it is kept, and
 * checked by its hash before it is parsed.
 *
 * Errors: OnusError `EndpointUnknown` (the provider says nowhere where it serves), `FetchRefused` (an address or redirect that is not
 * allowed), `FetchFailed` (try again), `FetchTooLarge`, `FetchMissing` (the server says that there is no such thing),
 * `ContentInvalid` (something else than it must be).
 */
export interface Sources {
  /** All receipts of a batch, with places that lead to its root. */
  list(batch: KnownBatch): Promise<readonly Sighting[]>
  /** A receipt as its provider shows it; with its place if there is one. */
  receipt(provider: string, id: string): Promise<Sighting>
  /** The input tensors of a receipt, concatenated in the order of the program; as their consumer gave them, or its provider. */
  inputs(known: Pick<Known, "id" | "signed">, length: number): Promise<Uint8Array>
  /** The served trace of a receipt. */
  bundle(known: Pick<Known, "id" | "signed">): Promise<Bundle>
  /** The ONNX file of a model, from the operator's folder, from where it was registered, or from a provider that publishes it. */
  model(modelId: string, provider: string): Promise<Uint8Array>
}
