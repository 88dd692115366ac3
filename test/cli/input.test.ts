import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { inputsOf, readInputs, readTensors } from "../../src/cli/input.ts"
import { readNpy, writeNpy } from "../../src/sdk/files/npy.ts"
import type { ElementType as OnnxType } from "../../src/engine/onnx/element-type.ts"
import { elementsOf, tensorOf } from "../../src/engine/onnx/elements.ts"
import type { OnnxDim, OnnxTensor } from "../../src/engine/onnx/graph.ts"
import { encodeTensorFile } from "../../src/engine/onnx/tensor-file.ts"
import { ElementType, Space } from "../../src/protocol/program.ts"
import { expectError } from "../sdk/expect-error.ts"
import { SEVEN } from "./run.ts"

const TENSORS: readonly OnnxTensor[] = [
  tensorOf("x", "float32", [2, 2], Float32Array.of(1.5, -0, NaN, -Infinity)),
  tensorOf("x", "int8", [2], Int8Array.of(-128, 127)),
  tensorOf("x", "uint8", [1, 2], Uint8Array.of(0, 255)),
  tensorOf("x", "int32", [], Int32Array.of(-(2 ** 31))),
  tensorOf("x", "int64", [2, 1], BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n)),
  tensorOf("x", "bool", [2], Uint8Array.of(1, 0)),
  tensorOf("x", "int64", [2, 0], new BigInt64Array()),
]
const JSONS = [
  '[[1.5, -0], ["NaN", "-Infinity"]]',
  "[-128, 127]",
  "[[0, 255]]",
  "-2147483648",
  '[["-9223372036854775808"], ["9223372036854775807"]]',
  "[true, false]",
  "[[], []]",
]

/** A program with one input. */
function programOf(type: ElementType, ...shape: number[]) {
  const length = shape.reduce((all, size) => all * size, 1)
  return { inputs: [{ name: "x", shape, tensor: { space: Space.Input, type, id: 0, firstLeaf: 0, length } }] }
}

