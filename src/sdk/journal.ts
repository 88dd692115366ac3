import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs"
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
    const claimed = this.#claims.get(key)
    if (claimed === id) return
    if (claimed !== undefined) throw reused(receipt, claimed)
    this.save(key, id)
    this.#claims.set(key, id)
  }

  protected save(_key: string, _id: string): void {}

  protected restore(key: string, id: string): void {
    this.#claims.set(key, id)
  }
}

/** A journal in a file, one line per request, flushed before the claim returns. */
export class FileJournal extends MemoryJournal {
  readonly #path: string

  /** @throws OnusError `JournalMalformed` when the file holds something else. */
  constructor(path: string) {
    super()
    this.#path = path
    const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : []
    // A line cut off by a crash was never acknowledged, so nothing was signed for it.
    const complete = lines.slice(0, -1)
    for (const [number, line] of complete.entries()) {
      const match = /^(\S+) (0x[0-9a-f]{64})$/.exec(line)
      if (!match)
        throw new OnusError("JournalMalformed", `Line ${number + 1} of ${path} is not a journal entry`)
      this.restore(match[1], match[2])
    }
  }

  protected override save(key: string, id: string): void {
    const file = openSync(this.#path, "a")
    try {
      writeSync(file, `${key} ${id}\n`)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  }
}

function reused(receipt: Receipt, claimed: string): OnusError {
  return new OnusError(
    "RequestIdReused",
    `Request ${receipt.requestId} of ${receipt.consumer} was answered already with receipt ${claimed}`,
    {
      hint: "Signing two contents for one request is equivocation. Return the first receipt, or use a new request id",
    },
  )
}
