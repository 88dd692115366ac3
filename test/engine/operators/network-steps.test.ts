import { expect } from "chai"
import type { OnnxNode, OnnxTensor } from "../../../src/engine/onnx/graph.ts"
import { lowerParts } from "../../../src/engine/program/lower.ts"
import type { ProgramParts } from "../../../src/engine/program/program.ts"
import { product } from "../../../src/engine/program/view.ts"
import { Body, type Step, Space } from "../../../src/protocol/program.ts"
import { type Attributes, graphOf, node, sizeOf, values } from "../program/graphs.ts"
import { ramp } from "../program/small-network.ts"
import { tensor } from "./elementwise-run.ts"

/** Writes a graph node by node; weights are made as they are needed. */
class Network {
  readonly #inputs: Readonly<Record<string, readonly number[]>>
  readonly #nodes: OnnxNode[] = []
  readonly #constants: OnnxTensor[] = []

  constructor(inputs: Readonly<Record<string, readonly number[]>>) {
    this.#inputs = inputs
  }

  weights(dims: readonly number[]): string {
    const name = `w${this.#constants.length}`
    this.#constants.push(values(name, dims, ramp(sizeOf(dims)).map(Math.abs)))
    return name
  }

  integers(numbers: readonly number[]): string {
    const name = `w${this.#constants.length}`
    this.#constants.push({ ...tensor("int64", [numbers.length], numbers), name })
    return name
  }

  add(opType: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const name = `v${this.#nodes.length}`
    this.#nodes.push(node(opType, inputs, name, attributes))
    return name
  }

  conv(x: string, w: readonly number[], attributes: Attributes = {}): string {
    return this.add("Conv", [x, this.weights(w)], attributes)
  }

  batchNorm(x: string, channels: number): string {
    const parameters = Array.from({ length: 4 }, () => this.weights([channels]))
    return this.add("BatchNormalization", [x, ...parameters])
  }

  lower(output: string, opset = 17): ProgramParts {
    const graph = {
      inputs: this.#inputs,
      constants: this.#constants,
      nodes: this.#nodes,
      outputs: [output],
      opset,
    }
    return lowerParts(graphOf(graph))
  }
}

/** A step in short: body, domain and reduction. */
function short({ body, domain, reduction }: Step): string {
  const name = Object.keys(Body).find((key) => Body[key as keyof typeof Body] === body)!
  return `${name} ${domain.join("x")}${reduction.length > 0 ? ` | ${reduction.join("x")}` : ""}`
}

const shorts = ({ steps }: ProgramParts): string[] => steps.map(short)

const SAME = { pads: [1, 1, 1, 1] }

