import { createHash } from "node:crypto"
import { OnusError, isOnusError } from "../../protocol/errors.ts"
import { isOutage } from "../../service/one-by-one.ts"
import type { ModelFile, Sources } from "../sources.ts"
import type { Caps } from "./caps.ts"
import { type CompiledModel, compileModel } from "./compile.ts"
import { inTurn } from "./in-turn.ts"
import type { CheckedFile } from "./model-files.ts"

export interface LibraryOptions {
  readonly sources: Pick<Sources, "model">
  readonly caps: Caps
  /** Makes a model out of a file. */
  readonly compile?: typeof compileModel
}

/** A model with the hash of its file. */
export interface LibraryModel extends CompiledModel {
  /** 0x-prefixed hex. */
  readonly sha256: string
}

/** Milliseconds for which a model that could not be had from a provider is not asked for again: doubled each time, up to the second. */
const PAUSE_MS = [10_000, 3_600_000] as const
/** Models that could not be had, of which that is remembered. */
const MOST_FAILURES = 1000

interface Failure {
  readonly error: unknown
  readonly until: number
  readonly pause: number
}

/** The models of receipts: fetched, lowered and kept by their id, as many as fit. */
export class ModelLibrary {
  readonly #options: LibraryOptions
  /** The last one used is the last one. */
  readonly #known = new Map<string, LibraryModel>()
  readonly #loading = new Map<string, Promise<LibraryModel>>()
  readonly #failures = new Map<string, Failure>()
  /** One file is lowered at a time: what bounds one bounds all. The operator's own do not wait for those of strangers. */
  readonly #turns = { own: inTurn(), strange: inTurn() }
  #bytes = 0

  constructor(options: LibraryOptions) {
    this.#options = options
  }

  /** Bytes of the programs that are kept. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * @param provider Whose receipts it is for: it may publish the file.
   * @throws OnusError as `Sources.model` and `compileModel`; the same again for a while.
   */
  async modelOf(modelId: string, provider: string): Promise<LibraryModel> {
    const known = this.#known.get(modelId)
    if (known) {
      this.#known.delete(modelId)
      this.#known.set(modelId, known)
      return known
    }
    // Providers are told apart: the file of one says nothing of what another one serves.
    const key = `${modelId} ${provider}`
    const failure = this.#failures.get(key)
    if (failure && failure.until > performance.now()) throw failure.error
    const loading = this.#loading.get(key)
    if (loading) return loading
    const started = this.#load(key, modelId, provider).finally(() => this.#loading.delete(key))
    this.#loading.set(key, started)
    return started
  }

  /** The file that a model was made out of, fetched again: it is not kept. @throws OnusError as {@link modelOf}. */
  async fileOf(modelId: string, provider: string): Promise<CheckedFile> {
    const { sha256, dimensions } = await this.modelOf(modelId, provider)
    return this.#options.sources.model(modelId, provider, ({ bytes }) => {
      if (sha256Of(bytes) === sha256) return Promise.resolve({ bytes, sha256, dimensions })
      const message = `The file is another one than that of model ${modelId} was`
      return Promise.reject(new OnusError("ModelMismatch", message))
    })
  }

  async #load(key: string, modelId: string, provider: string): Promise<LibraryModel> {
    let differs: unknown
    try {
      const model = await this.#options.sources.model(modelId, provider, (file) =>
        this.#compile(file, modelId).catch((error: unknown) => {
          if (isOnusError(error, "SemanticsDiffer")) differs = error
          throw error
        }),
      )
      this.#failures.delete(key)
      this.#keep(modelId, model)
      return model
    } catch (error) {
      // It says more than that no other source has it.
      this.#noteFailure(key, differs ?? error)
      throw differs ?? error
    }
  }

  #compile(file: ModelFile, modelId: string): Promise<LibraryModel> {
    const { caps, compile = compileModel } = this.#options
    const { bytes, from } = file
    return this.#turns[from === "operator" ? "own" : "strange"](async () => ({
      ...(await compile(file, modelId, caps)),
      sha256: sha256Of(bytes),
    }))
  }

  #keep(modelId: string, model: LibraryModel): void {
    if (this.#known.has(modelId)) return
    this.#known.set(modelId, model)
    this.#bytes += model.needs.programBytes
    for (const [id, { needs }] of this.#known) {
      if (this.#bytes <= this.#options.caps.libraryBytes || this.#known.size === 1) break
      this.#known.delete(id)
      this.#bytes -= needs.programBytes
    }
  }

  #noteFailure(key: string, error: unknown): void {
    // That a server was not reached is not the file's fault, and asking again costs nothing but the question.
    if (isOnusError(error, "FetchFailed") || isOutage(error)) return
    const before = this.#failures.get(key)
    const pause = Math.min(before ? 2 * before.pause : PAUSE_MS[0], PAUSE_MS[1])
    this.#failures.delete(key)
    this.#failures.set(key, { error, pause, until: performance.now() + pause })
    const [oldest] = this.#failures.keys()
    if (this.#failures.size > MOST_FAILURES) this.#failures.delete(oldest)
  }
}

const sha256Of = (bytes: Uint8Array): string => `0x${createHash("sha256").update(bytes).digest("hex")}`
