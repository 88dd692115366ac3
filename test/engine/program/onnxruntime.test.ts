import { expect } from "chai"
import { InferenceSession, Tensor, env } from "onnxruntime-web"
import report from "../../../models/digits.json" with { type: "json" }
import { drawHeldOut } from "../../../scripts/train/evaluate.ts"
import type { Execution, Inputs } from "../../../src/engine/executor.ts"
import type { OnnxGraph } from "../../../src/engine/onnx/graph.ts"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { saveOnnx } from "../../../src/engine/onnx/save.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import type { Port } from "../../../src/engine/program/program.ts"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { seeded } from "../../referee/float32-cases.ts"
import { DIGITS } from "../onnx/models.ts"
import { openDigitModel } from "../onnx/runtime.ts"
import { inputsFor } from "./graphs.ts"
import * as make from "./random-graphs.ts"
import { bitsOf, tameWords } from "./words.ts"

// One thread needs no workers, which would keep the test process alive.
env.wasm.numThreads = 1

const SEED = 0x6f6e7573
const GRAPHS = 60
/** Both sides round every operation, in different orders. */
const TOLERANCE = 2e-5

const MAKERS: Readonly<Record<string, make.MakeGraph>> = {
  Conv: make.convGraph,
  "Conv of Conv": make.stackedConvGraph,
  MaxPool: make.maxPoolGraph,
  Gemm: make.gemmGraph,
  "Gemm of Flatten": make.flattenGemmGraph,
  Relu: make.reluGraph,
  Softmax: make.softmaxGraph,
  Flatten: make.copyGraph,
}

/** What onnxruntime makes of a graph, by output. */
async function runOnnx(graph: OnnxGraph, inputs: Inputs): Promise<InferenceSession.OnnxValueMapType> {
  const session = await InferenceSession.create(saveOnnx(graph))
  const feeds = graph.inputs.map(({ name, shape }) => [
    name,
    new Tensor("float32", inputs[name], shape as number[]),
  ])
  const results = await session.run(Object.fromEntries(feeds) as InferenceSession.OnnxValueMapType)
  await session.release()
  return results
}

const valuesOf = (run: Execution, port: Port): Float32Array =>
  new Float32Array(bitsOf(run, port.tensor).slice().buffer)

/** The largest difference, relative to values above 1. */
function distance(ours: Float32Array, theirs: Float32Array): number {
  expect(ours.length).to.equal(theirs.length)
  return ours.reduce((worst, x, i) => {
    const error = Math.abs(x - theirs[i]) / Math.max(1, Math.abs(theirs[i]))
    return error <= worst ? worst : error // NaN comes through
  }, 0)
}

describe("the interpreter and onnxruntime", () => {
  for (const [name, makeGraph] of Object.entries(MAKERS)) {
    it(`agree on ${GRAPHS} random graphs: ${name}`, async () => {
      const random = seeded(SEED)
      let worst = 0
      for (let i = 0; i < GRAPHS; i++) {
        const graph = makeGraph(random, tameWords(random))
        const inputs = inputsFor(graph, tameWords(random))
        // Through the bytes of a file, as a user's model comes.
        const run = interpret(lower(loadOnnx(saveOnnx(graph))), inputs)
        const results = await runOnnx(graph, inputs)
        for (const port of run.program.outputs) {
          const theirs = results[port.name]
          expect(port.shape).to.deep.equal(theirs.dims)
          worst = Math.max(worst, distance(valuesOf(run, port), theirs.data as Float32Array))
        }
      }
      console.log(`        worst difference ${worst.toExponential(1)}`)
      expect(worst).to.be.below(TOLERANCE)
    })
  }

  it("agree on the probabilities of 50 held-out digits", async () => {
    const program = lower(loadOnnx(DIGITS))
    const read = await openDigitModel(DIGITS)
    let worst = 0
    for (const { pixels } of drawHeldOut(report.seed, 50).seenFonts) {
      const ours = valuesOf(interpret(program, { image: pixels }), program.outputs[0])
      const theirs = await read(pixels)
      ours.forEach((p, i) => (worst = Math.max(worst, Math.abs(p - theirs[i]))))
    }
    console.log(`        largest error ${worst.toExponential(1)}`)
    expect(worst).to.be.below(1e-5)
  })
})
