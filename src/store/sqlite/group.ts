import type { DatabaseSync, StatementSync } from "node:sqlite"
import type { Row, Statement } from "../database.ts"
import { FULL, codeOf } from "./explain.ts"
import { type Failure, type Reply, type Request, failureOf } from "./messages.ts"

const STATEMENTS_LIMIT = 300

/** Runs transactions, as many as there are with one wait for the disk. */
export class Group {
  readonly #database: DatabaseSync
  readonly #prepared = new Map<string, StatementSync>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Commits transactions together, each as if it were alone. */
  commit(requests: readonly Request[]): Reply[] {
    try {
      this.#do("BEGIN IMMEDIATE")
      const replies =
        requests.length === 1
          ? [{ id: requests[0].id, rows: this.#run(requests[0].statements) }]
          : requests.map((request) => this.#within(request))
      this.#do("COMMIT")
      return replies
    } catch (error) {
      this.#undo()
      // There may be room for some of them: one that is large must not take the others with it.
      if (requests.length > 1 && codeOf(error as Failure) === FULL)
        return requests.flatMap((request) => this.commit([request]))
      return requests.map((request) => failed(request, error))
    }
  }

  read(request: Request): Reply {
    try {
      return { id: request.id, rows: this.#run(request.statements) }
    } catch (error) {
      return failed(request, error)
    }
  }

  /** Runs one transaction of a group. Throws only if the whole group is lost. */
  #within(request: Request): Reply {
    this.#do("SAVEPOINT one")
    try {
      const rows = this.#run(request.statements)
      this.#do("RELEASE one")
      return { id: request.id, rows }
    } catch (error) {
      // A full disk ends the outer transaction as well, and with it everything before this one.
      if (!this.#database.isTransaction || codeOf(error as Failure) === FULL) throw error
      this.#database.exec("ROLLBACK TO one; RELEASE one")
      return failed(request, error)
    }
  }

  #run(statements: readonly Statement[]): Row[][] {
    return statements.map(
      ({ sql, values = [] }) => this.#prepare(sql).all(...(values as never[])) as unknown as Row[],
    )
  }

  #do(sql: string): void {
    this.#prepare(sql).run()
  }

  #prepare(sql: string): StatementSync {
    const before = this.#prepared.get(sql)
    if (before) return before
    const statement = this.#database.prepare(sql)
    if (this.#prepared.size >= STATEMENTS_LIMIT) this.#prepared.clear()
    this.#prepared.set(sql, statement)
    return statement
  }

  #undo(): void {
    if (this.#database.isTransaction) this.#database.exec("ROLLBACK")
  }
}

const failed = ({ id }: Request, error: unknown): Reply => ({ id, failure: failureOf(error) })