describe("inputs from files", () => {
  let folder: string
  before(() => (folder = mkdtempSync(join(tmpdir(), "onus-input-"))))
  after(() => rmSync(folder, { recursive: true }))

  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content)
    return `x=${join(folder, name)}`
  }
  const readAs = (pair: string, elementType: OnnxType, ...shape: OnnxDim[]) =>
    readTensors([{ name: "x", elementType, shape }], [pair]).get("x")!
  const read = (pair: string) => readInputs(programOf(ElementType.Float32, 2), [pair]).x
  const plain = (tensor: OnnxTensor) => ({ ...tensor, data: [...tensor.data] })

  it("are tensors of every type as .pb, .npy and .json", () => {
    for (const [at, tensor] of TENSORS.entries()) {
      const { elementType } = tensor
      const files = [
        file("a.pb", encodeTensorFile(tensor)),
        file("a.npy", writeNpy(tensor)),
        file("a.json", JSONS[at]),
      ]
      for (const pair of files) {
        const back = readAs(pair, elementType)
        expect(plain(back), pair).to.deep.equal(plain(tensor))
        expect(elementsOf(back), pair).to.deep.equal(elementsOf(tensor))
      }
    }
  })

  it("are values of the program's type, in its shape or flat", async () => {
    expect(read(file("flat.json", "[1.5, -2]"))).to.deep.equal(Float32Array.of(1.5, -2))
    expect(read(file("nested.json", "[[1.5, -2]]"))).to.deep.equal(Float32Array.of(1.5, -2))
    const wide = programOf(ElementType.Int64, 2, 3)
    const values = readInputs(wide, [file("flat.json", '[1, 2, 3, 4, 5, "6"]')]).x
    expect(values).to.deep.equal(BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n))
    const turned = file("turned.json", "[[1, 2], [3, 4], [5, 6]]")
    await expectError("InputShapeMismatch", () => readInputs(wide, [turned]))
    await expectError("InputShapeMismatch", () => read(file("one.json", "[1]")))
    await expectError("InputMissing", () => inputsOf(wide, new Map()))
    await expectError("InputTypeMismatch", () => inputsOf(wide, new Map([["x", TENSORS[0]]])))
  })

  it("are read before open dimensions have a size", () => {
    expect(readAs(file("a.json", "[[1, 2, 3]]"), "int32", "N", "?").dims).to.deep.equal([1, 3])
  })

  it("are named as the model names them", async () => {
    const inputs = [{ name: "x", elementType: "float32" as const, shape: [1] }]
    await expectError("InputUnknown", () => readTensors(inputs, ["y=a.json"]))
    const pair = file("a.json", "[1]")
    await expectError("InputArgumentInvalid", () => readTensors(inputs, [pair, pair]))
    for (const bad of ["x", "=a.json", "x="]) {
      await expectError("InputArgumentInvalid", () => readTensors(inputs, [bad]))
    }
    await expectError("FileUnreadable", () => readTensors(inputs, ["x=none.json"]))
  })

  it("have the model's type", async () => {
    const error = await expectError("InputTypeMismatch", () =>
      readAs(file("a.npy", writeNpy(TENSORS[4])), "float32"),
    )
    expect(error.message).to.contain("a.npy").and.contain("int64").and.contain("float32")
    await expectError("InputTypeMismatch", () => readAs(file("a.pb", encodeTensorFile(TENSORS[5])), "uint8"))
    await expectError("InputFileUnsupported", () => readAs(file("a.json", "[1]"), "float16"))
  })

  it("are pictures for inputs of 28 x 28 pixels only", async () => {
    const picture = readAs(`x=${SEVEN}`, "float32", "N", 1, 28, 28)
    expect(picture.dims).to.deep.equal([1, 1, 28, 28])
    expect(elementsOf(picture)).to.have.length(784)
    for (const shape of [[28], [2, 28, 28], [28, 28, 1], [1, 1, 28, 27]]) {
      await expectError("InputFileUnsupported", () => readAs(`x=${SEVEN}`, "float32", ...shape))
    }
    await expectError("InputFileUnsupported", () => readAs(`x=${SEVEN}`, "uint8", 28, 28))
    await expectError("InputFileUnsupported", () => read(file("x.txt", "1 2")))
  })

  it("hold what their type can", async () => {
    const refuse = async (type: OnnxType, ...texts: string[]) => {
      for (const text of texts) {
        await expectError("InputFileMalformed", () => readAs(file("bad.json", text), type))
      }
    }
    await refuse("float32", "[1e39, 0]", "[null, 0]", "[1, ", '["nan"]', "[true]", '["1"]', "{}")
    await refuse("int8", "[128]", "[-129]", "[1.5]", '["1"]', '["NaN"]')
    await refuse("uint8", "[256]", "[-1]")
    await refuse("int32", "[2147483648]", "[true]")
    await refuse(
      "int64",
      "[9007199254740992]",
      '["9223372036854775808"]',
      '["1.0"]',
      '[""]',
      '["0x1"]',
      "[1.5]",
    )
    await refuse("bool", "[1]", '["true"]')
    await refuse("float32", "[[1, 2], [3]]", "[[1], 2]", "[1, [2]]", "[".repeat(33) + "]".repeat(33))
    await refuse("float32", "[".repeat(100_000))
    // Rows of a million that claim a million rows.
    await refuse("float32", JSON.stringify([Array(1000).fill(0), ...Array<number>(999_999).fill(0)]))
  })

  describe("of NumPy", () => {
    const npy = (header: string, bytes = 8, version = 1) => {
      const padded = `${header}\n`
      const start = Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\x00\x00\x00`, "latin1")
      start.writeUInt16LE(padded.length, 8)
      const wide = version > 1 ? [0, 0] : []
      return Buffer.concat([start, Uint8Array.from(wide), Buffer.from(padded), new Uint8Array(bytes)])
    }
    const header = (kind: string, order: string, shape: string) =>
      `{'descr': '${kind}', 'fortran_order': ${order}, 'shape': ${shape}, }`

    it("are arrays in C order, with both kinds of header", () => {
      expect(readNpy(npy(header("<f4", "False", "(2,)"))).dims).to.deep.equal([2])
      expect(readNpy(npy(header("<f4", "False", "(1, 2)"), 8, 2)).dims).to.deep.equal([1, 2])
      expect(readNpy(npy(header("|b1", "False", "()"), 1)).dims).to.deep.equal([])
    })

    it("are written as NumPy writes them", () => {
      // numpy.save of numpy.array([1, -1], "i1"), NumPy 2.4
      const head = "{'descr': '|i1', 'fortran_order': False, 'shape': (2,), }"
      const expected = Buffer.concat([
        Buffer.from("\x93NUMPY\x01\x00\x76\x00", "latin1"),
        Buffer.from(`${head.padEnd(117)}\n`),
        Uint8Array.of(1, 255),
      ])
      expect(Buffer.from(writeNpy(tensorOf("", "int8", [2], Int8Array.of(1, -1))))).to.deep.equal(expected)
    })

    it("are refused by name otherwise", async () => {
      const refuse = (code: string, bytes: Uint8Array) =>
        expectError(code, () => read(file("bad.npy", bytes)))
      await refuse("InputFileUnsupported", npy(header("<f8", "False", "(1,)")))
      await refuse("InputFileUnsupported", npy(header(">f4", "False", "(2,)")))
      await refuse("InputFileUnsupported", npy(header("<f4", "True", "(2,)")))
      await refuse("InputFileMalformed", npy(header("<f4", "Maybe", "(2,)")))
      await refuse("InputFileMalformed", npy(header("<f4", "False", "(3,)")))
      await refuse("InputFileMalformed", npy(header("<f4", "False", "(-2,)")))
      await refuse("InputFileMalformed", npy(header("<f4", "False", `(${"9".repeat(400)},)`)))
      await refuse("InputFileMalformed", npy("nothing"))
      await refuse("InputFileMalformed", npy(header("<f4", "False", "(2,)")).subarray(0, 11))
      const odd = npy(header("|b1", "False", "(8,)"))
      odd[odd.length - 1] = 2
      await refuse("InputFileMalformed", odd)
      await expectError("OutputFileUnsupported", () =>
        writeNpy(tensorOf("", "uint16", [1], Uint16Array.of(1))),
      )
    })
  })
})
