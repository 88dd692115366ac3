import { randomBytes } from "node:crypto"
import { OnusError } from "../../protocol/errors.ts"
import type { Log } from "../../service/log.ts"
import type { Database } from "../../store/database.ts"
import type { Facts } from "./facts.ts"
import { type Mark, readMark, writeMark } from "./mark-file.ts"

/** The fact that names the runs of the node, oldest first. */
const RUNS = "runs"
/** Runs that a journal goes on knowing at least: after a power cut the mark may be one of some runs ago. */
const KNOWN = 64
/** The file counts numbers up that it has given, whatever was deleted since: neither pruning nor a failed run makes it go back. */
const LAST = "SELECT seq FROM sqlite_sequence WHERE name = 'claims'"

export interface JournalMarkOptions {
  /** The database's file: the mark lies beside it. */
  readonly file: string
  /** A SQLite database with a journal in it. */
  readonly database: Pick<Database, "query">
  readonly facts: Pick<Facts, "get" | "set">
  readonly log: Pick<Log, "warn">
  /** The operator knows that the journal is an older one. */
  readonly restored: boolean
}

/**
 * A little file beside a journal which says how far that had come: it tells an older copy of the file from the file. Claims are on
 * the disk before the mark counts them, and runs before it names them: whatever ends the machine, the mark is never ahead of the journal.
 */
export class JournalMark {
  readonly #options: JournalMarkOptions
  /** Runs that the journal goes on knowing. */
  readonly #runs: readonly string[]
  #run: string | undefined

  private constructor(options: JournalMarkOptions, runs: readonly string[]) {
    this.#options = options
    this.#runs = runs
  }

  /**
   * Compares a journal with its mark. Changes neither.
   *
   * @throws OnusError `JournalBehindMark`, unless it is known to be restored.
   */
  static async check(options: JournalMarkOptions): Promise<JournalMark> {
    const { file, database, facts, log, restored } = options
    const runs = JSON.parse((await facts.get(RUNS)) ?? "[]") as readonly string[]
    const path = pathOf(file)
    let mark: Mark | undefined
    try {
      mark = await readMark(path)
      if (!mark && (await lastClaim(database)) > 0)
        log.warn({ path }, "The journal has no mark beside it: whether it is an older copy cannot be told")
    } catch (error) {
      log.warn(
        { path, error },
        "The journal's mark cannot be read: whether it is an older copy cannot be told",
      )
    }
    if (mark && !restored) requireNotBehind(file, mark, await lastClaim(database), runs)
    const from = mark ? runs.indexOf(mark.run) : -1
    const recent = Math.max(0, runs.length - KNOWN)
    // As long as no mark can be written, that of an old run lies there, and must stay known.
    return new JournalMark(options, runs.slice(from === -1 ? recent : Math.min(from, recent)))
  }

  /** Begins a run: from now on the mark is written. After it is durable, if so, that the journal was restored. */
  async begin(): Promise<void> {
    const { facts, log, file } = this.#options
    const run = randomBytes(8).toString("hex")
    await facts.set(RUNS, JSON.stringify([...this.#runs, run]))
    this.#run = run
    try {
      await this.write()
    } catch (error) {
      // What the node owes must be defended all the same.
      log.warn({ path: pathOf(file), error }, "The journal's mark cannot be written")
    }
  }

  /** Writes how far the journal has come; nothing before the run has begun. */
  async write(): Promise<void> {
    const { file, database } = this.#options
    if (this.#run === undefined) return
    await writeMark(pathOf(file), { run: this.#run, claims: await lastClaim(database) })
  }
}

const pathOf = (file: string) => `${file}.mark`

async function lastClaim(database: Pick<Database, "query">): Promise<number> {
  const [row] = await database.query(LAST)
  return Number(row?.seq ?? 0)
}

function requireNotBehind(file: string, mark: Mark, claims: number, runs: readonly string[]): void {
  const path = pathOf(file)
  const known = runs.includes(mark.run)
  if (known && claims >= mark.claims) return
  const why = known
    ? `has given ${claims} claims a number, and ${mark.claims} by its mark ${path}`
    : `does not know the run ${mark.run} of the node which wrote its mark ${path}`
  throw new OnusError("JournalBehindMark", `The journal ${file} ${why}: it is an older copy`, {
    hint: `Put the newest journal back. If it is lost, start once with --restored: ids that consumers choose are refused then. If nothing was signed since this copy was made, for certain, remove ${path}`,
  })
}
