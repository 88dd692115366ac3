import type { Executor } from "./executor.ts"
import type { Program } from "./program/program.ts"
import { Engine, type EngineOptions } from "./wasm/engine.ts"

/**
 * An executor that runs every tensor of programs on WebAssembly. It keeps the program that it ran last loaded, and ends
 * the threads of the one before.
 */
export function engine(options: EngineOptions = {}): Executor {
  let loaded: { program: Program; engine: Promise<Engine> } | undefined
  const engineOf = (program: Program): Promise<Engine> => {
    if (loaded?.program === program) return loaded.engine
    const before = loaded?.engine
    loaded = { program, engine: Engine.create(program, options) }
    // Runs that were asked for before are finished first; what failed has nothing to end.
    void before?.then((one) => one.close()).catch(() => {})
    return loaded.engine
  }
  return {
    name: "engine",
    run: async (program, inputs) => (await engineOf(program)).run(inputs, "kept"),
  }
}
