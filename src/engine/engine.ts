import type { Executor } from "./executor.ts"
import type { Program } from "./program/program.ts"
import { Engine, type EngineOptions } from "./wasm/engine.ts"

/** An executor that runs every tensor of programs on WebAssembly; it loads each program once. */
export function engine(options: EngineOptions = {}): Executor {
  const engines = new WeakMap<Program, Promise<Engine>>()
  const engineOf = (program: Program): Promise<Engine> => {
    const known = engines.get(program) ?? Engine.create(program, options)
    engines.set(program, known)
    return known
  }
  return {
    name: "engine",
    run: async (program, inputs) => (await engineOf(program)).run(inputs, "eager"),
  }
}
