import { OnusError } from "../protocol/errors.ts"
import { failpoint } from "../service/failpoint.ts"
import type { Database } from "../store/database.ts"
import { type Cursor, loadCursor, saveCursor } from "./cursors.ts"
import type { CallOptions } from "./endpoint.ts"
import type { Head } from "./heads.ts"
import { type ChainLog, filterDigest, inOrder, placeOf } from "./log-filter.ts"
import { LogReader, type LogReaderOptions, cursorAhead } from "./log-reader.ts"

export { CURSOR_TABLES } from "./cursors.ts"
export type { ChainLog, LogFilter } from "./log-filter.ts"

/** The blocks that logs were read of, both ends included; logs of earlier ones are late, or were told before a restart. */
export interface LogRange {
  readonly from: number
  readonly to: number
  /** Logs after this block may be gone the next time. */
  readonly final: number
}

/**
 * Deals with all logs of a range, in order. It is given logs again until they are final, and after a crash: what it does must be the
 * same when done twice, and what it knew of the range's blocks and is not among the logs any more is not in the chain any more.
 */
export type LogHandler = (logs: readonly ChainLog[], range: LogRange, options: CallOptions) => Promise<void>

export interface LogFollowerOptions extends LogReaderOptions {
  /** Has the tables of {@link CURSOR_TABLES}. */
  readonly database: Database
  /** Names the cursor. */
  readonly name: string
  /** The first block that can have such logs: that of the deployment. */
  readonly from: number
  readonly handle: LogHandler
  /** How many blocks are read again after they were dealt with, for logs that a node had not found yet; 512 by default. */
  readonly recheck?: number
}

/** Milliseconds between two of these readings where they need questions of their own. */
const RECHECK_EVERY = 60_000

/**
 * Follows logs from a persisted cursor, and skips none.
 *
 * With every look all logs after the cursor are read, those that are not final yet again and again. The cursor moves on to the final
 * block only when everything was read and the handler is done, so that a reorganisation needs no case of its own and a crash repeats.
 * Nodes find logs later than blocks: those of the last blocks before the cursor are read for a while yet, and what is new there is told.
 * Where several programs share a database, one opens it only while it is the one that deals with the logs.
 */
export class LogFollower {
  readonly #options: LogFollowerOptions
  readonly #reader: LogReader
  readonly #filter: string
  #cursor: Cursor
  #isChecked = false
  #rechecked = -Infinity
  /** What was told of the last blocks up to the cursor. */
  #told: readonly ChainLog[] = []
  #polling: Promise<void> | undefined

  private constructor(options: LogFollowerOptions, filter: string, cursor: Cursor) {
    this.#options = options
    this.#reader = new LogReader(options)
    this.#filter = filter
    this.#cursor = cursor
  }

  /** Goes on where the cursor of this name is; from the beginning if it was of another filter, chain or first block. */
  static async open(options: LogFollowerOptions): Promise<LogFollower> {
    const { chain, database, filter, from, name } = options
    const digest = filterDigest(filter, chain.chainId, from)
    const cursor = (await loadCursor(database, name, digest)) ?? { block: from - 1, hash: "" }
    return new LogFollower(options, digest, cursor)
  }

  /** Of the cursor. */
  get name(): string {
    return this.#options.name
  }

  /** The last block whose logs are dealt with for good. */
  get cursor(): number {
    return this.#cursor.block
  }

  /** How many blocks are asked for at once now. */
  get span(): number {
    return this.#reader.span
  }

  /**
   * Reads what is new and has it dealt with, up to the head; who asks while that is under way waits for the same.
   *
   * @throws OnusError `CursorAhead` when the head is before the cursor, `ReorgTooDeep` when the cursor's block is not in the chain any
   * more; what the handler, the database or a node's failure throws. The cursor then stays behind what was not dealt with.
   */
  poll(head: Head, options: CallOptions = {}): Promise<void> {
    this.#polling ??= this.#poll(head, options).finally(() => (this.#polling = undefined))
    return this.#polling
  }

  async #poll(head: Head, options: CallOptions): Promise<void> {
    const { latest, final } = head
    if (latest.number < this.cursor) throw cursorAhead(this.#options.name, this.cursor, latest.number)
    await this.#check(head, options)
    // As long as it is far behind: piece by piece, so that a crash does not lose all of it.
    while (this.cursor + this.#reader.span <= final) {
      const [from, to] = [this.cursor + 1, this.cursor + this.#reader.span]
      const told = await this.#reader.read(from, to, options)
      const logs = await this.#reader.complete(from, to, told, options)
      await this.#deal(logs, { from, to, final }, { block: to, hash: told.last.hash }, options)
    }
    if (latest.number === this.cursor) return
    const [from, to] = [this.cursor + 1, latest.number]
    const told = await this.#reader.read(this.#recheckFrom(to), to, { ...options, last: latest.hash })
    if (final < from) return this.#deal(told.logs, { from, to, final }, undefined, options)
    const logs = await this.#reader.complete(from, final, told, options)
    await this.#deal(
      logs,
      { from, to, final },
      { block: final, hash: await this.#hashOf(final, options) },
      options,
    )
  }

  /** The first block to read: one that was dealt with already, if that is no further question, or it is time for one. */
  #recheckFrom(to: number): number {
    const { from, recheck = 512 } = this.#options
    const first = Math.max(from, this.cursor + 1 - recheck)
    const now = performance.now()
    if (to - first >= this.#reader.span && now - this.#rechecked < RECHECK_EVERY) return this.cursor + 1
    this.#rechecked = now
    return first
  }

  async #deal(
    logs: readonly ChainLog[],
    range: LogRange,
    cursor: Cursor | undefined,
    options: CallOptions,
  ): Promise<void> {
    const known = new Set(this.#told.map(placeOf))
    const news = logs.filter((log) => log.blockNumber >= range.from || !known.has(placeOf(log)))
    await this.#options.handle(news, range, options)
    const end = cursor ?? this.#cursor
    const { recheck = 512 } = this.#options
    this.#told = inOrder([...this.#told, ...logs]).filter(
      ({ blockNumber }) => blockNumber > end.block - recheck && blockNumber <= end.block,
    )
    if (!cursor) return
    failpoint("logs-handled")
    options.signal?.throwIfAborted()
    await saveCursor(this.#options.database, this.#options.name, this.#filter, cursor)
    this.#cursor = cursor
  }

  /** Once after a start: the block up to which everything was dealt with is still there. */
  async #check({ latest }: Head, options: CallOptions): Promise<void> {
    const { block, hash } = this.#cursor
    if (this.#isChecked || hash === "") return
    const there = await this.#options.chain.blockAt(block, options)
    if (!there) throw cursorAhead(this.#options.name, block, latest.number)
    if (there.hash !== hash) {
      throw new OnusError(
        "ReorgTooDeep",
        `Block ${block} (${hash}) was final when the logs of ${this.#options.name} were read, and is now ${there.hash}`,
        { hint: "Find out which chain is right before this program runs again" },
      )
    }
    this.#isChecked = true
  }

  async #hashOf(number: number, options: CallOptions): Promise<string> {
    const known = this.#options.hashOf?.(number) ?? (await this.#options.chain.blockAt(number, options))?.hash
    if (known !== undefined) return known
    throw new OnusError("BlockUnknown", `No node has block ${number}, which is final`)
  }
}
