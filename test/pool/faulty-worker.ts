// A thread that does as the first byte of the inputs says: 1 never ends, 2 ends the thread, others are answered.
import { parentPort, workerData } from "node:worker_threads"
import type { Job, ThreadStart } from "../../src/pool/messages.ts"

const { current } = workerData as ThreadStart
parentPort!.on("message", (jobs: readonly Job[]) => {
  for (const { id, inputs } of jobs) {
    Atomics.store(current, 0, id)
    if (inputs[0] === 1) for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
    if (inputs[0] === 2) process.exit(3)
    const roots = { inputRoot: "", outputRoot: "", traceRoot: undefined }
    parentPort!.postMessage([{ id, kind: "answer", outputs: [inputs], ...roots, ranMs: 0.01 }])
    Atomics.store(current, 0, 0)
  }
})
parentPort!.postMessage([])
