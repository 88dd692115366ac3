import { OnusError, isOnusError } from "../../protocol/errors.ts"
import type { Registry } from "../../protocol/receipt.ts"
import { invalid, missing } from "../fetch/errors.ts"
import type { Fetcher } from "../fetch/fetcher.ts"
import { Gate } from "../fetch/gate.ts"
import type { ModelFile, Sources } from "../sources.ts"
import { Endpoints } from "./endpoints.ts"
import { ROOM_FOR_PLACE, readEvidence } from "./evidence.ts"
import type { HandedIn } from "./handed-in.ts"
import type { KeptModels } from "./kept-models.ts"
import { LONGEST_LINE, readListing } from "./listing.ts"
import type { ModelFolder } from "./model-folder.ts"
import { publishedModel, registeredModel } from "./published-models.ts"
import { LARGEST_RECEIPT, readReceipt } from "./shown-receipt.ts"

/** How large things may be that somebody else chooses. */
export interface SourceLimits {
  /** Receipts of one batch. */
  readonly receipts: number
  /** Bytes of the inputs of one receipt. */
  readonly inputs: number
  /** Bytes of a bundle. */
  readonly evidence: number
  /** Bytes of an ONNX file. */
  readonly model: number
}

export const SOURCE_LIMITS: SourceLimits = {
  receipts: 20_000,
  inputs: 64 * 2 ** 20,
  evidence: 256 * 2 ** 20,
  model: 512 * 2 ** 20,
}

export interface SourcesOptions {
  readonly registry: Registry
  readonly fetcher: Pick<Fetcher, "get">
  /** The `uri` of a provider on-chain. */
  readonly uriOf: (provider: string) => Promise<string | undefined>
  /** The `uri` that a model was registered with. */
  readonly modelUriOf?: (modelId: string) => Promise<string | undefined>
  readonly handedIn?: HandedIn
  /** The operator's own models. */
  readonly models?: Pick<ModelFolder, "find">
  /** Models of strangers that were fetched before. */
  readonly kept?: Pick<KeptModels, "find" | "keep">
  readonly limits?: Partial<SourceLimits>
}

/** Where everything comes from, over HTTP and out of folders. */
export function openSources(options: SourcesOptions): Sources {
  return new OpenSources(options)
}

/** Where a model may be found. */
interface Place {
  readonly find: () => Promise<ModelFile | undefined>
  /** It may be gone the next time. */
  readonly isStrange?: boolean
}

/** Files of models that strangers serve, from the first byte until they are found to be models or none. */
const MODELS_AT_ONCE = 2
const MOST_WAITING = 10_000

class OpenSources implements Sources {
  readonly #options: SourcesOptions
  readonly #endpoints: Endpoints
  readonly #limits: SourceLimits
  readonly #ofOne = new Gate(1, MOST_WAITING)
  readonly #ofAll = new Gate(MODELS_AT_ONCE, MOST_WAITING)

  constructor(options: SourcesOptions) {
    this.#options = options
    this.#endpoints = new Endpoints(options.fetcher, options.uriOf)
    this.#limits = { ...SOURCE_LIMITS, ...options.limits }
  }

  async list({ id, batch }: Parameters<Sources["list"]>[0]): ReturnType<Sources["list"]> {
    const { receipts } = this.#limits
    if (batch.count > receipts) throw tooMuch(`Batch ${id} has ${batch.count} receipts`, receipts)
    const maxBytes = Number(batch.count) * LONGEST_LINE
    const bytes = await this.#get(batch.provider, `/v1/batches/${id}`, maxBytes)
    return readListing(bytes, { id, batch }, this.#options.registry)
  }

  async receipt(provider: string, id: string): ReturnType<Sources["receipt"]> {
    const bytes = await this.#get(provider, `/v1/receipts/${id}`, LARGEST_RECEIPT)
    return readReceipt(bytes, id, provider, this.#options.registry)
  }

  async inputs(...[{ id, signed }, length, isRight = () => true]: Parameters<Sources["inputs"]>) {
    if (length > this.#limits.inputs)
      throw tooMuch(`The inputs of receipt ${id} have ${length} bytes`, this.#limits.inputs)
    const given = await this.#options.handedIn?.(id)
    if (given?.length === length && isRight(given)) return given
    const bytes = await this.#get(signed.receipt.provider, `/v1/receipts/${id}/inputs`, length)
    if (bytes.length !== length)
      throw invalid(`The inputs of receipt ${id} have ${bytes.length} bytes instead of ${length}`)
    if (!isRight(bytes)) throw invalid(`The inputs served for receipt ${id} are not those that it commits to`)
    return bytes
  }

  async bundle(...[{ id, signed }, maxBytes]: Parameters<Sources["bundle"]>): ReturnType<Sources["bundle"]> {
    const most = Math.min(this.#limits.evidence, (maxBytes ?? Infinity) + ROOM_FOR_PLACE)
    const bytes = await this.#get(signed.receipt.provider, `/v1/receipts/${id}/evidence`, most)
    return readEvidence(bytes, id, this.#options.registry)
  }

  async model<T>(modelId: string, provider: string, accept: (file: ModelFile) => Promise<T>): Promise<T> {
    const failures: OnusError[] = []
    for (const { find, isStrange } of this.#placesOf(modelId, provider)) {
      const leave = isStrange ? await this.#enter(provider) : () => {}
      try {
        const file = await find()
        if (!file) continue
        const accepted = await accept(file)
        if (isStrange) await this.#options.kept?.keep(modelId, file)
        return accepted
      } catch (error) {
        if (!isOnusError(error)) throw error
        failures.push(error)
      } finally {
        leave()
      }
    }
    // What may be otherwise the next time says most about what to do, and then the last one that had a file.
    const passing = failures.find(({ code }) => code === "FetchFailed")
    throw passing ?? failures.at(-1) ?? missing(`Nobody serves the file of model ${modelId}`)
  }

  /** Files of strangers are large: a few are in memory at once, of one provider one. */
  async #enter(provider: string): Promise<() => void> {
    const { signal } = new AbortController()
    const leaves = [await this.#ofOne.enter(provider, signal)]
    try {
      leaves.push(await this.#ofAll.enter("models", signal))
    } catch (error) {
      leaves[0]()
      throw error
    }
    return () => leaves.forEach((leave) => leave())
  }

  #placesOf(modelId: string, provider: string): readonly Place[] {
    const { models, kept, modelUriOf, fetcher } = this.#options
    const most = this.#limits.model
    return [
      { find: async () => models?.find(modelId) },
      { find: async () => kept?.find(modelId) },
      {
        isStrange: true,
        find: async () => {
          const uri = await modelUriOf?.(modelId)
          return uri ? registeredModel(fetcher, uri, most) : undefined
        },
      },
      {
        isStrange: true,
        find: async () => publishedModel(fetcher, await this.#endpoints.of(provider), modelId, most),
      },
    ]
  }

  async #get(provider: string, path: string, maxBytes: number): Promise<Uint8Array> {
    const base = await this.#endpoints.of(provider)
    return (await this.#options.fetcher.get(base + path, { maxBytes })).bytes
  }
}

const tooMuch = (what: string, most: number) =>
  new OnusError("FetchTooLarge", `${what}; ${most} are read at most`)
