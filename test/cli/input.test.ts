import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { readInputs } from "../../src/cli/input.ts"
import { readModel } from "../../src/cli/file.ts"
import { expectError } from "../sdk/expect-error.ts"
import { PROGRAM } from "../sdk/samples.ts"
import { MODEL, SEVEN } from "./run.ts"

describe("inputs from files", () => {
  let folder: string
  before(() => (folder = mkdtempSync(join(tmpdir(), "onus-input-"))))
  after(() => rmSync(folder, { recursive: true }))

  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content)
    return `x=${join(folder, name)}`
  }
  const npy = (header: string, values: number[]) => {
    const padded = `${header}\n`
    const start = Buffer.from("\x93NUMPY\x01\x00\x00\x00", "latin1")
    start.writeUInt16LE(padded.length, 8)
    return Buffer.concat([start, Buffer.from(padded), Buffer.from(Float32Array.from(values).buffer)])
  }
  const read = (pair: string) => [...readInputs(PROGRAM, [pair]).x]

  it("are JSON arrays, flat or with the input's shape", () => {
    expect(read(file("flat.json", "[1.5, -2]"))).to.deep.equal([1.5, -2])
    expect(read(file("nested.json", "[[1.5, -2]]"))).to.deep.equal([1.5, -2])
  })

  it("are NumPy arrays of float32", async () => {
    const header = (kind: string, order: string, shape: string) =>
      `{'descr': '${kind}', 'fortran_order': ${order}, 'shape': ${shape}, }`
    expect(read(file("a.npy", npy(header("<f4", "False", "(2,)"), [1.5, -2])))).to.deep.equal([1.5, -2])
    const refuse = (code: string, bytes: Uint8Array) => expectError(code, () => read(file("bad.npy", bytes)))
    await refuse("InputFileUnsupported", npy(header("<f8", "False", "(1,)"), [1, 2]))
    await refuse("InputFileUnsupported", npy(header("<f4", "True", "(2,)"), [1, 2]))
    await refuse("InputFileMalformed", npy(header("<f4", "False", "(3,)"), [1, 2]))
    await refuse("InputShapeMismatch", npy(header("<f4", "False", "(1,)"), [1]))
    await refuse("InputFileMalformed", npy("nothing", [1, 2]))
  })

  it("are pictures for models of 28 x 28 pixels only", async () => {
    expect(readInputs(readModel(MODEL), [`image=${SEVEN}`]).image).to.have.length(784)
    await expectError("InputFileUnsupported", () => readInputs(PROGRAM, [`x=${SEVEN}`]))
    await expectError("InputFileUnsupported", () => read(file("x.txt", "1 2")))
  })

  it("hold what float32 can", async () => {
    await expectError("InputFileMalformed", () => read(file("huge.json", "[1e39, 0]")))
    await expectError("InputFileMalformed", () => read(file("null.json", "[null, 0]")))
    await expectError("InputFileMalformed", () => read(file("cut.json", "[1, ")))
  })
})
