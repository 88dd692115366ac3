import { expect } from "chai"
import { dataLength } from "ethers"
import { wrongExecutionEvidence } from "../../../src/engine/audit/evidence.ts"
import { proofInParts } from "../../../src/engine/audit/parts.ts"
import { Execution } from "../../../src/engine/executor.ts"
import type { OnnxGraph } from "../../../src/engine/onnx/graph.ts"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import { sealProgram } from "../../../src/engine/program/seal.ts"
import { type Program } from "../../../src/engine/program/program.ts"
import { proofCosts } from "../../../src/engine/program/proof-cost.ts"
import { requireProvable, stepCosts } from "../../../src/engine/program/provable.ts"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { commit } from "../../../src/engine/trace/commitment.ts"
import { Body, ElementType, Op, Space, type Tensor } from "../../../src/protocol/program.ts"
import { seeded } from "../../referee/float32-cases.ts"
import { show } from "../../referee/judge.ts"
import { stepOf } from "../../referee/steps.ts"
import { DIGITS, expectRefusal } from "../onnx/models.ts"
import { cases } from "../../long/campaign.ts"
import { type Attributes, graphOf, inputsFor, node, values } from "./graphs.ts"
import * as make from "./random-graphs.ts"
import { ramp } from "./small-network.ts"
import { between, pick, tameWords } from "./words.ts"

const SEED = 0x6f6e7573
const zeros = (length: number): number[] => new Array<number>(length).fill(0)

const dense = (depth: number, attributes: Attributes = {}): OnnxGraph =>
  graphOf({
    inputs: { x: attributes.transA ? [depth, 256] : [256, depth] },
    constants: [values("B", [depth, 1], zeros(depth))],
    nodes: [node("Gemm", ["x", "B"], "y", attributes)],
    outputs: ["y"],
  })

/** A step that reads a large tensor, which is not at the start of its tree, by loops with any strides and guards. */
function scattered(random: () => number): Program {
  const reduction = Array.from({ length: between(random, 1, 3) }, () => between(random, 1, 12))
  const strides = reduction.map(() => pick(random, [0, 1, 7, 300, 1000, 1024, 1025, 2048, 3000, 9000]))
  const signs = strides.map(() => pick(random, [1, 1, -1]))
  const guards = Array.from({ length: pick(random, [0, 0, 1, 2]) }, () => {
    const coefficients = [0, ...reduction.map(() => pick(random, [0, 0, 1, -1, 2]))]
    return { coefficients, offset: between(random, -2, 8), size: between(random, 1, 12) }
  })
  const reach = reduction.map((size, i) => (size - 1) * strides[i])
  const length = reach.reduce((sum, one) => sum + one, 3) + between(random, 0, 5000)
  const firstLeaf = between(random, 0, 60)
  const other = { space: Space.Input, type: ElementType.Uint8, id: 0, firstLeaf: 0, length: firstLeaf * 1024 }
  const tensor = { ...other, id: 1, firstLeaf, length }
  const base = reach.reduce((sum, one, i) => (signs[i] < 0 ? sum + one : sum), 0)
  const access = {
    tensor,
    base,
    strides: [1, ...strides.map((stride, i) => signs[i] * stride)],
    guards,
    lookups: [],
  }
  const more = { domain: [3], reduction, body: Body.Fold, mode: Op.Max }
  const step = stepOf(ElementType.Uint8, [access], more)
  return sealProgram({
    steps: [step],
    inputs: [other, tensor].map((each, i) => ({ name: `x${i}`, shape: [each.length], tensor: each })),
    outputs: [{ name: "y", shape: [3], tensor: step.output }],
    constants: [],
  })
}

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

  it("is never more bytes than the bound, however an element reads large tensors", () => {
    const random = seeded(SEED + 1)
    let closest = 0
    let several = 0
    const count = cases({ long: 400, short: 130 })
    for (let i = 0; i < count; i++) {
      const program = scattered(random)
      const zeros = ({ length }: Tensor) => new Uint8Array(length)
      const run = new Execution(program, {
        [Space.Input]: program.inputs.map(({ tensor }) => zeros(tensor)),
        [Space.Weights]: [],
        [Space.Trace]: [],
        [Space.Output]: program.outputs.map(({ tensor }) => zeros(tensor)),
      })
      const commitment = commit(run)
      const [{ bytes }] = proofCosts(program)
      for (let element = 0; element < 3; element++) {
        const actual = dataLength(wrongExecutionEvidence(run, commitment, 0, element))
        expect(actual, show(program.steps[0])).to.be.at.most(bytes)
        closest = Math.max(closest, actual / bytes)
        if (actual > 20_000) several++
      }
    }
    expect(closest).to.be.above(0.95)
    expect(several).to.be.above(count / 4)
  })

  it("allows the digit model", () => {
    requireProvable(lower(loadOnnx(DIGITS)))
  })

  it("calls provable only what proofs are made of, up to the last byte", () => {
    const graph = graphOf({ inputs: { x: [4] }, nodes: [node("Relu", ["x"], "y")], outputs: ["y"] })
    const run = interpret(lower(graph), { x: Float32Array.of(1, 2, 3, 4) })
    const limits = { bytes: stepCosts(run.program)[0].bytes, gas: 10_000_000 }
    requireProvable(run.program, limits)
    expect(proofInParts(run, commit(run), 0, 3, limits).uploads).to.deep.equal([])
  })

  it("counts the transactions of a dot product of too many terms", () => {
    const transactions = (terms: number) => stepCosts(lower(dense(terms)))[0].transactions
    expect([2_500, 8_000, 80_000].map(transactions)).to.deep.equal([1, 2, 15])
    requireProvable(lower(dense(80_000)))
  })

  it("refuses what cannot be cut", () => {
    const program = lower(dense(8))
    const limits = { gas: 400_000, bytes: 120_000 }
    expectRefusal(() => requireProvable(program, limits), "ProofTooLarge", "step 0", "gas")
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
