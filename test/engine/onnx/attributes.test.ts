import { expect } from "chai"
import {
  floatAttribute,
  floatsAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
  stringsAttribute,
  tensorAttribute,
} from "../../../src/engine/onnx/attributes.ts"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { expectRefusal, fileWith, fileWithAttribute, SMALL } from "./models.ts"

const text = (value: string) => new TextEncoder().encode(value)
const nodeWith = (attribute: Record<string, unknown>) =>
  loadOnnx(fileWithAttribute({ name: "a", ...attribute })).nodes[0]

describe("attributes of an ONNX node", () => {
  it("are read by type", () => {
    expect(floatAttribute(nodeWith({ type: 1, f: 0.5 }), "a")).to.equal(0.5)
    expect(intAttribute(nodeWith({ type: 2, i: -3 }), "a")).to.equal(-3)
    expect(stringAttribute(nodeWith({ type: 3, s: text("SAME") }), "a")).to.equal("SAME")
    expect(floatsAttribute(nodeWith({ type: 6, floats: [1, 2] }), "a")).to.deep.equal([1, 2])
    expect(intsAttribute(nodeWith({ type: 7, ints: [1, -2] }), "a")).to.deep.equal([1, -2])
    expect(stringsAttribute(nodeWith({ type: 8, strings: [text("b")] }), "a")).to.deep.equal(["b"])
    const t = { name: "t", dims: [1], dataType: 2, rawData: Uint8Array.of(9) }
    expect(tensorAttribute(nodeWith({ type: 4, t }), "a")!.data).to.deep.equal(Uint8Array.of(9))
  })

  it("fall back when absent", () => {
    const node = nodeWith({ type: 2, i: 1 })
    expect(intAttribute(node, "b", 4)).to.equal(4)
    expect(intsAttribute(node, "b")).to.equal(undefined)
    expect(floatAttribute(node, "b", 0.25)).to.equal(0.25)
  })

  it("keep zero, which is not absent", () => {
    expect(intAttribute(nodeWith({ type: 2 }), "a", 1)).to.equal(0)
    expect(intsAttribute(nodeWith({ type: 7 }), "a", [5])).to.deep.equal([])
  })

  it("saturate integers that mean 'to the end'", () => {
    const huge = nodeWith({ type: 2, i: { low: -1, high: 0x7fffffff } })
    expect(huge.attributes.get("a")).to.deep.equal({ type: "int", value: 2n ** 63n - 1n })
    expect(intAttribute(huge, "a")).to.equal(Number.MAX_SAFE_INTEGER)
  })

  it("are refused with another type than the operator's", () => {
    expectRefusal(
      () => intAttribute(nodeWith({ type: 1 }), "a"),
      "OnnxAttributeInvalid",
      '"a"',
      '"add"',
      "float",
    )
  })

  it("are refused when the file contradicts itself", () => {
    expectRefusal(() => nodeWith({ i: 1 }), "OnnxMalformed", '"a"', '"add"')
    expectRefusal(() => nodeWith({ type: 4 }), "OnnxMalformed", "holds none")
    expectRefusal(() => nodeWith({ type: 3, s: Uint8Array.of(0xff) }), "OnnxMalformed", "UTF-8")
    expectRefusal(() => nodeWith({ type: 2, refAttrName: "b" }), "OnnxMalformed", "function")
    expectRefusal(() => nodeWith({ name: "", type: 2 }), "OnnxMalformed", "no name")
    const node = [
      {
        ...SMALL.graph.node[0],
        attribute: [
          { name: "a", type: 2 },
          { name: "a", type: 2 },
        ],
      },
    ]
    expectRefusal(() => loadOnnx(fileWith({ node })), "OnnxMalformed", "twice")
  })

  it("are refused when they hold subgraphs", () => {
    expectRefusal(() => nodeWith({ type: 5 }), "OnnxAttributeUnsupported", '"a"', '"add"', "graph")
  })
})
