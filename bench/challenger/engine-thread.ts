// The module of a thread of the engine alone: does runs as long as there are any left.
import { parentPort, workerData } from "node:worker_threads"
import type { Program } from "../../src/engine/program/program.ts"
import { Engine, type Trace } from "../../src/engine/wasm/engine.ts"
import type { ThreadProgram } from "../../src/pool/thread-program.ts"
import { inputsFrom } from "../../src/pool/work.ts"

/** What a thread is started with. */
export interface EngineThreadStart {
  readonly program: ThreadProgram
  readonly inputs: readonly Uint8Array[]
  readonly trace: Trace
  /** One word that all threads share: how many runs are left. */
  readonly left: Int32Array
}

const { program, inputs, trace, left } = workerData as EngineThreadStart
const engine = await Engine.create(program as Program)
const questions = inputs.map((bytes) => inputsFrom(program, bytes))
parentPort!.on("message", () => void run())
parentPort!.postMessage("ready")

async function run(): Promise<void> {
  for (;;) {
    const number = Atomics.sub(left, 0, 1)
    if (number <= 0) break
    await engine.run(questions[number % questions.length], trace)
  }
  parentPort!.postMessage("done")
}
