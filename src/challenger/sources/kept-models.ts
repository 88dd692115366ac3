import { mkdirSync } from "node:fs"
import { readFile, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { ModelFile } from "../sources.ts"

export interface KeptModelsOptions {
  readonly folder: string
  /** Bytes that all files may have together; what is needed is kept beyond that. */
  readonly maxBytes: number
  /** Ids of models without which something that was begun cannot be finished. */
  readonly needed: () => Promise<ReadonlySet<string>>
}

/** A file and what is beside it. */
interface Kept {
  readonly path: string
  readonly modelId: string
  readonly size: number
  /** Milliseconds: when it was last of use. */
  readonly usedAt: number
}

/**
 * Models of strangers, on the disk as soon as they were found to be what they are said to be: whoever is accused stops serving the model,
 * and a challenger that was started again could not go on. Those that were not of use for the longest time make room for others.
 */
export class KeptModels {
  readonly #options: KeptModelsOptions
  #writing: Promise<void> = Promise.resolve()

  constructor(options: KeptModelsOptions) {
    this.#options = options
    mkdirSync(options.folder, { recursive: true })
  }

  /** The file of a model; as good as any other that a stranger serves. */
  async find(modelId: string): Promise<ModelFile | undefined> {
    const path = this.#pathOf(modelId)
    try {
      const [bytes, shapes] = await Promise.all([readFile(path), readFile(`${path}.json`, "utf8")])
      await utimes(path, new Date(), new Date())
      return { bytes, shapes: JSON.parse(shapes) as ModelFile["shapes"], from: "provider" }
    } catch {
      // It is not there, or not whole: others have it still.
      return undefined
    }
  }

  /** Keeps a file, after it was found to be that model. What the disk has no room for is not kept. */
  keep(modelId: string, file: ModelFile): Promise<void> {
    this.#writing = this.#writing.then(() => this.#keep(modelId, file)).catch(() => undefined)
    return this.#writing
  }

  async #keep(modelId: string, { bytes, shapes }: ModelFile): Promise<void> {
    const path = this.#pathOf(modelId)
    await writeFile(`${path}.json`, JSON.stringify(shapes))
    await writeFile(`${path}.part`, bytes)
    await rename(`${path}.part`, path)
    await this.#makeRoom(modelId)
  }

  async #makeRoom(last: string): Promise<void> {
    const { maxBytes, needed } = this.#options
    const all = (await this.#list()).sort((a, b) => a.usedAt - b.usedAt)
    let left = all.reduce((sum, { size }) => sum + size, 0)
    if (left <= maxBytes) return
    const kept = await needed()
    for (const { path, modelId, size } of all) {
      if (left <= maxBytes) return
      if (modelId === last.toLowerCase() || kept.has(modelId)) continue
      await rm(path, { force: true })
      await rm(`${path}.json`, { force: true })
      left -= size
    }
  }

  async #list(): Promise<Kept[]> {
    const { folder } = this.#options
    const names = (await readdir(folder)).filter((name) => NAME.test(name))
    const found = await Promise.all(
      names.map(async (name) => {
        const path = join(folder, name)
        const { size, mtimeMs: usedAt } = await stat(path)
        return { path, modelId: name.replace(/\.onnx$/, ""), size, usedAt }
      }),
    )
    return found
  }

  #pathOf(modelId: string): string {
    return join(this.#options.folder, `${modelId.toLowerCase()}.onnx`)
  }
}

const NAME = /^0x[0-9a-f]{64}\.onnx$/
