import { readFileSync } from "node:fs"
import { expect } from "chai"
import type { OnnxGraph, OnnxNode } from "../../../src/engine/onnx/graph.ts"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { saveOnnx } from "../../../src/engine/onnx/save.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { Op } from "../../../src/protocol/program.ts"
import { seeded } from "../../referee/float32-cases.ts"
import { expectRefusal } from "../onnx/models.ts"
import { type Attributes, constant, graphOf, inputsFor, node, values } from "./graphs.ts"
import { network, ramp } from "./small-network.ts"
import * as make from "./random-graphs.ts"
import { bitsOf, hostileWords } from "./words.ts"

const SEED = 0x6f6e7573

/** The graph with one node or constant exchanged. */
const withNodes = (graph: OnnxGraph, nodes: readonly OnnxNode[]): OnnxGraph => ({ ...graph, nodes })

describe("lower", () => {
  describe("refuses by name", () => {
    const one = (opType: string, attributes: Attributes = {}, shape = [1, 2, 6, 6], more: string[] = []) =>
      graphOf({
        inputs: { x: shape },
        constants: [values("w", [3, 2, 3, 3], ramp(54)), values("m", [6, 4], ramp(24))],
        nodes: [node(opType, ["x", ...more], "y", attributes)],
        outputs: ["y"],
      })
    const refuse = (graph: OnnxGraph, ...words: string[]) =>
      expectRefusal(() => lower(graph), "OperatorUnsupported", '"make y"', ...words)

    it("operators that it does not know", () => {
      refuse(one("Mystery"), "(Mystery)", "not supported")
      refuse(one("constructor"), "(constructor)")
      const foreign = { ...node("Conv", ["x", "w"], "y"), domain: "com.example" }
      refuse(withNodes(one("Conv"), [foreign]), "(com.example.Conv)")
    })

    it("inputs with open dimensions or of types that programs do not have", () => {
      const graph = one("Relu")
      const open = { ...graph, inputs: [{ ...graph.inputs[0], shape: ["batch", 2] }] }
      expectRefusal(() => lower(open), "InputUnsupported", '"x"', '"batch"')
      const integers = { ...graph, inputs: [{ ...graph.inputs[0], elementType: "float64" as const }] }
      expectRefusal(() => lower(integers), "InputUnsupported", '"x"', "float64")
    })

    it("tensors that are too large", () => {
      expectRefusal(() => lower(one("Relu", {}, [2 ** 20, 2 ** 20])), "TensorSizeUnsupported", '"x"')
    })

    it("shapes that do not fit", () => {
      refuse(one("Conv", {}, [1, 3, 6, 6], ["w"]), "3 channels")
      refuse(one("Conv", { group: 0 }, [1, 2, 6, 6], ["w"]), "groups")
      refuse(one("Conv", { group: 2 }, [1, 4, 6, 6], ["w"]), "2 groups")
      refuse(one("Conv", { kernel_shape: [2, 2] }, [1, 2, 6, 6], ["w"]), "kernel_shape")
      refuse(one("Conv", {}, [1, 2, 6], ["w"]), "do not fit")
      refuse(one("Conv", {}, [1, 2, 2, 6], ["w"]), "larger than the padded input")
      refuse(one("Gemm", {}, [6, 3], ["m"]), "[6,3] and [6,4]")
      refuse(one("Gemm", {}, [6, 3, 1], ["m"]), "two axes")
      refuse(one("Gemm", {}, [3, 6], ["m", "w"]), "do not broadcast")
      refuse(one("Gemm", {}, [3, 6]), "input 1 is missing")
    })

    it("windows that no ONNX runtime accepts", () => {
      const pool = (attributes: Attributes) => one("MaxPool", { kernel_shape: [2, 2], ...attributes })
      refuse(one("MaxPool"), "kernel_shape")
      refuse(pool({ kernel_shape: [2] }), "kernel_shape")
      refuse(pool({ kernel_shape: [2, 0] }), "kernel_shape")
      refuse(pool({ strides: [1, 0] }), "strides")
      refuse(pool({ strides: [1] }), "strides")
      refuse(pool({ dilations: [1, -1] }), "dilations")
      refuse(pool({ pads: [1, 1] }), "pads")
      refuse(pool({ pads: [0, 0, 0, -1] }), "pads")
      refuse(pool({ auto_pad: "SAME" }), "auto_pad")
    })

    it("attributes of the wrong type", () => {
      const graph = one("Softmax", { axis: "last" })
      expectRefusal(() => lower(graph), "OnnxAttributeInvalid", '"axis"', '"make y"')
      refuse(one("Softmax", { axis: 4 }), "axis 4")
      refuse(one("Flatten", { axis: 5 }), "axis 5")
      refuse(one("Flatten", { axis: -5 }), "axis -5")
    })
  })

  describe("fuses an activation", () => {
    it("into the step before it, if nothing else needs the value", () => {
      const program = lower(network())
      expect(program.steps).to.have.length(7)
      expect(program.steps[0].epilogue.map(({ op }) => op)).to.deep.equal([Op.Load, Op.Add, Op.Const, Op.Max])
    })

    for (const name of ["conv", "maxPool", "gemm"] as const) {
      it(`and changes no bit: ${name}`, () => {
        const random = seeded(SEED)
        let compared = 0
        while (compared < 2000) {
          const graph = make[`${name}Graph`](random, hostileWords(random))
          if (graph.outputs[0].name !== "z") continue
          // The inner value is returned too, so that it must be kept.
          const apart = { ...graph, outputs: [...graph.outputs, { ...graph.outputs[0], name: "y" }] }
          const [fused, separate] = [lower(graph), lower(apart)]
          expect(separate.steps.length).to.be.above(fused.steps.length)
          const inputs = inputsFor(graph, hostileWords(random))
          const expected = bitsOf(interpret(separate, inputs), separate.outputs[0].tensor)
          expect(bitsOf(interpret(fused, inputs), fused.outputs[0].tensor)).to.deep.equal(expected)
          compared += expected.length
        }
      })
    }
  })

  describe("keeps bits", () => {
    it("of NaN payloads in moved values, weights and addends", () => {
      const words = Uint32Array.of(0x7f800001, 0xffc12345, 0x7fffffff, 0x80000000)
      const identity = constant("C", [4], words)
      const graph = graphOf({
        inputs: { x: [1, 4] },
        constants: [identity, values("B", [4, 4], ramp(16))],
        nodes: [node("Flatten", ["x"], "y"), node("Gemm", ["x", "B", "C"], "z")],
        outputs: ["y", "z"],
      })
      const program = lower(graph)
      const run = interpret(program, { x: new Float32Array(words.buffer) })
      expect(bitsOf(run, program.outputs[0].tensor)).to.deep.equal(words)
      const packed = program.constants.find(({ tensor }) => tensor.length === 4)!
      expect(bitsOf(run, packed.tensor)).to.deep.equal(words)
    })

    it("of an addend times beta: every NaN becomes the canonical one, on every machine", () => {
      const words = Uint32Array.of(0x7f800000, 0xff800001, 0x00000001, 0xbf800000)
      const graph = graphOf({
        inputs: { x: [1, 2] },
        constants: [constant("C", [4], words), values("B", [2, 4], ramp(8))],
        nodes: [node("Gemm", ["x", "B", "C"], "y", { beta: 0 })],
        outputs: ["y"],
      })
      const program = lower(graph)
      const run = interpret(program, { x: Float32Array.of(1, 1) })
      const scaled = Uint32Array.of(0x7fc00000, 0x7fc00000, 0, 0x80000000)
      expect(bitsOf(run, program.constants[1].tensor)).to.deep.equal(scaled)
    })
  })

  describe("makes a model id", () => {
    const golden = JSON.parse(
      readFileSync(new URL("../../vectors/models.json", import.meta.url), "utf8"),
    ) as { name: string; modelId: string }[]

    it("that is the same every time, and after a round trip through a file", () => {
      const { modelId } = lower(network())
      expect(lower(network()).modelId).to.equal(modelId)
      expect(lower(loadOnnx(saveOnnx(network()))).modelId).to.equal(modelId)
      expect(golden.find(({ name }) => name === "small network")?.modelId).to.equal(modelId)
    })

    it("that does not depend on names", () => {
      const graph = network()
      const nodes = graph.nodes.map((each, i) => ({ ...each, name: `n${i}` }))
      expect(lower({ ...graph, name: "other", nodes }).modelId).to.equal(lower(graph).modelId)
    })

    it("that changes with every weight bit, attribute and shape", () => {
      const ids = new Map([[lower(network()).modelId, "unchanged"]])
      const expectNew = (graph: OnnxGraph, what: string) => {
        const { modelId } = lower(graph)
        expect(ids.get(modelId), what).to.equal(undefined)
        ids.set(modelId, what)
      }
      for (const [name, tensor] of network().initializers) {
        for (const at of [0, tensor.data.length - 1]) {
          const graph = network()
          const data = tensor.data.slice()
          data[at] ^= 1
          expectNew(
            { ...graph, initializers: new Map([...graph.initializers, [name, { ...tensor, data }]]) },
            name,
          )
        }
      }
      expectNew(network({ conv: { auto_pad: "VALID" }, pool: { pads: [1, 1, 1, 1] } }), "pads")
      expectNew(network({ conv: { dilations: [2, 2], pads: [2, 2, 2, 2] } }), "dilations")
      expectNew(
        network({ conv: { strides: [2, 2] }, pool: { strides: [1, 1], pads: [0, 0, 1, 1] } }),
        "strides",
      )
      expectNew(network({ pool: { kernel_shape: [1, 2] } }), "kernel")
      expectNew(network({ gemm: { alpha: 2 } }), "alpha")
      expectNew(network({ gemm: { beta: 2 } }), "beta")
      const tall = network()
      expectNew({ ...tall, inputs: [{ ...tall.inputs[0], shape: [2, 2, 6, 6] }] }, "shape")
      const bare = tall.nodes.flatMap((each) => {
        if (each.opType === "Relu") return []
        return each.opType === "MaxPool" ? [{ ...each, inputs: ["c"] }] : [each]
      })
      expectNew(withNodes(tall, bare), "no activation")
    })
  })
})

describe("interpret", () => {
  const program = lower(network())
  const x = new Float32Array(72)

  it("names inputs that are missing, unknown or of another size", () => {
    expectRefusal(() => interpret(program, {}), "InputMissing", '"x"', "1,2,6,6")
    expectRefusal(() => interpret(program, { x, y: x }), "InputUnknown", '"y"', "x")
    expectRefusal(() => interpret(program, { x: new Float32Array(71) }), "InputShapeMismatch", "71", "72")
    expectRefusal(() => interpret(program, { toString: x }), "InputUnknown", '"toString"')
  })

  it("does not change the values that it is given, nor keep them", () => {
    const run = interpret(program, { x })
    x.fill(7)
    expect(bitsOf(run, program.inputs[0].tensor).every((word) => word === 0)).to.equal(true)
    x.fill(0)
  })

  it("makes the same bits every time", () => {
    const inputs = { x: Float32Array.from(ramp(72)) }
    const [first, second] = [interpret(program, inputs), interpret(program, inputs)]
    for (const { output } of program.steps)
      expect(bitsOf(first, output)).to.deep.equal(bitsOf(second, output))
  })
})
