import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from "node:fs"
import { dirname } from "node:path"
import { OnusError } from "../protocol/errors.ts"
import { type Receipt, type Registry, receiptId, requestKey } from "../protocol/receipt.ts"

/** Remembers which content a provider signs for which request. */
export interface Journal {
  /**
   * Claims a request for one receipt, durably, before it is signed. Claiming the same receipt again
   * is fine.
   *
   * @throws OnusError `RequestIdReused` when the request was claimed for other content.
   */
  claim(registry: Registry, receipt: Receipt): void
}

/** A journal that lasts as long as the process. */
export class MemoryJournal implements Journal {
  readonly #claims = new Map<string, string>()

  claim(registry: Registry, receipt: Receipt): void {
    const id = receiptId(registry, receipt)
    const key = `${registry.chainId}:${registry.address.toLowerCase()}:${requestKey(receipt)}`
    if (!this.#claims.has(key)) this.save(key, id)
    const claimed = this.#claims.get(key)
    if (claimed !== id) throw reused(receipt, claimed)
  }

  /** Remembers a claim; the first one for a key stays. */
  protected save(key: string, id: string): void {
    if (!this.#claims.has(key)) this.#claims.set(key, id)
  }
}

/**
 * A journal in a file, one line per request, flushed before the claim returns.
 *
 * Several processes may share the file: lines are appended whole, and of two lines for one request the
 * first one counts, which both processes find when they read back what was written.
 */
export class FileJournal extends MemoryJournal {
  readonly #path: string
  #read = 0

  /** @throws OnusError `JournalMalformed` when the file holds something else. */
  constructor(path: string) {
    super()
    this.#path = path
    if (!existsSync(path)) return
    // A line cut off by a crash was never acknowledged, so nothing was signed for it.
    truncateSync(path, readFileSync(path).lastIndexOf("\n") + 1)
    this.#readOn()
  }

  protected override save(key: string, id: string): void {
    mkdirSync(dirname(this.#path), { recursive: true })
    const file = openSync(this.#path, "a")
    try {
      const line = Buffer.from(`${key} ${id}\n`)
      if (writeSync(file, line) !== line.length) {
        throw new OnusError("JournalNotWritten", `The disk of ${this.#path} is full`)
      }
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    this.#readOn()
  }

  /** Takes over what was appended since, by whichever process. */
  #readOn(): void {
    const bytes = readFileSync(this.#path)
    const lines = bytes.subarray(this.#read).toString().split("\n").slice(0, -1)
    this.#read = bytes.lastIndexOf("\n") + 1
    for (const line of lines) {
      const match = /^(\S+) (0x[0-9a-f]{64})$/.exec(line)
      if (!match) {
        throw new OnusError(
          "JournalMalformed",
          `${JSON.stringify(line)} in ${this.#path} is no journal entry`,
        )
      }
      super.save(match[1], match[2])
    }
  }
}

function reused(receipt: Receipt, claimed: string | undefined): OnusError {
  return new OnusError(
    "RequestIdReused",
    `Request ${receipt.requestId} of ${receipt.consumer} was answered already with receipt ${claimed}`,
    {
      hint: "Signing two contents for one request is equivocation. Return the first receipt, or use a new request id",
    },
  )
}
