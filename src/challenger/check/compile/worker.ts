// The module of a thread that makes one program out of one file, and ends.
import { parentPort, workerData } from "node:worker_threads"
import { isOnusError } from "../../../protocol/errors.ts"
import { compileFile } from "./compile-file.ts"
import type { CompileOrder, CompileReply } from "./messages.ts"

parentPort!.postMessage(attempt(workerData as CompileOrder))

function attempt(order: CompileOrder): CompileReply {
  try {
    return compileFile(order)
  } catch (error) {
    if (isOnusError(error)) {
      const { code, message, hint } = error
      return { kind: "failure", code, message, hint }
    }
    // Whatever a file of a stranger makes of a parser: the thread is the place for it.
    return { kind: "failure", code: "CompileFailed", message: `The file cannot be lowered: ${String(error)}` }
  }
}
