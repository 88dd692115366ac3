import type { Executor } from "./executor.ts"
import { interpreter } from "./reference/interpreter.ts"

/** How an engine runs. */
export interface EngineOptions {
  /** Threads that compute, 1 to 64. */
  readonly threads?: number
}

/** What runs programs here. */
export function engine(options: EngineOptions = {}): Executor {
  void options
  return interpreter
}
