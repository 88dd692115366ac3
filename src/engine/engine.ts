import { isOnusError } from "../protocol/errors.ts"
import type { Executor } from "./executor.ts"
import type { Program } from "./program/program.ts"
import { Engine, type EngineOptions } from "./wasm/engine.ts"

/**
 * An executor that runs every tensor of programs on WebAssembly. It keeps the program that it ran last loaded, and ends
 * the threads of the one before. What failed to load, or broke off, is loaded anew for the next run.
 */
export function engine(options: EngineOptions = {}): Executor {
  let loaded: { program: Program; engine: Promise<Engine> } | undefined
  const engineOf = (program: Program): Promise<Engine> => {
    if (loaded?.program === program) return loaded.engine
    const before = loaded?.engine
    const engine = Engine.create(program, options)
    loaded = { program, engine }
    if (before) end(before)
    engine.catch(() => end(engine))
    return engine
  }
  /** Runs that were asked for before are finished first; what failed has nothing to end. */
  const end = (engine: Promise<Engine>): void => {
    if (loaded?.engine === engine) loaded = undefined
    void engine.then((one) => one.close()).catch(() => {})
  }
  return {
    name: "engine",
    run: async (program, inputs) => {
      const engine = engineOf(program)
      try {
        return await (await engine).run(inputs, "kept")
      } catch (error) {
        if (isOnusError(error, "EngineFailed")) end(engine)
        throw error
      }
    },
  }
}
