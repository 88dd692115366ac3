import { expect } from "chai"
import { dataLength } from "ethers"
import { wrongExecutionEvidence } from "../../../src/engine/audit/evidence.ts"
import type { OnnxGraph } from "../../../src/engine/onnx/graph.ts"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import { proofCosts, requireProvable } from "../../../src/engine/program/proof-cost.ts"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { commit } from "../../../src/engine/trace/commitment.ts"
import { seeded } from "../../referee/float32-cases.ts"
import { DIGITS, expectRefusal } from "../onnx/models.ts"
import { type Attributes, graphOf, inputsFor, node, values } from "./graphs.ts"
import * as make from "./random-graphs.ts"
import { ramp } from "./small-network.ts"
import { pick, tameWords } from "./words.ts"

const SEED = 0x6f6e7573
const zeros = (length: number): number[] => new Array<number>(length).fill(0)

const dense = (depth: number, attributes: Attributes = {}): OnnxGraph =>
  graphOf({
    inputs: { x: attributes.transA ? [depth, 256] : [256, depth] },
    constants: [values("B", [depth, 1], zeros(depth))],
    nodes: [node("Gemm", ["x", "B"], "y", attributes)],
    outputs: ["y"],
  })

describe("the cost of a proof", () => {
  it("is never more bytes than the bound, for any step of random graphs", () => {
    const random = seeded(SEED)
    const makers = [
      make.convGraph,
      make.stackedConvGraph,
      make.maxPoolGraph,
      make.flattenGemmGraph,
      make.softmaxGraph,
    ]
    let closest = 0
    for (let i = 0; i < 60; i++) {
      const graph = pick(random, makers)(random, tameWords(random))
      const program = lower(graph)
      const run = interpret(program, inputsFor(graph, tameWords(random)))
      const commitment = commit(run)
      for (const { step, bytes } of proofCosts(program)) {
        for (let j = 0; j < 3; j++) {
          const element = random() % program.steps[step].output.length
          const actual = dataLength(wrongExecutionEvidence(run, commitment, step, element))
          expect(actual, `step ${step}`).to.be.at.most(bytes)
          closest = Math.max(closest, actual / bytes)
        }
      }
    }
    expect(closest).to.be.above(0.9)
  })

  it("allows the digit model", () => {
    requireProvable(lower(loadOnnx(DIGITS)))
  })

  it("refuses a dot product of too many terms", () => {
    requireProvable(lower(dense(2_500)))
    expectRefusal(() => requireProvable(lower(dense(8_000))), "ProofTooLarge", "step 0", "gas")
  })

  it("brings values together that lie far apart", () => {
    requireProvable(lower(dense(200, { transA: 1 })))
    const tall = graphOf({
      inputs: { x: [200, 256] },
      nodes: [node("Softmax", ["x"], "y", { axis: 0 })],
      outputs: ["y"],
    })
    requireProvable(lower(tall))
  })

  it("can be held to other limits", () => {
    const program = lower(
      graphOf({
        inputs: { x: [4] },
        constants: [values("u", [4], ramp(4))],
        nodes: [node("Relu", ["x"], "y")],
        outputs: ["y"],
      }),
    )
    expectRefusal(() => requireProvable(program, { bytes: 1_000, gas: 1e9 }), "ProofTooLarge", "1000")
  })
})
