import { createHash } from "node:crypto"
import { readFile, readdir, rename, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { OnusError, isOnusError } from "../../protocol/errors.ts"
import { SEMANTICS } from "../../protocol/model.ts"
import { VERSION } from "../../service/instruments.ts"
import type { ModelFile } from "../sources.ts"
import { descriptionOf, idOfModel, readOwnModel } from "./own-model.ts"

export interface ModelFolderOptions {
  readonly folder: string
  /** A file that remembers the model ids of files by their hash: lowering a large one takes seconds. Default: none. */
  readonly index?: string
  /** The model id of a file. Default: it is lowered in this thread. */
  readonly identify?: (file: ModelFile) => Promise<string>
  /** Hears of files that are no models. */
  readonly onProblem?: (path: string, error: OnusError) => void
}

interface Known {
  /** Changes when the file or its description does. */
  readonly stamp: string
  /** Undefined if it is no model. */
  readonly modelId: string | undefined
}

const MOST_REMEMBERED = 10_000

/** The operator's own models: all `.onnx` files of a folder, by their model ids. */
export class ModelFolder {
  readonly #options: ModelFolderOptions
  readonly #files = new Map<string, Known>()
  readonly #ids: Map<string, string>
  #scan: Promise<void> | undefined

  private constructor(options: ModelFolderOptions, ids: Map<string, string>) {
    this.#options = options
    this.#ids = ids
  }

  /** Reads the folder. @throws OnusError `ModelFolderUnreadable`. */
  static async open(options: ModelFolderOptions): Promise<ModelFolder> {
    const folder = new ModelFolder(options, await readIndex(options.index))
    await folder.#look()
    return folder
  }

  /** Ids of all models that are there. */
  get modelIds(): readonly string[] {
    return [...this.#files.values()].flatMap(({ modelId }) => modelId ?? [])
  }

  /** The file of a model; undefined if it is not there. Files that have come meanwhile are found. */
  async find(modelId: string): Promise<ModelFile | undefined> {
    const wanted = modelId.toLowerCase()
    const file = await this.#read(wanted)
    if (file) return file
    await this.#look()
    return this.#read(wanted)
  }

  async #read(modelId: string): Promise<ModelFile | undefined> {
    for (const [path, known] of this.#files) {
      if (known.modelId === modelId && (await stampOf(path)) === known.stamp) return readOwnModel(path)
    }
    return undefined
  }

  #look(): Promise<void> {
    this.#scan ??= this.#lookOnce().finally(() => (this.#scan = undefined))
    return this.#scan
  }

  async #lookOnce(): Promise<void> {
    const paths = await this.#paths()
    for (const path of this.#files.keys()) if (!paths.includes(path)) this.#files.delete(path)
    let isNew = false
    for (const path of paths) {
      const stamp = await stampOf(path)
      if (stamp === undefined || this.#files.get(path)?.stamp === stamp) continue
      this.#files.set(path, { stamp, modelId: await this.#identify(path) })
      isNew = true
    }
    if (isNew) await this.#writeIndex()
  }

  async #paths(): Promise<readonly string[]> {
    const { folder } = this.#options
    try {
      const names = await readdir(folder)
      return names
        .filter((name) => name.endsWith(".onnx"))
        .sort()
        .map((name) => join(folder, name))
    } catch (cause) {
      const message = `The folder of models ${folder} cannot be read: ${(cause as Error).message}`
      throw new OnusError("ModelFolderUnreadable", message, { hint: "Make it, or name another one", cause })
    }
  }

  async #identify(path: string): Promise<string | undefined> {
    const { identify = idOfModel, onProblem } = this.#options
    try {
      const file = readOwnModel(path)
      // Another version may lower the same file to another program.
      const hash = createHash("sha256").update(`${VERSION} ${SEMANTICS} `).update(file.bytes).digest("hex")
      const id = this.#ids.get(hash) ?? (await identify(file)).toLowerCase()
      this.#ids.set(hash, id)
      return id
    } catch (error) {
      if (!isOnusError(error)) throw error
      onProblem?.(path, error)
      return undefined
    }
  }

  /** Remembers for the next start. That it cannot be written costs time then, and nothing else. */
  async #writeIndex(): Promise<void> {
    const { index } = this.#options
    if (index === undefined) return
    const text = JSON.stringify(Object.fromEntries([...this.#ids].slice(-MOST_REMEMBERED)))
    const part = `${index}.part`
    await writeFile(part, text).then(
      () => rename(part, index),
      () => {},
    )
  }
}

async function readIndex(index: string | undefined): Promise<Map<string, string>> {
  if (index === undefined) return new Map()
  try {
    const json = JSON.parse(await readFile(index, "utf8")) as Record<string, unknown>
    return new Map(Object.entries(json).flatMap(([hash, id]) => (isId(id) ? [[hash, id]] : [])))
  } catch {
    return new Map()
  }
}

const isId = (id: unknown): id is string => typeof id === "string" && /^0x[0-9a-f]{64}$/.test(id)

/** What tells that a file is still the same one; undefined if it is gone. */
async function stampOf(path: string): Promise<string | undefined> {
  const all = [path, descriptionOf(path)].map((one) => stat(one).catch(() => undefined))
  const [model, description] = await Promise.all(all)
  return model && [model, description].map((one) => `${one?.size} ${one?.mtimeMs}`).join(" ")
}
