import { expect } from "chai"
import { elementsOf } from "../../../src/engine/onnx/elements.ts"
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

  it("gives constants as views of the file, whose elements fit typed arrays all the same", () => {
    for (let shift = 0; shift < 4; shift++) {
      const file = new Uint8Array(DIGITS.length + shift).subarray(shift)
      file.set(DIGITS)
      const bias = loadOnnx(file).initializers.get("conv1.bias")!
      expect(bias.data.buffer).to.equal(file.buffer)
      const aligned = bias.data.byteOffset % 4 === 0
      const elements = elementsOf(bias)
      expect(elements).to.be.instanceOf(Float32Array)
      expect(elements.buffer === file.buffer).to.equal(aligned)
      expect(new Uint8Array(elements.slice().buffer)).to.deep.equal(new Uint8Array(bias.data))
    }
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

  it("accepts operator sets 7 to 28 and no others", () => {
    const withOpset = (version: number) => fileWith({}, { opsetImport: [{ version }] })
    for (const version of [7, 17, 25, 28]) {
      expect(loadOnnx(withOpset(version)).opset).to.equal(version)
    }
    for (const version of [-1, 0, 29]) {
      expectRefusal(() => loadOnnx(withOpset(version)), "OnnxOpsetUnsupported", `opset ${version}`)
    }
  })

  it("accepts earlier operator sets for operators that they define as set 7 does", () => {
    const opsetImport = [{ version: 1 }]
    const node = [{ name: "one", opType: "Identity", input: ["x"], output: ["y"] }]
    expect(loadOnnx(fileWith({ node }, { opsetImport })).opset).to.equal(1)
    const load = () => loadOnnx(fileWith({}, { opsetImport }))
    expectRefusal(load, "OnnxOpsetUnsupported", '"add"', '"Add"', "opset 1")
  })

  it("accepts operator sets of other domains beside the standard one", () => {
    const opsetImport = [
      { domain: "com.example", version: 99 },
      { domain: "ai.onnx", version: 17 },
    ]
    expect(loadOnnx(fileWith({}, { opsetImport })).opset).to.equal(17)
  })

  it("accepts the format versions 3 to 13 and no others", () => {
    for (const irVersion of [3, 13]) expect(loadOnnx(fileWith({}, { irVersion })).opset).to.equal(17)
    for (const irVersion of [0, 2, 14, -1]) {
      const load = () => loadOnnx(fileWith({}, { irVersion }))
      expectRefusal(load, "OnnxVersionUnsupported", `version ${irVersion}`)
    }
  })

  describe("refuses as malformed", () => {
    const cases: [string, Uint8Array, ...string[]][] = [
      ["bytes that are no protobuf", new TextEncoder().encode("not a model"), "protobuf"],
      ["an empty file", new Uint8Array(), "no graph"],
      ["a file without an operator set", encode({ irVersion: 8, graph }), "0 times"],
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

  it("refuses sparse weights, and inputs and outputs that are no tensors, by name", () => {
    expectRefusal(
      () => loadOnnx(fileWith({ sparseInitializer: [new Uint8Array()] })),
      "OnnxSparseUnsupported",
    )
    const kinds: [string, string][] = [
      ["sequenceType", "a sequence"],
      ["mapType", "a map"],
      ["optionalType", "optional"],
      ["sparseTensorType", "a sparse tensor"],
    ]
    for (const [field, kind] of kinds) {
      const value = (name: string) => [{ name, type: { [field]: Uint8Array.of(8, 1) } }]
      expectRefusal(() => loadOnnx(fileWith({ input: value("x") })), "OnnxTypeUnsupported", '"x"', kind)
      expectRefusal(() => loadOnnx(fileWith({ output: value("y") })), "OnnxTypeUnsupported", '"y"', kind)
    }
    const load = () => loadOnnx(fileWith({ input: [{ name: "x", type: {} }] }))
    expectRefusal(load, "OnnxTypeUnsupported", '"x"')
  })

  it("shortens hostile names in its errors", () => {
    const node = [{ ...add, name: "n".repeat(100_000), input: ["ghost"] }]
    expect(() => loadOnnx(fileWith({ node })))
      .to.throw()
      .with.property("message")
      .with.length.below(300)
  })
})
