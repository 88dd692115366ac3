import { expect } from "chai"
import { ONNX_LIMITS } from "../../../src/engine/onnx/limits.ts"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { expectRefusal, fileWith } from "./models.ts"

type Message = Record<string, unknown>

const DOMAIN = "com.example"
const int = (name: string, i: number) => ({ name, type: 2, i })
const refer = (name: string, refAttrName: string, type = 2) => ({ name, refAttrName, type })

/** twice(a, b) = (a + b) * a, with an attribute of the call. */
const TWICE = {
  name: "Twice",
  domain: DOMAIN,
  input: ["a", "b"],
  output: ["r"],
  node: [
    { name: "sum", opType: "Add", input: ["a", "b"], output: ["s"], attribute: [refer("k", "depth")] },
    { opType: "Mul", input: ["s", "a"], output: ["r"], attribute: [int("own", 5)] },
  ],
  opsetImport: [{ version: 17 }],
}
const CALL = { name: "call", opType: "Twice", domain: DOMAIN, input: ["x", "w"], output: ["y"] }

const file = (call: Message, ...functions: Message[]) =>
  fileWith({ node: [{ ...CALL, ...call }] }, { functions })
const load = (call: Message, ...functions: Message[]) => loadOnnx(file(call, ...functions)).nodes
const brief = (call: Message, ...functions: Message[]) =>
  load(call, ...functions).map(
    ({ opType, inputs, outputs }) => `${opType}(${inputs.join()}) ${outputs.join()}`,
  )

