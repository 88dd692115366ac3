import { expect } from "chai"
import fc from "fast-check"
import { hexlify } from "ethers"
import { ElementType, Space } from "../../../src/protocol/program.ts"
import { bytesOf, valuesOf } from "../../../src/engine/executor.ts"
import { splitBody } from "../../../src/provider/serve/body.ts"
import { decodeInputs } from "../../../src/provider/serve/inputs.ts"
import { bytesOfJson, jsonOfValues } from "../../../src/provider/serve/json-values.ts"

const port = (type: ElementType, shape: readonly number[]) => {
  const length = shape.reduce((all, size) => all * size, 1)
  return { name: "x", shape, tensor: { space: Space.Input, type, id: 0, firstLeaf: 0, length } }
}

/** The bytes of values that were written as JSON and read again, as a request does it. */
function reread(type: ElementType, bytes: Uint8Array, length: number): Uint8Array {
  const data = jsonOfValues(valuesOf(type, bytes), type === ElementType.Bool)
  const { json } = splitBody(Buffer.from(`{"data":${data}}`), undefined, type === ElementType.Int64)
  return bytesOfJson(port(type, [length]), json.data)
}

const error = (act: () => unknown): string => {
  try {
    act()
    return "none"
  } catch (caught) {
    return (caught as { code: string }).code
  }
}

describe("tensors as JSON", () => {
  it("keep every float32, but that all NaN become one", () => {
    const isNaN32 = (bits: number) => (bits & 0x7fffffff) > 0x7f800000
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 20 }), (words) => {
        const bits = Int32Array.from(words, (word) => (isNaN32(word) ? 0x7fc00000 : word))
        expect(hexlify(reread(ElementType.Float32, bytesOf(bits), bits.length))).to.equal(
          hexlify(bytesOf(bits)),
        )
      }),
    )
    const edges = Float32Array.of(-0, 0, NaN, Infinity, -Infinity, 1e-45, 3.4028234663852886e38, 0.1)
    expect(hexlify(reread(ElementType.Float32, bytesOf(edges), 8))).to.equal(hexlify(bytesOf(edges)))
  })

  it("keep every digit of an int64", () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: 1 }),
        (integers) => {
          const values = BigInt64Array.from(integers)
          const bytes = bytesOf(values)
          expect(hexlify(reread(ElementType.Int64, bytes, values.length))).to.equal(hexlify(bytes))
        },
      ),
    )
    const read = (text: string) =>
      bytesOfJson(
        port(ElementType.Int64, [1]),
        splitBody(Buffer.from(`{"d":[${text}]}`), undefined, true).json.d,
      )
    expect(valuesOf(ElementType.Int64, read("9007199254740993"))[0]).to.equal(9007199254740993n)
    expect(valuesOf(ElementType.Int64, read('"-9223372036854775808"'))[0]).to.equal(-(2n ** 63n))
    for (const wrong of [
      "9223372036854775808",
      "1e19",
      "1.5",
      '"x"',
      '""',
      "true",
      "null",
      "99999999999999999999999",
    ])
      expect(
        error(() => read(wrong)),
        wrong,
      ).to.equal("InputValueInvalid")
  })

  it("are refused when a value does not fit its type", () => {
    const cases: [ElementType, unknown[]][] = [
      [ElementType.Int8, [128, -129, 0.5, "1", NaN]],
      [ElementType.Uint8, [-1, 256, null]],
      [ElementType.Int32, [2 ** 31, -(2 ** 31) - 1, {}]],
      [ElementType.Bool, [2, "true", null]],
      [ElementType.Float32, [1e39, "inf", null, undefined, {}]],
    ]
    for (const [type, values] of cases)
      for (const value of values)
        expect(
          error(() => bytesOfJson(port(type, [1]), [value])),
          String(value),
        ).to.equal("InputValueInvalid")
    expect(hexlify(bytesOfJson(port(ElementType.Bool, [2]), [true, 0]))).to.equal("0x0100")
  })

  it("are refused when they are nested in another way", () => {
    const nested = port(ElementType.Int8, [2, 3])
    const good = [
      [1, 2, 3, 4, 5, 6],
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ]
    for (const data of good) expect(hexlify(bytesOfJson(nested, data))).to.equal("0x010203040506")
    const wrong = [
      [],
      [[]],
      [1, 2, 3, 4, 5],
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [[1, 2, 3], 4, 5, 6],
      [
        [1, 2, 3],
        [4, 5, [6]],
      ],
      [1, [2, 3, 4, 5, 6]],
      1,
    ]
    for (const data of wrong)
      expect(
        error(() => bytesOfJson(nested, data)),
        JSON.stringify(data),
      ).to.equal("InputShapeMismatch")
    expect(hexlify(bytesOfJson(port(ElementType.Int8, []), 7))).to.equal("0x07")
  })

  it("are read from bytes of any number of inputs, in the order of the program", () => {
    const ports = [port(ElementType.Int8, [2]), { ...port(ElementType.Bool, [3]), name: "y" }]
    const describe = (name: string, datatype: string, size: number) => ({
      name,
      datatype,
      shape: [size],
      parameters: { binary_data_size: size },
    })
    const json = { inputs: [describe("y", "BOOL", 3), describe("x", "INT8", 2)] }
    const decode = (...binary: number[]) =>
      hexlify(decodeInputs({ inputs: ports }, { json, binary: Uint8Array.from(binary) }))
    expect(decode(1, 0, 1, 8, 9)).to.equal("0x0809010001")
    expect(error(() => decode(2, 0, 1, 8, 9))).to.equal("InputValueInvalid")
    expect(error(() => decode(1, 0, 1, 8))).to.equal("RequestMalformed")
    expect(error(() => decode(1, 0, 1, 8, 9, 9))).to.equal("RequestMalformed")
  })
})
