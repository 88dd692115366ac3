import { expect } from "chai"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { DIGITS, encode, expectRefusal, fileWith, FLOAT_2, SMALL } from "./models.ts"

const { graph } = SMALL
const add = graph.node[0]

describe("loadOnnx", () => {
  it("reads the digit model's inputs, outputs, weights and nodes", () => {
    const model = loadOnnx(DIGITS)
    expect(model.opset).to.equal(17)
    expect(model.inputs).to.deep.equal([{ name: "image", elementType: "float32", shape: [1, 1, 28, 28] }])
    expect(model.outputs).to.deep.equal([{ name: "probabilities", elementType: "float32", shape: [1, 10] }])
    expect(model.nodes.map((node) => node.opType).join(" ")).to.equal(
      "Conv Relu MaxPool Conv Relu MaxPool Flatten Gemm Relu Gemm Softmax",
    )
    expect(model.nodes[0].attributes.get("pads")).to.deep.equal({ type: "ints", value: [1n, 1n, 1n, 1n] })
    expect(model.initializers.get("dense1.weight")!.dims).to.deep.equal([32, 784])
    expect(model.initializers.get("dense1.weight")!.data).to.have.length(32 * 784 * 4)
  })

  it("gives constants buffers of their own, so that typed arrays fit over them", () => {
    const { data } = loadOnnx(DIGITS).initializers.get("conv1.bias")!
    expect(data.byteOffset).to.equal(0)
    expect(data.buffer.byteLength).to.equal(32)
  })

  it("names unnamed nodes by operator and position", () => {
    const unnamed = { ...add, name: "", output: ["y"] }
    const first = { ...add, output: ["t"] }
    expect(loadOnnx(fileWith({ node: [first, unnamed] })).nodes[1].name).to.equal("Add#1")
  })

  it("keeps initializers out of the inputs, where older files repeat them", () => {
    const input = [...graph.input, { name: "w", type: FLOAT_2 }]
    expect(loadOnnx(fileWith({ input })).inputs.map(({ name }) => name)).to.deep.equal(["x"])
  })

  it("keeps the names of free dimensions, and tells an empty dimension from an unknown one", () => {
    const dim = [{ dimParam: "batch" }, {}, { dimValue: 0 }]
    const input = [{ name: "x", type: { tensorType: { elemType: 1, shape: { dim } } } }]
    expect(loadOnnx(fileWith({ input })).inputs[0].shape).to.deep.equal(["batch", "?", 0])
  })

  it("leaves an output's type open where the file does", () => {
    expect(loadOnnx(fileWith({ output: [{ name: "y" }] })).outputs).to.deep.equal([
      { name: "y", elementType: undefined, shape: undefined },
    ])
  })

  it("writes the standard domain in one way and keeps others", () => {
    const node = [
      { ...add, domain: "ai.onnx", output: ["t"] },
      { ...add, domain: "com.example" },
    ]
    const { nodes } = loadOnnx(fileWith({ node }))
    expect(nodes.map(({ domain }) => domain)).to.deep.equal(["", "com.example"])
  })

  it("accepts operator sets 7 to 25 and no others", () => {
    for (const version of [7, 17, 25]) {
      expect(loadOnnx(fileWith({}, { opsetImport: [{ version }] })).opset).to.equal(version)
    }
    for (const version of [-1, 6, 26]) {
      const file = fileWith({}, { opsetImport: [{ version }] })
      expectRefusal(() => loadOnnx(file), "OnnxOpsetUnsupported", `opset ${version}`)
    }
  })

  describe("refuses as malformed", () => {
    const cases: [string, Uint8Array, ...string[]][] = [
      ["bytes that are no protobuf", new TextEncoder().encode("not a model"), "protobuf"],
      ["an empty file", new Uint8Array(), "no graph"],
      ["a file without an operator set", encode({ graph }), "0 times"],
      ["two standard operator sets", fileWith({}, { opsetImport: [{ version: 17 }, { version: 18 }] }), "2"],
      [
        "a node before its input",
        fileWith({
          node: [
            { ...add, input: ["t"] },
            { ...add, output: ["t"] },
          ],
        }),
        "topological",
        '"add"',
        '"t"',
      ],
      ["an input that nothing makes", fileWith({ node: [{ ...add, input: ["ghost"] }] }), '"ghost"', '"add"'],
      ["a tensor made twice", fileWith({ node: [add, add] }), '"y"', '"add"', "twice"],
      [
        "a node that overwrites a weight",
        fileWith({ node: [add, { ...add, output: ["w"] }] }),
        '"w"',
        "twice",
      ],
      ["an output that nothing makes", fileWith({ output: [{ name: "z" }] }), '"z"'],
      ["an output listed twice", fileWith({ output: [...graph.output, ...graph.output] }), '"y"', "twice"],
      ["a graph without outputs", fileWith({ output: [] }), "no output"],
      [
        "an initializer given twice",
        fileWith({ initializer: [...graph.initializer, ...graph.initializer] }),
        '"w"',
      ],
      ["a node without an operator", fileWith({ node: [{ ...add, opType: "" }] }), '"add"'],
      ["an input without a type", fileWith({ input: [{ name: "x" }] }), '"x"', "type"],
      [
        "an input without a shape",
        fileWith({ input: [{ name: "x", type: { tensorType: { elemType: 1 } } }] }),
        '"x"',
        "shape",
      ],
      [
        "a negative dimension",
        fileWith({
          input: [{ name: "x", type: { tensorType: { elemType: 1, shape: { dim: [{ dimValue: -1 }] } } } }],
        }),
        '"x"',
        "-1",
      ],
    ]
    for (const [name, file, ...words] of cases) {
      it(name, () => expectRefusal(() => loadOnnx(file), "OnnxMalformed", ...words))
    }
  })

  it("refuses functions, sparse weights and inputs that are no tensors by name", () => {
    expectRefusal(() => loadOnnx(fileWith({}, { functions: [new Uint8Array()] })), "OnnxFunctionUnsupported")
    expectRefusal(
      () => loadOnnx(fileWith({ sparseInitializer: [new Uint8Array()] })),
      "OnnxSparseUnsupported",
    )
    expectRefusal(
      () => loadOnnx(fileWith({ input: [{ name: "x", type: {} }] })),
      "OnnxTypeUnsupported",
      '"x"',
    )
  })

  it("shortens hostile names in its errors", () => {
    const node = [{ ...add, name: "n".repeat(100_000), input: ["ghost"] }]
    expect(() => loadOnnx(fileWith({ node })))
      .to.throw()
      .with.property("message")
      .with.length.below(300)
  })
})
