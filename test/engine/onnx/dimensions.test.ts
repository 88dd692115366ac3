import { expect } from "chai"
import { bindDimensions, inferDimensions } from "../../../src/engine/onnx/dimensions.ts"
import type { OnnxDim, OnnxGraph } from "../../../src/engine/onnx/graph.ts"
import { expectRefusal } from "./models.ts"

const value = (name: string, ...shape: OnnxDim[]) => ({ name, elementType: "float32" as const, shape })

/** The graph of the inputs, which it returns. */
function graphOf(...inputs: ReturnType<typeof value>[]): OnnxGraph {
  const outputs = [...inputs, { name: "free", elementType: undefined, shape: undefined }]
  return { name: "g", opset: 17, inputs, outputs, initializers: new Map(), nodes: [] }
}

const shapes = ({ inputs }: OnnxGraph) => inputs.map(({ shape }) => shape)

describe("open dimensions", () => {
  const graph = graphOf(value("x", "N", 3, "past + 1"), value("y", "N", 4))

  it("are bound by name, in inputs and outputs", () => {
    const bound = bindDimensions(graph, { N: 2, "past + 1": 9 })
    expect(shapes(bound)).to.deep.equal([
      [2, 3, 9],
      [2, 4],
    ])
    expect(bound.outputs.map(({ shape }) => shape)).to.deep.equal([[2, 3, 9], [2, 4], undefined])
    expect(shapes(graph)[0]).to.deep.equal(["N", 3, "past + 1"])
  })

  it("are read off the shapes of inputs, with and without names", () => {
    expect(inferDimensions(graph, { x: [2, 3, 9] })).to.deep.equal({ N: 2, "past + 1": 9 })
    expect(shapes(bindDimensions(graph, {}, { x: [2, 3, 9] }))[1]).to.deep.equal([2, 4])
    expect(shapes(bindDimensions(graph, { "past + 1": 0 }, { y: [5, 4] }))[0]).to.deep.equal([5, 3, 0])
    const unnamed = graphOf(value("x", "?", "?", 2))
    expect(bindDimensions(unnamed, { "x[0]": 3, "x[1]": 4 }).inputs[0].shape).to.deep.equal([3, 4, 2])
    expect(inferDimensions(unnamed, { x: [7, 8, 2] })).to.deep.equal({})
    expect(shapes(bindDimensions(unnamed, {}, { x: [7, 8, 2] }))).to.deep.equal([[7, 8, 2]])
  })

  it("need nothing when there are none", () => {
    const fixed = graphOf(value("x", 2, 0))
    expect(bindDimensions(fixed, {}, { x: [9, 9, 9] })).to.deep.equal(fixed)
  })

  it("must all get a size", () => {
    const open = graphOf(value("x", "N", "?"), value("y", "M"))
    const words = ['"N" of input "x"', '"x[1]" of input "x"', '"M" of input "y"']
    expectRefusal(() => bindDimensions(open, {}), "DimensionMissing", ...words)
    expectRefusal(() => bindDimensions(open, { N: 1, M: 1 }), "DimensionMissing", '"x[1]" of input "x"')
  })

  it("are refused when the model has none of the name", () => {
    expectRefusal(() => bindDimensions(graph, { M: 1 }), "DimensionUnknown", '"M"', '"N"')
    expectRefusal(() => bindDimensions(graphOf(value("x", 1)), { N: 1 }), "DimensionUnknown", "none")
    expectRefusal(() => bindDimensions(graphOf(value("x", "?")), { "?": 1 }), "DimensionUnknown", '"x[0]"')
    const odd = graphOf(value("x", "constructor"))
    expectRefusal(() => bindDimensions(odd, {}), "DimensionMissing", '"constructor"')
  })

  it("are refused when they are no size", () => {
    for (const size of [-1, 1.5, NaN, Infinity, 2 ** 53]) {
      expectRefusal(() => bindDimensions(graph, { N: size }), "DimensionInvalid", '"N"', `${size}`)
    }
  })

  it("are refused when shapes contradict the model or each other", () => {
    const refuse = (given: Record<string, number[]>, ...words: string[]) =>
      expectRefusal(() => bindDimensions(graph, {}, given), "DimensionConflict", ...words)
    refuse({ x: [2, 5, 9] }, '"x"', "[N, 3, past + 1]", "[2, 5, 9]")
    refuse({ x: [6] }, '"x"', "[6]")
    refuse({ x: [2, 3, 9], y: [5, 4] }, '"N"', '2 in "x"', '5 in "y"')
    const square = graphOf(value("x", "N", "N"))
    expectRefusal(() => inferDimensions(square, { x: [2, 3] }), "DimensionConflict", '"N"', "2", "3")
    const half = () => bindDimensions(graph, { N: 4 }, { x: [2, 3, 9] })
    expectRefusal(half, "DimensionConflict", '"x"', "[4, 3, past + 1]")
  })
})
