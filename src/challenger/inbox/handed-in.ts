import { mkdirSync, readdirSync, statSync } from "node:fs"
import { readFile, rename, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { OnusError } from "../../protocol/errors.ts"
import type { Book } from "../book.ts"

export interface HandedInOptions {
  readonly folder: string
  /** Bytes of all files together. */
  readonly maxBytes: number
}

/** Others that are kept beside the inputs of a receipt until it is known which are right. */
const MOST_OTHERS = 7

/** The part of the room that is for receipts of one provider. */
const SHARE = 0.25

const NAME = /^(0x[0-9a-f]{64})(?:\.([1-9]))?\.inputs$/

/**
 * Inputs that consumers handed in, a file for each receipt: `ID.inputs`. Whether they are what the receipt commits to shows only when
 * its model is at hand; until then whoever is first must not keep others out, so that some more are kept beside them.
 */
export class HandedIn {
  readonly #options: HandedInOptions
  /** Bytes by the names of the files. */
  readonly #files = new Map<string, number>()
  /** Who signed the receipts of files that came since the start. */
  readonly #providers = new Map<string, string>()
  #bytes = 0

  private constructor(options: HandedInOptions) {
    this.#options = options
  }

  /** Opens the folder, and makes it if there is none. */
  static open(options: HandedInOptions): HandedIn {
    const { folder } = options
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const kept = new HandedIn(options)
    for (const name of readdirSync(folder))
      if (NAME.test(name)) kept.#add(name, statSync(join(folder, name)).size)
    return kept
  }

  /** Bytes of all files together. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * Keeps inputs of a receipt.
   *
   * @param provider Who signed it. A provider can sign as much as it likes: so it has a part of the room, as far as is known since the start.
   * @returns whether they are new.
   * @throws OnusError `InboxFull` when there is no room, or too many others were handed in for it.
   */
  async offer(receiptId: string, inputs: Uint8Array, provider?: string): Promise<boolean> {
    const id = receiptId.toLowerCase()
    const names = this.#namesOf(id)
    for (const name of names) if (await this.#holds(name, inputs)) return false
    if (this.bytes + inputs.length > this.#options.maxBytes)
      throw full(`There is no room for the inputs of receipt ${id}`)
    if (provider !== undefined && this.#bytesOf(provider) + inputs.length > SHARE * this.#options.maxBytes)
      throw full(`There is no room for more inputs of receipts of ${provider}`)
    const name = [nameOf(id), ...Array.from({ length: MOST_OTHERS }, (_, i) => nameOf(id, i + 1))].find(
      (one) => !this.#files.has(one),
    )
    if (name === undefined) throw full(`${names.length} different inputs were handed in for receipt ${id}`)
    this.#add(name, inputs.length)
    if (provider !== undefined) this.#providers.set(name, provider)
    try {
      const path = join(this.#options.folder, name)
      await writeFile(`${path}.new`, inputs, { mode: 0o600 })
      await rename(`${path}.new`, path)
      return true
    } catch (error) {
      this.#drop(name)
      throw error
    }
  }

  /** Whether several inputs were handed in for a receipt, one of which can be right. */
  isAmbiguous(receiptId: string): boolean {
    return this.#namesOf(receiptId.toLowerCase()).length > 1
  }

  /** Keeps those inputs of a receipt that are right; if none are, there is room for others again. */
  async settle(receiptId: string, isRight: (inputs: Uint8Array) => boolean): Promise<void> {
    const id = receiptId.toLowerCase()
    let right: string | undefined
    for (const name of this.#namesOf(id)) {
      if (right === undefined && isRight(await readFile(this.#pathOf(name)))) right = name
      else await this.#remove(name)
    }
    if (right === undefined || right === nameOf(id)) return
    await rename(this.#pathOf(right), this.#pathOf(nameOf(id)))
    this.#add(nameOf(id), this.#files.get(right)!)
    const provider = this.#providers.get(right)
    if (provider !== undefined) this.#providers.set(nameOf(id), provider)
    this.#drop(right)
  }

  /** Removes what is of receipts that need no run any more. */
  async prune(book: Pick<Book, "find">): Promise<void> {
    for (const name of [...this.#files.keys()]) {
      const known = await book.find(NAME.exec(name)![1])
      if (!known || known.state === "match" || known.state === "expired") await this.#remove(name)
    }
  }

  #namesOf(id: string): readonly string[] {
    const names = [nameOf(id), ...Array.from({ length: MOST_OTHERS }, (_, i) => nameOf(id, i + 1))]
    return names.filter((name) => this.#files.has(name))
  }

  async #holds(name: string, inputs: Uint8Array): Promise<boolean> {
    if (this.#files.get(name) !== inputs.length) return false
    return Buffer.compare(await readFile(this.#pathOf(name)), inputs) === 0
  }

  async #remove(name: string): Promise<void> {
    await rm(this.#pathOf(name), { force: true })
    this.#drop(name)
  }

  #add(name: string, bytes: number): void {
    this.#files.set(name, bytes)
    this.#bytes += bytes
  }

  #bytesOf(provider: string): number {
    const own = [...this.#providers].filter(([, one]) => one === provider)
    return own.reduce((sum, [name]) => sum + (this.#files.get(name) ?? 0), 0)
  }

  #drop(name: string): void {
    this.#providers.delete(name)
    this.#bytes -= this.#files.get(name)!
    this.#files.delete(name)
  }

  #pathOf(name: string): string {
    return join(this.#options.folder, name)
  }
}

const nameOf = (id: string, other?: number): string => `${id}${other === undefined ? "" : `.${other}`}.inputs`

const full = (message: string): OnusError =>
  new OnusError("InboxFull", message, { hint: "Hand it in again later: what was checked makes room" })
