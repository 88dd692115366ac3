import { expect } from "chai"
import { isOnusError } from "../../../src/protocol/errors.ts"
import { elementsOf, tensorOf } from "../../../src/engine/onnx/elements.ts"
import { ONNX_LIMITS } from "../../../src/engine/onnx/limits.ts"
import { TensorProto } from "../../../src/engine/onnx/schema.ts"
import { decodeTensorFile, encodeTensorFile } from "../../../src/engine/onnx/tensor-file.ts"
import { expectRefusal } from "./models.ts"

const TENSORS = [
  tensorOf("a", "float32", [2, 2], Float32Array.of(1.5, -0, NaN, Infinity)),
  tensorOf("b", "float64", [1], Float64Array.of(1e300)),
  tensorOf("c", "float16", [2], Uint16Array.of(0x3c00, 0x7e00)),
  tensorOf("d", "int8", [2], Int8Array.of(-128, 127)),
  tensorOf("e", "int16", [1], Int16Array.of(-2)),
  tensorOf("f", "int32", [], Int32Array.of(-(2 ** 31))),
  tensorOf("g", "int64", [2], BigInt64Array.of(-(2n ** 63n), 1n)),
  tensorOf("h", "uint8", [1, 2], Uint8Array.of(0, 255)),
  tensorOf("i", "uint16", [1], Uint16Array.of(65535)),
  tensorOf("j", "uint32", [1], Uint32Array.of(2 ** 32 - 1)),
  tensorOf("k", "uint64", [1], BigUint64Array.of(2n ** 64n - 1n)),
  tensorOf("", "bool", [3, 0], new Uint8Array()),
  tensorOf("größe", "bool", [2], Uint8Array.of(1, 0)),
]

const encode = (fields: Record<string, unknown>) => TensorProto.encode(fields).finish()

describe("tensor files", () => {
  it("keep tensors of every type and shape", () => {
    for (const tensor of TENSORS) {
      const back = decodeTensorFile(encodeTensorFile(tensor))
      expect({ ...back, data: [...back.data] }).to.deep.equal({ ...tensor, data: [...tensor.data] })
      expect(elementsOf(back)).to.deep.equal(elementsOf(tensor))
    }
  })

  it("are the bytes that ONNX writes", () => {
    // onnx.numpy_helper.from_array(numpy.array([1, 2], numpy.uint8), "x").SerializeToString()
    const file = Uint8Array.of(0x08, 2, 0x10, 2, 0x42, 1, 0x78, 0x4a, 2, 1, 2)
    expect(decodeTensorFile(file)).to.deep.include({ name: "x", elementType: "uint8", dims: [2] })
    expect([...decodeTensorFile(encodeTensorFile(decodeTensorFile(file))).data]).to.deep.equal([1, 2])
  })

  it("are refused when they hold no tensor that is read", () => {
    expectRefusal(() => decodeTensorFile(new Uint8Array()), "OnnxTypeUnsupported", "undefined")
    expectRefusal(() => decodeTensorFile(new TextEncoder().encode("text")), "OnnxMalformed")
    expectRefusal(
      () => decodeTensorFile(encode({ name: "x", dataType: 8 })),
      "OnnxTypeUnsupported",
      '"x"',
      "string",
    )
    const short = encode({ name: "x", dims: [2], dataType: 1, rawData: new Uint8Array(7) })
    expectRefusal(() => decodeTensorFile(short), "OnnxMalformed", '"x"', "7 bytes")
    const apart = encode({
      dims: [2],
      dataType: 1,
      dataLocation: 1,
      externalData: [{ key: "location", value: "a" }],
    })
    expectRefusal(() => decodeTensorFile(apart), "OnnxExternalDataMissing", '"a"')
    const limits = { ...ONNX_LIMITS, fileBytes: 3 }
    expectRefusal(() => decodeTensorFile(encodeTensorFile(TENSORS[0]), limits), "OnnxTooLarge", "more than 3")
  })

  it("are not written when shape and data contradict each other", () => {
    const tensor = tensorOf("x", "int8", [3], Int8Array.of(1, 2))
    expectRefusal(() => encodeTensorFile(tensor), "OnnxMalformed", '"x"', "2 bytes", "needs 3")
  })

  it("are read or refused by name after any flip of one bit", () => {
    const varints = encode({ name: "x", dims: [3], dataType: 7, int64Data: [Uint8Array.of(1, 0x80, 1, 3)] })
    for (const file of [encodeTensorFile(TENSORS[0]), encodeTensorFile(TENSORS[12]), varints]) {
      for (let bit = 0; bit < file.length * 8; bit++) {
        const flipped = file.slice()
        flipped[bit >> 3] ^= 1 << (bit & 7)
        try {
          decodeTensorFile(flipped)
        } catch (error) {
          if (!isOnusError(error)) throw error
        }
      }
    }
  })
})
