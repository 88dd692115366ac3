// A process that races for requests: `journal-racer.ts JOURNAL COVERAGE COUNT`, after a line on stdin.
import { once } from "node:events"
import { isOnusError } from "../../src/protocol/errors.ts"
import { FileJournal } from "../../src/sdk/journal.ts"
import { REGISTRY, receiptWith } from "./samples.ts"

/** Claims every request for a receipt of its own; says for each what came of it. */
async function race(path: string, coverage: bigint, count: number): Promise<void> {
  console.log("ready")
  await once(process.stdin, "data")
  const outcomes: string[] = []
  for (let n = 0; n < count; n++) {
    const requestId = `0x${n.toString(16).padStart(64, "0")}`
    try {
      new FileJournal(path).claim(REGISTRY, receiptWith({ requestId, coverage }))
      outcomes.push("claimed")
    } catch (error) {
      outcomes.push(isOnusError(error) ? error.code : String(error))
    }
  }
  console.log(JSON.stringify(outcomes))
  process.exit()
}

// The test runner imports every file of this folder; only a process of its own races.
if (process.argv[1] === import.meta.filename) {
  const [path, coverage, count] = process.argv.slice(2)
  await race(path, BigInt(coverage), Number(count))
}
