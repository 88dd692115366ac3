// Loaded into every thread of a node (`NODE_OPTIONS=--import`): each thread that runs a model dies at its run number
// `ONUS_DRILL_LAST_RUN`, in the middle of it, as of a fault in memory.
import { parentPort, workerData } from "node:worker_threads"
import type { Job, ThreadStart } from "../../../src/pool/messages.ts"

const last = Number(process.env.ONUS_DRILL_LAST_RUN)
const { current } = (workerData ?? {}) as Partial<ThreadStart>
if (current instanceof Int32Array) {
  let runs = 0
  let doomed: number | undefined
  parentPort!.on("message", (jobs: readonly Job[]) => {
    const at = last - runs - 1
    runs += jobs.length
    doomed ??= jobs[at]?.id
  })
  // A thread says what it begins before it does.
  const store = Atomics.store.bind(Atomics) as (...values: unknown[]) => unknown
  const dying = (...values: unknown[]) => {
    const stored = store(...values)
    if (values[0] === current && values[2] === doomed) process.exit(3)
    return stored
  }
  Object.assign(Atomics, { store: dying })
}