describe("functions of an ONNX model", () => {
  it("are put in the place of their calls", () => {
    const [sum, product] = load({}, TWICE)
    expect(sum).to.include({ name: "call/sum", opType: "Add", domain: "" })
    expect(product.name).to.equal("call/Mul#1")
    expect(sum.inputs).to.deep.equal(["x", "w"])
    expect(product.inputs).to.deep.equal([sum.outputs[0], "x"])
    expect(product.outputs).to.deep.equal(["y"])
    expect([...product.attributes]).to.deep.equal([["own", { type: "int", value: 5n }]])
  })

  it("are told apart by domain and overload", () => {
    const same = (overload: string, opType: string) => ({
      ...TWICE,
      overload,
      node: [{ opType, input: ["a", "b"], output: ["r"] }],
    })
    const functions = [same("", "Sub"), same("v2", "Div"), { ...same("", "Pow"), domain: "other" }]
    expect(brief({}, ...functions)).to.deep.equal(["Sub(x,w) y"])
    expect(brief({ overload: "v2" }, ...functions)).to.deep.equal(["Div(x,w) y"])
    expect(brief({ domain: "other" }, ...functions)).to.deep.equal(["Pow(x,w) y"])
    expect(brief({ domain: "none" }, ...functions)).to.deep.equal(["Twice(x,w) y"])
    const standard = { ...same("", "Max"), domain: "ai.onnx" }
    expect(brief({ domain: "" }, standard)).to.deep.equal(["Max(x,w) y"])
  })

  it("take attributes from the call, else their defaults, else leave them out", () => {
    const attributeOf = (call: Message, twice: Message = {}) =>
      load(call, { ...TWICE, ...twice })[0].attributes.get("k")
    const attributeProto = [int("depth", 3)]
    expect(attributeOf({ attribute: [int("depth", 2)] }, { attributeProto })).to.deep.equal({
      type: "int",
      value: 2n,
    })
    expect(attributeOf({}, { attributeProto })).to.deep.equal({ type: "int", value: 3n })
    expect(attributeOf({})).to.equal(undefined)
  })

  it("pass attributes on to functions that they call", () => {
    const outer = {
      ...TWICE,
      name: "Outer",
      node: [{ ...CALL, name: "in", input: ["a", "b"], output: ["r"], attribute: [refer("depth", "d")] }],
    }
    const [sum] = load({ opType: "Outer", attribute: [int("d", 7)] }, outer, TWICE)
    expect(sum.name).to.equal("call/in/sum")
    expect(sum.attributes.get("k")).to.deep.equal({ type: "int", value: 7n })
  })

  it("leave out the inputs and outputs that a call leaves out", () => {
    const split = {
      ...TWICE,
      output: ["r", "s"],
      node: [{ opType: "Clip", input: ["a", "b", ""], output: ["r", "s"] }],
    }
    expect(brief({ input: ["x"] }, split)).to.deep.equal(["Clip(x,,) y,call/s"])
    expect(brief({ input: ["", "x"], output: ["", "y"] }, split)).to.deep.equal(["Clip(,x,) call/r,y"])
  })

  it("may return what they are given", () => {
    const through = { ...TWICE, input: ["a"], output: ["a"], node: [] }
    expect(brief({ input: ["x"] }, through)).to.deep.equal(["Identity(x) y"])
    expectRefusal(() => load({ input: [""] }, through), "OnnxMalformed", '"Twice"', '"call"', '"a"')
  })

  it("get names that no other tensor has", () => {
    const node = [
      { ...CALL, name: "c", output: ["t"] },
      { ...CALL, name: "c", input: ["t", "w"], output: ["c/s"] },
      { opType: "Add", input: ["t", "c/s"], output: ["y"] },
    ]
    const { nodes } = loadOnnx(fileWith({ node }, { functions: [TWICE] }))
    const made = nodes.flatMap(({ outputs }) => outputs)
    expect(made).to.include.members(["t", "c/s", "y"])
    expect(new Set(made)).to.have.property("size", 5)
  })

  it("do not matter as long as nothing calls them", () => {
    const broken = { ...TWICE, name: "Broken", opsetImport: [{ version: 99 }], node: [{ input: ["ghost"] }] }
    expect(brief({}, TWICE, broken)).to.have.length(2)
  })

  describe("are refused", () => {
    const [sum, product] = TWICE.node
    const cases: [string, string, Message, ...string[]][] = [
      [
        "with another opset than the model",
        "OnnxOpsetUnsupported",
        { opsetImport: [{ version: 18 }] },
        "18",
        "17",
      ],
      ["when they read what nothing makes", "OnnxMalformed", { node: [product, sum] }, '"s"', '"call"'],
      ["when they make a tensor twice", "OnnxMalformed", { node: [sum, sum] }, '"s"', "twice"],
      [
        "when they overwrite an input",
        "OnnxMalformed",
        { node: [{ ...sum, output: ["a"] }] },
        '"a"',
        "twice",
      ],
      ["when they do not make an output", "OnnxMalformed", { node: [sum] }, '"r"'],
      ["with an input given twice", "OnnxMalformed", { input: ["a", "a"] }, '"a"', "twice"],
      ["with an output given twice", "OnnxMalformed", { output: ["r", "r"] }, '"r"', "twice"],
      ["when a call passes too much", "OnnxMalformed", { input: ["a"] }, "2 inputs"],
      ["when a call takes too much", "OnnxMalformed", { output: [] }, "1 outputs"],
      ["with a default given twice", "OnnxMalformed", { attributeProto: [int("d", 1), int("d", 2)] }, '"d"'],
      ["when a default refers", "OnnxMalformed", { attributeProto: [refer("d", "e")] }, '"d"'],
      [
        "with subgraphs",
        "OnnxAttributeUnsupported",
        { node: [{ ...sum, attribute: [{ name: "g", type: 5 }] }] },
        '"g"',
      ],
    ]
    for (const [name, code, twice, ...words] of cases) {
      it(name, () => expectRefusal(() => load({}, { ...TWICE, ...twice }), code, '"Twice"', ...words))
    }

    it("when an attribute of the call has another type, or a name given already", () => {
      const attribute = [{ name: "depth", type: 1, f: 1 }]
      expectRefusal(() => load({ attribute }, TWICE), "OnnxMalformed", '"k"', '"call/sum"', "float")
      const node = [{ ...sum, attribute: [int("k", 1), refer("k", "depth")] }, product]
      const again = () => load({ attribute: [int("depth", 1)] }, { ...TWICE, node })
      expectRefusal(again, "OnnxMalformed", '"k"', '"call/sum"')
    })

    it("when they are given twice", () => {
      expectRefusal(() => load({}, TWICE, TWICE), "OnnxMalformed", '"Twice"', "twice")
    })

    it("when they call themselves, through others too", () => {
      const calls = (name: string, opType: string) => ({
        ...TWICE,
        name,
        node: [{ ...CALL, opType, input: ["a", "b"], output: ["r"] }],
      })
      expectRefusal(() => load({}, calls("Twice", "Twice")), "OnnxMalformed", '"Twice"', "itself")
      expectRefusal(() => load({}, calls("Twice", "B"), calls("B", "Twice")), "OnnxMalformed", "itself")
    })
  })

  describe("cannot be a bomb", () => {
    /** f0 calls f1 twice, which calls f2 twice, and so on. */
    const doubling = (depth: number, last: Message[]) =>
      Array.from({ length: depth }, (_, i) => {
        const call = { opType: `f${i + 1}`, domain: DOMAIN, input: ["a"] }
        const node = [
          { ...call, output: ["s"] },
          { ...call, output: ["r"] },
        ]
        return { ...TWICE, name: `f${i}`, input: ["a"], output: ["r"], node: i === depth - 1 ? last : node }
      })
    const bomb = { opType: "f0", input: ["x"] }
    const one = { opType: "Relu", input: ["a"], output: ["r"] }

    it("of nodes, even if none is left in the end", () => {
      expect(load(bomb, ...doubling(8, [one]))).to.have.length(128)
      expectRefusal(() => load(bomb, ...doubling(40, [one])), "OnnxTooLarge", "50000 nodes")
      const limits = { ...ONNX_LIMITS, fields: 5000 }
      const empty = doubling(40, []).map((one) => ({
        ...one,
        output: [],
        node: one.node.map((n) => ({ ...n, output: [] })),
      }))
      const hollow = () => loadOnnx(file({ ...bomb, output: ["y"] }, ...empty), { limits })
      expectRefusal(() => hollow(), "OnnxMalformed", "1 outputs")
      const node = [
        { ...CALL, ...bomb, output: [] },
        { opType: "Relu", input: ["x"], output: ["y"] },
      ]
      const quiet = () => loadOnnx(fileWith({ node }, { functions: empty }), { limits })
      expectRefusal(quiet, "OnnxTooLarge", "5000 fields")
    })

    it("of inputs, outputs or attributes", () => {
      const wide = { ...one, opType: "Sum", input: Array<string>(100).fill("a") }
      const limits = { ...ONNX_LIMITS, fields: 1000 }
      const functions = doubling(8, [wide])
      expectRefusal(() => loadOnnx(file(bomb, ...functions), { limits }), "OnnxTooLarge", "1000 fields")
    })

    it("of depth", () => {
      const chain = Array.from({ length: 1000 }, (_, i) => ({
        ...TWICE,
        name: `f${i}`,
        input: ["a"],
        node: [{ opType: `f${i + 1}`, domain: DOMAIN, input: ["a"], output: ["r"] }],
      }))
      expect(load(bomb, ...chain.slice(0, 64))).to.have.length(1)
      expectRefusal(() => load(bomb, ...chain), "OnnxTooLarge", '"f64"', "64")
    })

    it("of names", () => {
      const long = "n".repeat(100_000)
      const named = {
        ...TWICE,
        node: [
          { ...TWICE.node[0], name: long, output: [long] },
          { ...one, input: [long] },
        ],
      }
      const nodes = load({ name: long }, named)
      expect(nodes[0].name).to.have.length.below(200)
      expect(nodes[0].outputs[0]).to.have.length.below(200)
    })
  })
})
