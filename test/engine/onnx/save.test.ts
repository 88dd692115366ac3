import { expect } from "chai"
import type { OnnxAttribute, OnnxGraph } from "../../../src/engine/onnx/graph.ts"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { saveOnnx } from "../../../src/engine/onnx/save.ts"
import { DIGITS, expectRefusal, fileWith, SMALL } from "./models.ts"

describe("saveOnnx", () => {
  it("gives back the bytes of the digit model", () => {
    expect(Buffer.compare(saveOnnx(loadOnnx(DIGITS)), DIGITS)).to.equal(0)
  })

  it("keeps every kind of attribute, type and dimension", () => {
    const scalar = { name: "", elementType: "int64" as const, dims: [], data: new Uint8Array(8) }
    const attributes = new Map<string, OnnxAttribute>([
      ["f", { type: "float", value: 0.5 }],
      ["i", { type: "int", value: -(2n ** 63n) }],
      ["s", { type: "string", value: "größe" }],
      ["t", { type: "tensor", value: scalar }],
      ["fs", { type: "floats", value: [] }],
      ["is", { type: "ints", value: [0n, -1n, 2n ** 62n] }],
      ["ss", { type: "strings", value: ["a", ""] }],
    ])
    const graph: OnnxGraph = {
      name: "every kind",
      opset: 17,
      inputs: [{ name: "x", elementType: "uint8", shape: ["batch", "?", 0, 3] }],
      outputs: [
        { name: "y", elementType: undefined, shape: undefined },
        { name: "z", elementType: "bool", shape: undefined },
      ],
      initializers: new Map([["w", { ...scalar, name: "w" }]]),
      nodes: [
        {
          name: "n",
          opType: "Custom",
          domain: "com.example",
          inputs: ["x", "", "w"],
          outputs: ["y", "z"],
          attributes,
        },
      ],
    }
    expect(loadOnnx(saveOnnx(graph))).to.deep.equal(graph)
  })

  it("refuses a graph that no runtime could load", () => {
    const graph = loadOnnx(fileWith(SMALL.graph))
    expectRefusal(() => saveOnnx({ ...graph, nodes: [] }), "OnnxMalformed", '"y"')
    const short = { ...graph.initializers.get("w")!, data: new Uint8Array(7) }
    expectRefusal(() => saveOnnx({ ...graph, initializers: new Map([["w", short]]) }), "OnnxMalformed", '"w"')
  })
})
