import { expect } from "chai"
import type { OnnxTensor } from "../../../../src/engine/onnx/graph.ts"
import { product } from "../../../../src/engine/program/view.ts"
import { isOnusError } from "../../../../src/protocol/errors.ts"
import { float, int, list, string, strings, tensor } from "./draw.ts"
import { runOurs } from "./engine.ts"
import { GraphMaker } from "./graph-maker.ts"
import type { Attributes } from "./spec.ts"

const of = (...dims: number[]): OnnxTensor =>
  tensor("float32", dims, new Array<number>(product(dims)).fill(0.5))

type Inputs = readonly (OnnxTensor | undefined)[]

/** What makes of a node whose inputs and attributes contradict each other. */
function refusal(op: string, inputs: Inputs, attributes: Attributes = {}, outputs = 1): unknown {
  const maker = new GraphMaker(24)
  const names = inputs.map((x) => (x ? maker.input(x) : ""))
  for (const name of maker.nodes(op, names, attributes, outputs)) maker.returned.add(name)
  try {
    return [...runOurs(maker.finish()).values()].map(({ dims }) => dims)
  } catch (error) {
    return error
  }
}

type Case = readonly [what: string, inputs: Inputs, attributes?: Attributes, outputs?: number]

function refuses(op: string, cases: readonly Case[]): void {
  it(`of ${op} are refused by name`, () => {
    for (const [what, ...given] of cases) {
      const error = refusal(op, ...given)
      expect(isOnusError(error, "OperatorUnsupported"), `${what}: ${String(error)}`).to.equal(true)
      expect((error as Error).message).to.contain(`(${op})`)
    }
  })
}

const none = undefined
const lstm = [of(4, 3, 5), of(1, 8, 5), of(1, 8, 2)]
const gru = [of(4, 3, 5), of(1, 6, 5), of(1, 6, 2)]
const attention = [of(1, 1, 3, 4), of(1, 1, 3, 4), of(1, 1, 3, 4)]
const past = [of(1, 1, 2, 4), of(1, 1, 2, 4)]
const ends = list([1])

describe("nodes that contradict themselves", () => {
  refuses("LSTM", [
    ["weights of two directions for one", [of(4, 3, 5), of(2, 8, 5), of(1, 8, 2)]],
    [
      "recurrent weights of one direction for two",
      [of(4, 3, 5), of(2, 8, 5), of(1, 8, 2)],
      { direction: string("bidirectional") },
    ],
    ["weights without a direction", [of(4, 3, 5), of(8, 5), of(1, 8, 2)]],
    ["half of the biases", [...lstm, of(1, 8)]],
    ["biases without a direction", [...lstm, of(16)]],
    ["lengths of two sequences of three", [...lstm, none, list([1, 2], "int32")]],
    ["a length that is a scalar", [...lstm, none, tensor("int32", [], [1])]],
    ["lengths that are floats", [...lstm, none, of(3)]],
    ["a start for one sequence of three", [...lstm, none, none, of(1, 1, 2)]],
    ["a start without a direction", [...lstm, none, none, of(3, 2)]],
    ["a cell of another size", [...lstm, none, none, none, of(1, 3, 1)]],
    ["peepholes for two gates of three", [...lstm, none, none, none, none, of(1, 4)]],
    ["a size that the weights do not have", lstm, { hidden_size: int(3) }],
    ["a direction that there is not", lstm, { direction: string("backward") }],
  ])
  refuses("GRU", [
    ["a layout that there is not", gru, { layout: int(2) }],
    ["an activation that there is not", gru, { activations: strings(["Sigmoid", "Swish"]) }],
    ["a property of objects as an activation", gru, { activations: strings(["constructor", "Tanh"]) }],
    ["an activation too few", gru, { activations: strings(["Sigmoid"]) }],
  ])
  refuses("Attention", [
    ["queries of two batches, keys of one", [of(2, 1, 3, 4), of(1, 1, 3, 4), of(1, 1, 3, 4)]],
    ["values of one batch of two", [of(2, 1, 3, 4), of(2, 1, 3, 4), of(1, 1, 3, 4)]],
    ["values of one head of two", [of(1, 4, 3, 4), of(1, 2, 3, 4), of(1, 1, 3, 4)]],
    ["heads that do not share", [of(1, 3, 3, 4), of(1, 2, 3, 4), of(1, 2, 3, 4)]],
    ["a mask of more batches", [...attention, of(5, 1, 3, 3)]],
    ["a mask that is wider than the keys", [...attention, of(3, 5)]],
    ["a mask of five axes", [...attention, of(1, 1, 1, 3, 3)]],
    ["a mask without axes", [...attention, of()]],
    ["a mask of integers", [...attention, tensor("int32", [3, 3], new Array<number>(9).fill(0))]],
    ["keys of the past without values", [...attention, none, past[0]], {}, 3],
    ["ends for two batches of one", [...attention, none, none, none, list([1, 2])]],
    ["ends beside keys of the past", [...attention, none, ...past, ends]],
    ["a step that there is not", attention, { qk_matmul_output_mode: int(4) }, 4],
    ["a softmax in another type", attention, { softmax_precision: int(10) }],
    ["a scale without a root", attention, { scale: float(-1) }],
    ["no number of heads", [of(1, 3, 4), of(1, 3, 4), of(1, 3, 4)]],
  ])
  refuses("RotaryEmbedding", [
    ["an odd number of features", [of(1, 1, 3, 5), of(1, 3, 2), of(1, 3, 2)]],
    [
      "more features than there are",
      [of(1, 1, 3, 4), of(1, 3, 3), of(1, 3, 3)],
      { rotary_embedding_dim: int(6) },
    ],
    ["less than no features", [of(1, 1, 3, 4), of(1, 3, 1), of(1, 3, 1)], { rotary_embedding_dim: int(-2) }],
    ["angles of two positions of three", [of(1, 1, 3, 4), of(1, 2, 2), of(1, 2, 2)]],
  ])
  refuses("QuantizeLinear", [
    ["a zero point of another axis", [of(2, 3), of(3), tensor("uint8", [2], [0, 0])]],
    ["blocks of less than nothing", [of(2, 3), of(3)], { block_size: int(-1) }],
  ])
  refuses("ConstantOfShape", [
    ["a shape that is a scalar", [tensor("int64", [], [3])]],
    ["a size below zero", [list([-1])]],
  ])

  it("of no moments, sequences or features are answered", () => {
    const sizes = { hidden_size: int(2) }
    const [, w, r] = lstm
    expect(refusal("LSTM", [of(0, 3, 5), w, r], sizes, 3)).to.deep.equal([
      [0, 1, 3, 2],
      [1, 3, 2],
      [1, 3, 2],
    ])
    expect(refusal("LSTM", [of(4, 0, 5), w, r], sizes)).to.deep.equal([[4, 1, 0, 2]])
    expect(refusal("LSTM", [of(4, 3, 0), of(1, 8, 0), r], sizes)).to.deep.equal([[4, 1, 3, 2]])
    expect(refusal("Attention", [of(1, 1, 3, 4), of(1, 1, 0, 4), of(1, 1, 0, 4)])).to.deep.equal([
      [1, 1, 3, 4],
    ])
    expect(refusal("RotaryEmbedding", [of(1, 1, 0, 4), of(1, 0, 2), of(1, 0, 2)])).to.deep.equal([
      [1, 1, 0, 4],
    ])
  })
})
