// The module of a thread that answers with one model until it is closed.
import { parentPort, workerData } from "node:worker_threads"
import { OnusError } from "../protocol/errors.ts"
import type { Program } from "../engine/program/program.ts"
import { Engine } from "../engine/wasm/engine.ts"
import type { Job, Reply, ThreadStart } from "./messages.ts"
import { work } from "./work.ts"

/** Answers that are ready within so many milliseconds of each other leave in one message. */
const TOGETHER_MS = 1

const { program, threads, current } = workerData as ThreadStart
// Trees of constants are for openings, which are made elsewhere.
const engine = await Engine.create(program as Program, { threads })
parentPort!.on("message", (jobs: readonly Job[]) => void serve(jobs))
parentPort!.postMessage([])

async function serve(jobs: readonly Job[]): Promise<void> {
  let done: Reply[] = []
  let since = performance.now()
  for (const job of jobs) {
    Atomics.store(current, 0, job.id)
    const { reply, isFatal } = await attempt(job)
    done.push(reply)
    if (isFatal) {
      // Nothing can be run any more: what is done is told, then the thread ends, which names this job, and is replaced.
      post(done)
      process.exit(1)
    }
    Atomics.store(current, 0, 0)
    // Nobody waits for roots alone as for an answer: they leave when all are done.
    if (job.isBare || performance.now() - since < TOGETHER_MS) continue
    post(done)
    done = []
    since = performance.now()
  }
  if (done.length > 0) post(done)
}

async function attempt(job: Job): Promise<{ reply: Reply; isFatal: boolean }> {
  try {
    return { reply: await work(engine, job), isFatal: false }
  } catch (error) {
    const { code, message } =
      error instanceof OnusError ? error : { code: "EngineFailed", message: String(error) }
    const reply: Reply = { id: job.id, kind: "failure", code, message }
    return { reply, isFatal: code === "EngineFailed" || code === "EngineMemoryExceeded" }
  }
}

function post(replies: readonly Reply[]): void {
  parentPort!.postMessage(replies, replies.flatMap(buffersOf))
}

function buffersOf(reply: Reply): ArrayBuffer[] {
  if (reply.kind === "failure" || reply.kind === "roots") return []
  const arrays =
    reply.kind === "answer"
      ? reply.outputs
      : [...Object.values(reply.tensors).flat(), ...Object.values(reply.trees).map(({ memory }) => memory)]
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))]
}
