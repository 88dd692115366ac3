import { expect } from "chai"
import type { OnnxGraph, OnnxTensor } from "../../../src/engine/onnx/graph.ts"
import { tensorOf } from "../../../src/engine/onnx/elements.ts"
import { ConstantRequired } from "../../../src/engine/program/node.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import { expectRefusal } from "../onnx/models.ts"
import { type GraphParts, graphOf, node, values } from "./graphs.ts"

const int64 = (name: string, numbers: readonly number[]): OnnxTensor =>
  tensorOf(name, "int64", [numbers.length], BigInt64Array.from(numbers, BigInt))

const graph = (parts: Partial<GraphParts>): OnnxGraph =>
  graphOf({ inputs: { x: [4] }, nodes: [], outputs: ["y"], ...parts })

describe("lower refuses small files that ask for much", () => {
  const refuse = (code: string, parts: Partial<GraphParts>, ...words: string[]) =>
    expectRefusal(() => lower(graph(parts)), code, ...words)
  const one = values("c", [1], [2])

  it("constants that take too long to compute", () => {
    const nodes = [node("Expand", ["c", "s"], "e"), node("Exp", ["e"], "y")]
    refuse("ProgramTooLarge", { constants: [one, int64("s", [2 ** 30])], nodes }, "2^28")
    const ranked = [node("Expand", ["c", "s"], "e"), node("ArgMax", ["e"], "y")]
    refuse("ProgramTooLarge", { constants: [one, int64("s", [2 ** 15, 2 ** 15])], nodes: ranked }, "2^28")
  })

  it("values with too many elements or axes", () => {
    const expand = (...sizes: number[]): Partial<GraphParts> => ({
      constants: [one, int64("s", sizes)],
      nodes: [node("Expand", ["c", "s"], "y")],
    })
    refuse("OperatorUnsupported", expand(2 ** 31, 2 ** 31), '"make y"', "2^30")
    refuse("OperatorUnsupported", expand(0, 2 ** 40), '"make y"', "2^30")
    refuse("OperatorUnsupported", expand(...new Array<number>(100).fill(1)), "100 axes")
    const axes = Array.from({ length: 100 }, (_, i) => i)
    const nodes = [node("Unsqueeze", ["x", "s"], "y")]
    refuse("OperatorUnsupported", { constants: [int64("s", axes)], nodes }, "rank 101")
    expectRefusal(() => lower(graph({ inputs: { x: [0, 2 ** 40] } })), "TensorSizeUnsupported")
  })

  it("positions that would have to be listed one by one", () => {
    const bounds = [int64("a", [1]), int64("b", [2 ** 30])]
    const nodes = [node("Slice", ["x", "a", "b"], "y")]
    refuse("OperatorUnsupported", { inputs: { x: [2 ** 30] }, constants: bounds, nodes }, "(Slice)", "2^24")
    const scalars = [0, 2 ** 30, 1].map((value, i) => ({ ...int64("abc"[i], [value]), dims: [] }))
    const ranges = [node("Range", ["a", "b", "c"], "y")]
    refuse("OperatorUnsupported", { constants: scalars, nodes: ranges }, "(Range)", "2^24")
    const pooled = [node("AveragePool", ["x"], "y", { kernel_shape: [3], pads: [1, 1] })]
    refuse("OperatorUnsupported", { inputs: { x: [1, 1, 2 ** 30] }, nodes: pooled }, "(AveragePool)", "2^24")
    const weights = ["w", "r"].map((name) => values(name, [1, 4, 1], [1, 2, 3, 4]))
    const unrolled = [node("LSTM", ["x", "w", "r"], "y", { hidden_size: 1 })]
    refuse(
      "OperatorUnsupported",
      { inputs: { x: [2 ** 25, 0, 1] }, constants: weights, nodes: unrolled },
      "2^24",
    )
  })

  it("loops that descriptors have no room for", () => {
    const nodes = [node("LRN", ["x"], "y", { size: 2 ** 40 })]
    refuse("ProgramTooLarge", { inputs: { x: [1, 1, 4] }, nodes }, String(2 ** 40))
  })

  it("and names only inputs whose values matter as those that would have to be constants", () => {
    const shaped = [node("Shape", ["x"], "s"), node("Max", ["s", "n"], "m"), node("Expand", ["x", "m"], "y")]
    const parts = graph({ nodes: shaped })
    const open: OnnxGraph = {
      ...parts,
      inputs: [...parts.inputs, { name: "n", elementType: "int64", shape: [1] }],
    }
    expect(() => lower(open))
      .to.throw(ConstantRequired)
      .with.property("inputs")
      .that.deep.equals(["n"])
  })

  it("but none with many nodes and inputs that are small", () => {
    const count = 2000
    const inputs = Object.fromEntries(Array.from({ length: count + 1 }, (_, i) => [`x${i}`, [1]]))
    const nodes = Array.from({ length: count }, (_, i) =>
      node("Add", [i === 0 ? "x0" : `y${i}`, `x${i + 1}`], `y${i + 1}`),
    )
    expect(lower(graph({ inputs, nodes, outputs: [`y${count}`] })).inputs).to.have.length(count + 1)
  })
})
