import { expect } from "chai"
import { InferenceSession, Tensor, env } from "onnxruntime-web"
import { elementsOf } from "../../../src/engine/onnx/elements.ts"
import { saveOnnx } from "../../../src/engine/onnx/save.ts"
import { withConstants } from "../../../src/engine/program/freeze.ts"
import { seeded } from "../../referee/float32-cases.ts"
import { type Case, execute, graphOf, lowered } from "./elementwise-run.ts"
import { CASES } from "./network-cases.ts"

// One thread needs no workers, which would keep the test process alive.
env.wasm.numThreads = 1

const SEED = 0x6f6e7573
const NODES = 15
/** Both sides round every operation, in different orders. */
const TOLERANCE = 3e-5

/** What onnxruntime makes of a node, by output. */
async function runOnnx(given: Case): Promise<InferenceSession.OnnxValueMapType> {
  const inputs = given.inputs ?? []
  const { passed = [...inputs.keys()] } = given
  const constants = inputs.flatMap((input, i) => {
    return input && !passed.includes(i) ? [[`x${i}`, input] as const] : []
  })
  const graph = withConstants(graphOf(given), new Map(constants))
  const session = await InferenceSession.create(saveOnnx(graph), { logSeverityLevel: 4 })
  const feeds = graph.inputs.map(({ name }) => {
    const input = inputs[Number(name.slice(1))]!
    return [name, new Tensor(input.elementType as "float32", elementsOf(input) as Float32Array, input.dims)]
  })
  const results = await session.run(Object.fromEntries(feeds) as InferenceSession.OnnxValueMapType)
  await session.release()
  return results
}

function isNear(actual: number | bigint, wanted: number | bigint): boolean {
  if (Object.is(actual, wanted) || actual === wanted) return true
  return Math.abs(Number(actual) - Number(wanted)) <= TOLERANCE * Math.max(1, Math.abs(Number(wanted)))
}

describe("nodes of networks with random attributes agree with onnxruntime", () => {
  for (const [operator, make] of Object.entries(CASES)) {
    it(operator, async function () {
      this.timeout(60_000)
      const random = seeded(SEED)
      for (let i = 0; i < NODES; i++) {
        const given = make(random)
        const tensors = new Map((given.inputs ?? []).map((input, at) => [`x${at}`, input!]))
        const ours = execute(lowered(given), tensors)
        const theirs = await runOnnx(given)
        ours.forEach(({ shape, values }, output) => {
          const { dims, type, data } = theirs[`y${output}`]
          const what = `node ${i}, output ${output}`
          expect(shape, what).to.deep.equal(dims)
          const wanted = [...(data as Int32Array)]
          const exact = type !== "float32"
          const wrong = wanted.findIndex((one, at) => {
            return exact ? one !== values[at] : !isNear(values[at], one)
          })
          expect(wrong, `${what}: ${values[wrong]}, not ${wanted[wrong]}`).to.equal(-1)
        })
      }
    })
  }
})
