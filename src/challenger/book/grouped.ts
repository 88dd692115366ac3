import type { Database, Statement } from "../../store/database.ts"

/** Statements that go to the disk together at most. */
const AT_ONCE = 512

interface Waiting {
  readonly statement: Statement
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/** Writes small changes, those that come while others are written as one transaction: thousands share a few waits for the disk. */
export class Grouped {
  readonly #database: Database
  #waiting: Waiting[] = []
  #isWriting = false

  constructor(database: Database) {
    this.#database = database
  }

  /** Resolves when the change is on the disk. @throws what the database throws. */
  write(statement: Statement): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ statement, done, failed })
      if (!this.#isWriting) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#isWriting = true
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, AT_ONCE)
      try {
        await this.#database.transact(group.map(({ statement }) => statement))
        for (const { done } of group) done()
      } catch (error) {
        for (const { failed } of group) failed(error)
      }
    }
    this.#isWriting = false
  }
}
