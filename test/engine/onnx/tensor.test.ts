import { expect } from "chai"
import protobuf from "protobufjs/light.js"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { expectRefusal, fileWith, fileWithTensor } from "./models.ts"

/** Numbers as a packed list of varints, negative ones sign-extended as the format wants. */
function varints(...values: bigint[]): Uint8Array {
  const writer = protobuf.Writer.create()
  for (const value of values) {
    writer.int64({
      low: Number(BigInt.asIntN(32, value)),
      high: Number(BigInt.asIntN(32, value >> 32n)),
    } as never)
  }
  return writer.finish()
}

/** Two zeros, the second in eleven bytes where ten are the most. */
const OVERLONG = Uint8Array.of(0, ...Array<number>(10).fill(0x80), 0)
const BIGGEST = { low: -1, high: 0x7fffffff }

const bytesOf = (array: ArrayBufferView) => [...new Uint8Array(array.buffer)]
const weight = (tensor: Record<string, unknown>) =>
  loadOnnx(fileWithTensor({ rawData: new Uint8Array(), ...tensor })).initializers.get("w")!

describe("constant tensors of an ONNX file", () => {
  it("come out as the same bytes from raw data and from typed lists", () => {
    const floats = Float32Array.of(1.5, -0)
    const cases: [string, number, Record<string, unknown>, ArrayBufferView][] = [
      ["float32", 1, { floatData: [new Uint8Array(floats.buffer)] }, floats],
      [
        "float64",
        11,
        { doubleData: [new Uint8Array(Float64Array.of(1e300, -1).buffer)] },
        Float64Array.of(1e300, -1),
      ],
      ["float16", 10, { int32Data: [varints(0x3c00n, 0xfc00n)] }, Uint16Array.of(0x3c00, 0xfc00)],
      ["int8", 3, { int32Data: [varints(-128n, 127n)] }, Int8Array.of(-128, 127)],
      ["uint8", 2, { int32Data: [varints(0n, 255n)] }, Uint8Array.of(0, 255)],
      ["int16", 5, { int32Data: [varints(-2n, 3n)] }, Int16Array.of(-2, 3)],
      ["uint16", 4, { int32Data: [varints(0n, 65535n)] }, Uint16Array.of(0, 65535)],
      [
        "int32",
        6,
        { int32Data: [varints(-(2n ** 31n), 2n ** 31n - 1n)] },
        Int32Array.of(-(2 ** 31), 2 ** 31 - 1),
      ],
      ["uint32", 12, { uint64Data: [varints(7n, 2n ** 32n - 1n)] }, Uint32Array.of(7, 2 ** 32 - 1)],
      [
        "int64",
        7,
        { int64Data: [varints(-(2n ** 63n), 2n ** 53n + 1n)] },
        BigInt64Array.of(-(2n ** 63n), 2n ** 53n + 1n),
      ],
      ["uint64", 13, { uint64Data: [varints(1n, 2n ** 64n - 1n)] }, BigUint64Array.of(1n, 2n ** 64n - 1n)],
      ["bool", 9, { int32Data: [varints(1n, 0n)] }, Uint8Array.of(1, 0)],
    ]
    for (const [elementType, dataType, list, expected] of cases) {
      const listed = weight({ dataType, ...list })
      expect(listed.elementType).to.equal(elementType)
      expect([...listed.data], elementType).to.deep.equal(bytesOf(expected))
      const raw = weight({ dataType, rawData: new Uint8Array(expected.buffer) })
      expect([...raw.data], elementType).to.deep.equal(bytesOf(expected))
    }
  })

  it("are views of the file when they are raw, or one list of floats", () => {
    const floats = new Uint8Array(Float32Array.of(1.5, -0).buffer)
    for (const fields of [{ rawData: floats }, { floatData: [floats] }]) {
      const file = fileWithTensor({ rawData: new Uint8Array(), ...fields })
      const { data } = loadOnnx(file).initializers.get("w")!
      expect(data.buffer).to.equal(file.buffer)
      expect([...data]).to.deep.equal([...floats])
    }
  })

  it("may be scalars, empty, or split into several lists", () => {
    expect(weight({ dims: [], rawData: new Uint8Array(4) }).dims).to.deep.equal([])
    expect(weight({ dims: [3, 0] }).data).to.have.length(0)
    expect([...weight({ dataType: 7, int64Data: [varints(1n), varints(2n)] }).data]).to.deep.equal(
      bytesOf(BigInt64Array.of(1n, 2n)),
    )
  })

  describe("are refused", () => {
    const int32Data = [varints(1n, 2n)]
    const cases: [string, string, Record<string, unknown>, string][] = [
      ["with too few bytes", "OnnxMalformed", { rawData: new Uint8Array(7) }, "7 bytes"],
      ["with too few elements", "OnnxMalformed", { dataType: 6, int32Data: [varints(1n)] }, "1 elements"],
      ["without data", "OnnxMalformed", {}, "0 bytes"],
      ["with data given twice", "OnnxMalformed", { rawData: new Uint8Array(8), int32Data }, "twice"],
      ["with the list of another type", "OnnxMalformed", { int32Data }, "int32Data"],
      [
        "with an element out of range",
        "OnnxMalformed",
        { dataType: 2, int32Data: [varints(1n, 256n)] },
        "256",
      ],
      ["with a boolean that is neither", "OnnxMalformed", { dataType: 9, rawData: Uint8Array.of(0, 2) }, "2"],
      [
        "with a varint that does not end",
        "OnnxMalformed",
        { dataType: 6, int32Data: [Uint8Array.of(1, 1, 128)] },
        "varint",
      ],
      ["with a negative dimension", "OnnxMalformed", { dims: [-2] }, "-2"],
      ["with an unsupported type", "OnnxTypeUnsupported", { dataType: 8 }, "string"],
      ["with an unknown type", "OnnxTypeUnsupported", { dataType: 99 }, "99"],
      ["with a data location that is none", "OnnxMalformed", { dataLocation: 2 }, "location 2"],
      ["when they claim terabytes", "OnnxTooLarge", { dims: [2 ** 20, 2 ** 20] }, "1048576"],
      [
        "when their size overflows to a small one",
        "OnnxTooLarge",
        { dims: [2 ** 31, 2 ** 31, 4, 2] },
        "2147483648",
      ],
      ["with a dimension beyond 2^53", "OnnxTooLarge", { dims: [0, BIGGEST] }, "9223372036854775807"],
      ["with overlong varints", "OnnxMalformed", { dataType: 6, int32Data: [OVERLONG] }, "varint"],
      ["when their size overflows", "OnnxTooLarge", { dims: [2 ** 32, 2 ** 32, 2 ** 32] }, "4294967296"],
      ["with too many dimensions", "OnnxTooLarge", { dims: Array(33).fill(1) }, "33"],
    ]
    for (const [name, code, tensor, word] of cases) {
      it(name, () => expectRefusal(() => weight(tensor), code, 'initializer "w"', word))
    }

    it("when all together exceed the limit", () => {
      const initializer = ["w", "v"].map((name) => ({ name, dims: [2 ** 20, 200], dataType: 1 }))
      expectRefusal(() => loadOnnx(fileWith({ initializer })), "OnnxMalformed", '"w"')
      const zeros = new Uint8Array(2 ** 11)
      const sized = ["w", "v"].map((name) => ({ name, dims: [2 ** 9], dataType: 1, rawData: zeros }))
      const limits = { fileBytes: 1e6, fields: 1e4, nodes: 9, tensors: 9, tensorBytes: 4000, rank: 4 }
      expectRefusal(() => loadOnnx(fileWith({ initializer: sized }), { limits }), "OnnxTooLarge", '"v"')
    })
  })
})
