import { expect } from "chai"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { commit } from "../../../src/engine/trace/commitment.ts"
import { Engine } from "../../../src/engine/wasm/engine.ts"
import { manyTensors, randomInputs } from "./shared-run.ts"

describe("the engine's traces", () => {
  const program = manyTensors()
  const rootsOf = (run: Parameters<typeof commit>[0]) => {
    const { inputRoot, traceRoot, outputRoot } = commit(run)
    return { inputRoot, traceRoot, outputRoot }
  }

  for (const threads of [1, 2]) {
    it(`are the same eager and lazy, on ${threads} of its threads, for runs that are asked for at once`, async () => {
      const engine = await Engine.create(program, { threads })
      try {
        const inputs = [1, 2, 3].map((seed) => randomInputs(program, seed))
        const eager = Promise.all(inputs.map((one) => engine.run(one, "eager")))
        const lazy = Promise.all(inputs.map((one) => engine.run(one, "lazy")))
        const expected = inputs.map((one) => rootsOf(interpret(program, one)))
        expect((await eager).map((run) => run.trees !== undefined)).to.deep.equal([true, true, true])
        expect((await lazy).map((run) => run.trees)).to.deep.equal([undefined, undefined, undefined])
        expect((await eager).map(rootsOf)).to.deep.equal(expected)
        expect((await lazy).map(rootsOf)).to.deep.equal(expected)
      } finally {
        await engine.close()
      }
    })
  }

  it("do not change when the inputs of a run are used for something else afterwards", async () => {
    const engine = await Engine.create(program)
    try {
      for (const trace of ["eager", "lazy"] as const) {
        const inputs = randomInputs(program, 9)
        const run = await engine.run(inputs, trace)
        const before = commit(run).open(program.inputs[0].tensor, 0)
        for (const values of Object.values(inputs)) (values as Float32Array).fill(1)
        expect(commit(run).open(program.inputs[0].tensor, 0)).to.deep.equal(before)
      }
    } finally {
      await engine.close()
    }
  })
})
