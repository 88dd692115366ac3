import type { Shapes } from "../engine/onnx/dimensions.ts"
import type { Bundle } from "../sdk/bundle.ts"
import type { Known, KnownBatch } from "./book.ts"
import type { Sighting } from "./sighting.ts"

/** An ONNX file of which somebody says that it is a model: a whole one, with its weights inside. */
export interface ModelFile {
  readonly bytes: Uint8Array
  /** Shapes of inputs by their name, for dimensions that the file leaves open; empty where nobody tells. */
  readonly shapes: Shapes
  /** Who says so. Only what the operator put into the folder is not a stranger's. */
  readonly from: "operator" | "registry" | "provider"
}

/**
 * Where questions, traces and models come from. All of it is somebody else's data: bounded in size and time before it is kept, and
 * checked by its hash before it is parsed.
 *
 * Errors: OnusError `EndpointUnknown` (the provider says nowhere where it serves), `FetchRefused` (an address or redirect that is not
 * allowed), `FetchFailed` (try again), `FetchTooLarge`, `FetchMissing` (the server says that there is no such thing, or that it is sealed
 * for somebody else), `ContentInvalid` (something else than it must be).
 */
export interface Sources {
  /** All receipts of a batch, with places that lead to its root. Their signatures were not looked at: their places bind them. */
  list(batch: Pick<KnownBatch, "id" | "batch">): Promise<readonly Sighting[]>
  /** A receipt as its provider shows it; with its place if there is one. Its signature was not looked at. */
  receipt(provider: string, id: string): Promise<Sighting>
  /**
   * The input tensors of a receipt, concatenated in the order of the program; as their consumer gave them, or its provider.
   *
   * @param isRight whether they are those that the receipt commits to. Without it the first ones of that length are given.
   */
  inputs(
    known: Pick<Known, "id" | "signed">,
    length: number,
    isRight?: (bytes: Uint8Array) => boolean,
  ): Promise<Uint8Array>
  /**
   * The served trace of a receipt.
   *
   * @param maxBytes what it can have at most, as `bundleSize` tells; what says where it is anchored is added to that.
   */
  bundle(known: Pick<Known, "id" | "signed">, maxBytes?: number): Promise<Bundle>
  /**
   * A model, from the operator's folder, from where it was registered, or from a provider that publishes it.
   *
   * @param accept makes something of a file, or throws when it is another model: then the next file is tried.
   * @returns what `accept` made.
   */
  model<T>(modelId: string, provider: string, accept: (file: ModelFile) => Promise<T>): Promise<T>
}
