import { expect } from "chai"
import { isOnusError } from "../../../src/protocol/errors.ts"
import { ONNX_LIMITS } from "../../../src/engine/onnx/limits.ts"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { createRandom } from "../../../scripts/train/random.ts"
import { DIGITS, expectRefusal, fileWith, fileWithAttribute, SMALL } from "./models.ts"

/** A file with a bit of all that a model can have. */
const EVERYTHING = fileWith(
  {
    input: [{ name: "x", type: { tensorType: { elemType: 1, shape: { dim: [{ dimParam: "N" }] } } } }],
    initializer: [
      {
        name: "w",
        dims: [2],
        dataType: 1,
        dataLocation: 1,
        externalData: [
          { key: "location", value: "w.bin" },
          { key: "offset", value: "8" },
        ],
      },
      { name: "v", dims: [2], dataType: 7, int64Data: [Uint8Array.of(1, 0x80, 1)] },
    ],
    node: [{ opType: "F", domain: "d", input: ["x", "w"], output: ["y"] }],
  },
  {
    functions: [
      {
        name: "F",
        domain: "d",
        input: ["a", "b"],
        output: ["r"],
        attributeProto: [{ name: "k", type: 2, i: 1 }],
        node: [
          {
            opType: "Add",
            input: ["a", "b"],
            output: ["r"],
            attribute: [{ name: "j", type: 2, refAttrName: "k" }],
          },
        ],
        opsetImport: [{ version: 17 }],
      },
    ],
  },
)

/** Loads and lets only named errors pass. */
function survive(file: Uint8Array): "loaded" | "refused" {
  try {
    loadOnnx(file, { external: () => new Uint8Array(16) })
    return "loaded"
  } catch (error) {
    if (!isOnusError(error)) throw error
    return "refused"
  }
}

/** A field of the wire format that holds bytes. */
const field = (id: number, content: Uint8Array) => {
  expect(content.length).to.be.below(128)
  return Uint8Array.of((id << 3) | 2, content.length, ...content)
}

describe("a hostile ONNX file", () => {
  it("is refused by name wherever it is cut", () => {
    for (let length = 0; length < DIGITS.length; length += 97) {
      // A cut can fall between two fields, but never before the graph is complete.
      if (survive(DIGITS.subarray(0, length)) === "loaded") expect(length).to.be.above(DIGITS.length - 16)
    }
  })

  it("is loaded or refused by name after any flip of one bit", () => {
    const seen = { loaded: 0, refused: 0 }
    for (const whole of [fileWithAttribute({ name: "axes", type: 7, ints: [1, 300] }), EVERYTHING]) {
      expect(survive(whole)).to.equal("loaded")
      for (let bit = 0; bit < whole.length * 8; bit++) {
        const file = new Uint8Array(whole)
        file[bit >> 3] ^= 1 << (bit & 7)
        seen[survive(file)]++
      }
    }
    expect(seen.refused).to.be.above(100)
    expect(seen.loaded).to.be.above(100)
  })

  it("is loaded or refused by name after random damage to the digit model", () => {
    const random = createRandom(5, "damage")
    for (let round = 0; round < 600; round++) {
      const file = new Uint8Array(DIGITS)
      for (let count = 1 + random.below(20); count > 0; count--) {
        // Half of the damage goes to the first bytes, where the nodes are.
        file[random.below(random.chance(0.5) ? 1000 : file.length)] = random.below(256)
      }
      survive(file)
    }
  })

  it("cannot spend memory on a crowd of empty nodes, tensors or numbers", () => {
    const limits = { ...ONNX_LIMITS, nodes: 10, tensors: 10, fields: 100 }
    const crowd = (count: number) => Array.from({ length: count }, () => ({}))
    const load = (file: Uint8Array) => () => loadOnnx(file, { limits })
    expectRefusal(load(fileWith({ node: crowd(11) })), "OnnxTooLarge", "10 nodes")
    expectRefusal(load(fileWith({ initializer: crowd(11) })), "OnnxTooLarge", "10 constant tensors")
    expectRefusal(load(fileWith({ input: crowd(101) })), "OnnxTooLarge", "100 fields")
    const ints = Array(101).fill(0)
    expectRefusal(load(fileWithAttribute({ name: "a", type: 7, ints })), "OnnxTooLarge", "100 fields")
    expectRefusal(() => loadOnnx(DIGITS, { limits: { ...limits, fileBytes: 1000 } }), "OnnxTooLarge", "1000")
  })

  it("cannot nest deeply", () => {
    const groups = new Uint8Array(200_000).fill((99 << 3) | 3)
    expectRefusal(() => loadOnnx(groups), "OnnxMalformed")
  })

  it("cannot let a field pretend to another wire type, or reach past its message", () => {
    const graphAsNumber = Uint8Array.of(7 << 3, 1)
    expectRefusal(() => loadOnnx(graphAsNumber), "OnnxMalformed", "graph", "wire type")
    const overrun = field(7, Uint8Array.of((1 << 3) | 2, 100))
    expectRefusal(() => loadOnnx(overrun), "OnnxMalformed", "node", "100")
    expectRefusal(() => loadOnnx(Uint8Array.of(2, 0)), "OnnxMalformed", "numbered 0")
  })

  it("cannot hide anything in varints longer than they need be", () => {
    const graph = (length: number[]) => Uint8Array.of((7 << 3) | 2, ...length, (2 << 3) | 2, 1, 65)
    const longer = (value: number, more: number) => [value | 0x80, ...Array<number>(more).fill(0x80), 0]
    expectRefusal(() => loadOnnx(graph([3])), "OnnxVersionUnsupported")
    expectRefusal(() => loadOnnx(graph(longer(3, 3))), "OnnxVersionUnsupported")
    for (const more of [4, 8, 9, 100]) expectRefusal(() => loadOnnx(graph(longer(3, more))), "OnnxMalformed")
    expectRefusal(() => loadOnnx(graph([0x83, 0x80, 0x80, 0x80, 0x7f])), "OnnxMalformed")
    expectRefusal(() => loadOnnx(graph(Array<number>(10).fill(0xff))), "OnnxMalformed")
    const tag = Uint8Array.of(...longer((1 << 3) | 0, 8), 8)
    expectRefusal(() => loadOnnx(tag), "OnnxMalformed")
  })

  it("cannot repeat data to make it larger than counted", () => {
    const tensor = { name: "w", dims: [2], dataType: 1, floatData: [new Uint8Array(8), new Uint8Array(8)] }
    expectRefusal(() => loadOnnx(fileWith({ initializer: [tensor] })), "OnnxMalformed", "16 bytes")
  })

  it("may carry fields that this project does not know", () => {
    const extra = field(14, new TextEncoder().encode("metadata"))
    expect(survive(Uint8Array.of(...fileWith(SMALL.graph), ...extra))).to.equal("loaded")
  })
})
