import { expect } from "chai"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { commit } from "../../../src/engine/trace/commitment.ts"
import { HashingThread } from "../../../src/engine/trace/hashing-thread.ts"
import { Engine } from "../../../src/engine/wasm/engine.ts"
import { CHUNK_BYTES } from "../../../src/protocol/tensor-tree.ts"
import { expectRefusal } from "../onnx/models.ts"
import { manyTensors, randomInputs } from "./shared-run.ts"

describe("the engine's traces", () => {
  const program = manyTensors()
  const rootsOf = (run: Parameters<typeof commit>[0]) => {
    const { inputRoot, traceRoot, outputRoot } = commit(run)
    return { inputRoot, traceRoot, outputRoot }
  }

  for (const threads of [1, 2]) {
    it(`are the same hashed meanwhile and afterwards, on ${threads} of its threads, for runs that are asked for at once`, async () => {
      const engine = await Engine.create(program, { threads })
      try {
        const inputs = [1, 2, 3].map((seed) => randomInputs(program, seed))
        const eager = Promise.all(inputs.map((one) => engine.run(one, "eager")))
        const kept = Promise.all(inputs.map((one) => engine.run(one, "kept")))
        const expected = inputs.map((one) => rootsOf(interpret(program, one)))
        expect((await eager).map((run) => run.trees !== undefined)).to.deep.equal([true, true, true])
        expect((await kept).map((run) => run.trees)).to.deep.equal([undefined, undefined, undefined])
        expect((await eager).map(rootsOf)).to.deep.equal(expected)
        expect((await kept).map(rootsOf)).to.deep.equal(expected)
      } finally {
        await engine.close()
      }
    })
  }

  it("do not change when the inputs of a run are used for something else afterwards", async () => {
    const engine = await Engine.create(program)
    try {
      const inputs = randomInputs(program, 9)
      const expected = rootsOf(interpret(program, inputs))
      const [kept, eager] = [await engine.run(inputs, "kept"), await engine.run(inputs, "eager")]
      for (const values of Object.values(inputs)) (values as Float32Array).fill(1)
      expect([rootsOf(kept), rootsOf(eager)]).to.deep.equal([expected, expected])
    } finally {
      await engine.close()
    }
  })

  it("are there, of this run and the next, if a hashing thread fails", async () => {
    const engine = await Engine.create(program)
    const { prototype } = HashingThread
    const run = Object.getOwnPropertyDescriptor(prototype, "run")!
    try {
      const inputs = randomInputs(program, 9)
      const expected = rootsOf(interpret(program, inputs))
      prototype.run = () => Promise.reject(new Error("out of memory"))
      const failing = await engine.run(inputs, "eager")
      Object.defineProperty(prototype, "run", run)
      const next = await engine.run(inputs, "eager")
      expect([rootsOf(failing), rootsOf(next)]).to.deep.equal([expected, expected])
    } finally {
      Object.defineProperty(prototype, "run", run)
      await engine.close()
    }
  })

  it("open what was kept, and say of the rest that it was not", async () => {
    const engine = await Engine.create(program)
    try {
      const inputs = randomInputs(program, 9)
      const [kept, eager] = [await engine.run(inputs, "kept"), await engine.run(inputs, "eager")]
      const [{ tensor: input }] = program.inputs
      const [{ tensor: output }] = program.outputs
      expect(commit(eager).open(output, 0)).to.deep.equal(commit(kept).open(output, 0))
      for (const tensor of [input, program.traceTensors[0]]) {
        expect(commit(kept).open(tensor, 0).data).to.have.length(CHUNK_BYTES)
        expectRefusal(() => commit(eager).open(tensor, 0), "TensorNotKept", `Tensor ${tensor.id}`)
      }
      expectRefusal(() => commit(kept).open(input, 9999), "LeafOutOfRange", "9999")
    } finally {
      await engine.close()
    }
  })
})
