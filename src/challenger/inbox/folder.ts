import { mkdirSync } from "node:fs"
import { lstat, readFile, readdir, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { type OnusError, isOnusError } from "../../protocol/errors.ts"
import { isOutage } from "../../service/one-by-one.ts"
import type { Log } from "../../service/log.ts"
import type { Inbox } from "./inbox.ts"

/** Files that are taken in one go. */
const AT_ONCE = 100
/** What may be otherwise later: such files stay where they are. */
const PASSING = ["InboxFull", "NotReady", "ReceiptFromFuture"]

export interface FolderOptions {
  readonly folder: string
  readonly inbox: Pick<Inbox, "take">
  /** Bytes of one file. */
  readonly maxBytes: number
  readonly log: Log
}

/**
 * Takes files `*.json` that are put into a folder: they are moved to `done/`, or to `refused/` with the reason beside them. Who writes
 * them slowly loses nothing: a file that is no JSON yet is looked at again until it does not change any more.
 */
export class InboxFolder {
  readonly #options: FolderOptions
  /** Sizes and times of files that could not be read before. */
  readonly #unreadable = new Map<string, string>()
  /** The last name that was looked at. */
  #last = ""

  /** Makes the folder if there is none. */
  constructor(options: FolderOptions) {
    this.#options = options
    for (const name of ["done", "refused"]) mkdirSync(join(options.folder, name), { recursive: true })
  }

  /**
   * Takes what is there, and goes on the next time behind where it has stopped: what must wait keeps nothing else waiting.
   *
   * @throws what a node's or the database's failure throws; the rest is taken the next time.
   */
  async tick(signal?: AbortSignal): Promise<void> {
    const names = (await readdir(this.#options.folder)).filter((name) => name.endsWith(".json")).sort()
    const behind = names.findIndex((name) => name > this.#last)
    const inTurn = behind < 0 ? names : [...names.slice(behind), ...names.slice(0, behind)]
    for (const name of inTurn.slice(0, AT_ONCE)) {
      signal?.throwIfAborted()
      await this.#take(name)
      this.#last = name
    }
  }

  async #take(name: string): Promise<void> {
    const { folder, inbox, maxBytes } = this.#options
    const path = join(folder, name)
    const found = await lstat(path).catch(() => undefined)
    // Whoever put it there has taken it back.
    if (!found) return
    // A link could lead to files that are nobody's business.
    if (!found.isFile()) return this.#refuse(name, "It is no file")
    if (found.size > maxBytes)
      return this.#refuse(name, `It has ${found.size} bytes; ${maxBytes} are allowed`)
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => error)
    if (bytes instanceof Error) return this.#pass(name, bytes)
    try {
      await inbox.take(bytes)
      this.#unreadable.delete(name)
      await this.#move(name, "done")
    } catch (error) {
      if (!isOnusError(error) || isOutage(error)) throw error
      if (PASSING.includes(error.code)) return
      if (error.code === "BundleMalformed" && this.#mayChange(name, `${found.size} ${found.mtimeMs}`)) return
      await this.#refuse(name, sentence(error))
    }
  }

  /** Leaves a file where it is that this program may not read: it is told of once. */
  #pass(name: string, error: Error): void {
    if (!this.#mayChange(name, error.message)) return
    this.#options.log.warn({ file: name, error }, "A file that somebody handed in cannot be read")
  }

  #mayChange(name: string, now: string): boolean {
    const before = this.#unreadable.get(name)
    this.#unreadable.set(name, now)
    return before !== now
  }

  async #refuse(name: string, reason: string): Promise<void> {
    const { folder, log } = this.#options
    this.#unreadable.delete(name)
    log.warn({ file: name, reason }, "A file was refused that somebody handed in")
    const moved = await this.#move(name, "refused")
    await writeFile(join(folder, "refused", `${moved}.txt`), `${reason}\n`)
  }

  /** @returns its name there. */
  async #move(name: string, to: "done" | "refused"): Promise<string> {
    const { folder } = this.#options
    const taken = new Set(await readdir(join(folder, to)))
    let free = name
    for (let i = 1; taken.has(free); i++) free = `${name.slice(0, -".json".length)}.${i}.json`
    await rename(join(folder, name), join(folder, to, free))
    return free
  }
}

const sentence = ({ message, hint }: OnusError): string =>
  hint === undefined ? message : `${message}. ${hint}`