describe("networks become few steps", () => {
  it("a residual block: one for each convolution, with normalisation, addition and activation", () => {
    const n = new Network({ x: [1, 3, 8, 8] })
    const stem = n.add("Relu", [n.batchNorm(n.conv("x", [8, 3, 3, 3], SAME), 8)])
    const inner = n.add("Relu", [n.batchNorm(n.conv(stem, [8, 8, 3, 3], SAME), 8)])
    const sum = n.add("Add", [n.batchNorm(n.conv(inner, [8, 8, 3, 3], SAME), 8), stem])
    const pooled = n.add("GlobalAveragePool", [n.add("Relu", [sum])])
    const logits = n.add("Gemm", [n.add("Flatten", [pooled]), n.weights([8, 10]), n.weights([10])])
    expect(shorts(n.lower(n.add("Softmax", [logits])))).to.deep.equal([
      "Dot 8x8x8 | 3x3x3",
      "Dot 8x8x8 | 3x3x8",
      "Dot 8x8x8 | 3x3x8",
      "Fold 8 | 64",
      "Dot 10 | 8",
      "Fold  | 10",
      "Read 10",
      "Fold  | 10",
      "Read 10",
    ])
  })

  it("weights as they are in the file, next to a normalisation of two constants", () => {
    const n = new Network({ x: [1, 8, 4, 4] })
    const { constants } = n.lower(n.batchNorm(n.conv("x", [8, 8, 1, 1]), 8))
    const [weights] = constants
    expect([...new Float32Array(weights.data.slice().buffer)]).to.deep.equal(
      ramp(64).map(Math.abs).map(Math.fround),
    )
    expect(constants.map(({ tensor }) => tensor.length)).to.deep.equal([64, 8, 8])
  })

  it("a block of depthwise convolutions", () => {
    const n = new Network({ x: [1, 4, 6, 6] })
    const wide = n.add("Relu", [n.batchNorm(n.conv("x", [24, 4, 1, 1]), 24)])
    const deep = n.add("Relu", [n.batchNorm(n.conv(wide, [24, 1, 3, 3], { ...SAME, group: 24 }), 24)])
    const narrow = n.batchNorm(n.conv(deep, [4, 24, 1, 1]), 4)
    const again = n.conv(n.add("Add", [narrow, "x"]), [8, 4, 1, 1])
    expect(shorts(n.lower(n.add("GlobalMaxPool", [again])))).to.deep.equal([
      "Dot 6x6x24 | 4",
      "Dot 6x6x24 | 3x3",
      "Dot 6x6x4 | 24",
      "Dot 6x6x8 | 4",
      "Fold 8 | 36",
    ])
  })

  it("normalised layers and products with bias", () => {
    const n = new Network({ x: [5, 16] })
    const normal = n.add("LayerNormalization", ["x", n.weights([16]), n.weights([16])])
    const hidden = n.add("Relu", [
      n.add("Add", [n.add("MatMul", [normal, n.weights([16, 64])]), n.weights([64])]),
    ])
    const back = n.add("Add", [n.add("MatMul", [hidden, n.weights([64, 16])]), n.weights([16])])
    expect(shorts(n.lower(n.add("Add", [back, "x"])))).to.deep.equal([
      "Fold 5 | 16",
      "Read 5x16",
      "Dot 5 | 16",
      "Read 5x16",
      "Dot 5x64 | 16",
      "Dot 5x16 | 64",
    ])
  })

  it("RMSNormalization: two", () => {
    const n = new Network({ x: [5, 16] })
    expect(shorts(n.lower(n.add("RMSNormalization", ["x", n.weights([16])]), 23))).to.deep.equal([
      "Dot 5 | 16",
      "Read 5x16",
    ])
  })

  it("heads of attention: no copy but the transposed values", () => {
    const n = new Network({ q: [40, 4, 8], k: [40, 4, 8], v: [40, 4, 8] })
    const heads = (name: string, perm: number[]) => n.add("Transpose", [name], { perm })
    const scores = n.add("MatMul", [heads("q", [1, 0, 2]), heads("k", [1, 2, 0])])
    const mixed = n.add("MatMul", [n.add("Softmax", [scores]), heads("v", [1, 0, 2])])
    const merged = n.add("Reshape", [n.add("Transpose", [mixed], { perm: [1, 0, 2] }), n.integers([40, 32])])
    expect(shorts(n.lower(n.add("MatMul", [merged, n.weights([32, 16])])))).to.deep.equal([
      "Dot 4x40x40 | 8",
      "Fold 4x40 | 40",
      "Read 160x40",
      "Fold 4x40 | 40",
      "Read 160x40",
      "Read 32x40",
      "Dot 4x40x8 | 40",
      "Dot 40x16 | 4x8",
    ])
  })

  it("a normalisation over channels that takes the activation after it", () => {
    const n = new Network({ x: [1, 8, 4, 4] })
    const mixed = n.conv("x", [32, 8, 1, 1])
    const normal = n.add("GroupNormalization", [mixed, n.weights([32]), n.weights([32])], { num_groups: 8 })
    const again = n.conv(n.add("Relu", [normal]), [4, 32, 1, 1])
    expect(shorts(n.lower(n.add("GlobalMaxPool", [again]), 21))).to.deep.equal([
      "Read 16x8",
      "Dot 4x4x32 | 8",
      "Fold 8 | 16x4",
      "Read 16x8x4",
      "Dot 8 | 16x4",
      "Read 16x8x4",
      "Dot 4x4x4 | 32",
      "Fold 4 | 16",
    ])
  })

  it("transposed convolutions: dense weights, no position computed in vain", () => {
    const n = new Network({ x: [1, 4, 5, 5] })
    const strides = [2, 2]
    const doubled = n.add("ConvTranspose", ["x", n.weights([4, 8, 4, 4])], { strides, ...SAME })
    const again = n.add("Relu", [n.batchNorm(doubled, 8)])
    const last = n.add("ConvTranspose", [again, n.weights([8, 4, 2, 2])], { strides })
    const program = n.lower(n.add("GlobalMaxPool", [n.add("Relu", [last])]))
    expect(shorts(program)).to.deep.equal(["Dot 5x2x5x2x8 | 2x2x4", "Dot 10x2x10x2x4 | 8", "Fold 4 | 400"])
    const weights = program.steps.map((step) => step.operands[1]?.tensor.length)
    expect(weights.slice(0, 2)).to.deep.equal([4 * 8 * 16, 8 * 4 * 4])
    expect(program.steps[0].operands[1].guards).to.deep.equal([])
  })

  it("responses normalised across channels: one, with the division", () => {
    const n = new Network({ x: [1, 16, 3, 3] })
    expect(shorts(n.lower(n.add("LRN", ["x"], { size: 5 })))).to.deep.equal(["Dot 16x3x3 | 5"])
  })

  it("long reductions in blocks, so that an element reads few chunks", () => {
    const fold = (shape: readonly number[], axes: readonly number[]) => {
      const n = new Network({ x: shape })
      return shorts(n.lower(n.add("ReduceSum", ["x", n.integers(axes)])))
    }
    expect(fold([3, 2048], [1])).to.deep.equal(["Fold 3 | 2048"])
    expect(fold([3, 2049], [1])).to.deep.equal(["Fold 3x2 | 1025", "Fold 3 | 2"])
    expect(fold([2, 50257], [1])).to.deep.equal(["Fold 2x29 | 1733", "Fold 2 | 29"])
    expect(fold([49, 300], [0])).to.deep.equal(["Fold 300 | 49"])
    expect(fold([1000, 300], [0])).to.deep.equal(["Fold 20x300 | 50", "Fold 300 | 20"])
    expect(fold([224, 224, 3], [0, 1])).to.deep.equal(["Fold 28x3 | 1792", "Fold 3 | 28"])
  })

  it("windows over many chunks one axis at a time", () => {
    const n = new Network({ x: [1, 12, 12, 300] })
    const channelsLast = n.add("Transpose", ["x"], { perm: [0, 3, 1, 2] })
    const { steps } = n.lower(n.add("AveragePool", [channelsLast], { kernel_shape: [9, 9], strides: [3, 3] }))
    expect(steps.slice(0, 2).map(short)).to.deep.equal(["Fold 12x2x300 | 9", "Fold 2x2x300 | 9"])
  })

  it("and the constants of a normalisation are not computed again", () => {
    const n = new Network({ x: [1, 2, 3, 3] })
    const { steps } = n.lower(n.batchNorm("x", 2))
    expect(steps).to.have.length(1)
    expect(steps[0].operands.map(({ tensor }) => tensor.space)).to.deep.equal([
      Space.Input,
      Space.Weights,
      Space.Weights,
    ])
    expect(product(steps[0].domain)).to.equal(18)
  })
})
