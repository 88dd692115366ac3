import { OnusError } from "../../../src/protocol/errors.ts"
import type { Order, Outcome, TaskName, Tasks } from "./tasks.ts"

/** Milliseconds after which a task is given up. */
const PATIENCE = 120_000

/**
 * Does something in a thread of its own, which ends with it.
 *
 * @throws OnusError of the task; `ExaminationFailed` when the thread breaks off or takes too long.
 */
export async function apart<N extends TaskName>(
  task: N,
  asked: Tasks[N]["asked"],
): Promise<Tasks[N]["said"]> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" })
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
  const failed = (why: string) =>
    reject(new OnusError("ExaminationFailed", `The file was not examined: ${why}`))
  worker.addEventListener("message", ({ data }: MessageEvent<Outcome>) => resolve(data))
  worker.addEventListener("error", ({ message }) => failed(message || "its thread does not load"))
  const timer = setTimeout(() => failed("it takes too long"), PATIENCE)
  try {
    worker.postMessage({ task, asked } satisfies Order<N>)
    const outcome = await promise
    if ("said" in outcome) return outcome.said
    const { code, message, hint } = outcome.error
    throw new OnusError(code, message, hint === undefined ? {} : { hint })
  } finally {
    clearTimeout(timer)
    worker.terminate()
  }
}
