import { valuesOf } from "../../src/engine/executor.ts"
import { lower } from "../../src/engine/program/lower.ts"
import { Engine, type Trace } from "../../src/engine/wasm/engine.ts"
import type { Contender } from "./contender.ts"

/** This project's engine. */
export const onusEngine = ({ threads, trace }: { threads: number; trace: Trace }): Contender => ({
  name: `engine, trace ${trace}`,
  async start({ graph, inputs }) {
    const program = lower(graph)
    const engine = await Engine.create(program, { threads })
    const values = Object.fromEntries(Object.entries(inputs).map(([name, one]) => [name, one.values]))
    const [first] = program.outputs
    return {
      run: async () => void (await engine.run(values, trace)),
      output: async () =>
        Array.from(
          valuesOf(first.tensor.type, (await engine.run(values, trace)).bytes(first.tensor)),
          Number,
        ),
      close: () => engine.close(),
    }
  },
})
