import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { readGraph } from "../../src/cli/file.ts"
import type { OnnxGraph } from "../../src/engine/onnx/graph.ts"
import { loadOnnx } from "../../src/engine/onnx/load.ts"
import { saveOnnx, saveOnnxApart } from "../../src/engine/onnx/save.ts"
import { DIGITS } from "../engine/onnx/models.ts"
import { expectError } from "../sdk/expect-error.ts"

describe("models whose weights are in other files", () => {
  let home: string
  let folder: string
  let graph: OnnxGraph
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "onus-external-"))
    folder = join(home, "model")
    mkdirSync(folder)
    graph = loadOnnx(DIGITS)
  })
  afterEach(() => rmSync(home, { recursive: true }))

  /** Writes a model whose weights are at `location`, and returns its path and the weights. */
  const write = (location: string) => {
    const { model, data } = saveOnnxApart(graph, location)
    const path = join(folder, "model.onnx")
    writeFileSync(path, model)
    return { path, data }
  }

  it("are read with these files, also from folders beside the model", () => {
    for (const location of ["weights.bin", "deep/down/weights.bin"]) {
      const { path, data } = write(location)
      mkdirSync(join(folder, "deep", "down"), { recursive: true })
      writeFileSync(join(folder, location), data)
      expect(Buffer.compare(saveOnnx(readGraph(path)), DIGITS)).to.equal(0)
    }
  })

  it("may link to files in the same folder", () => {
    const { path, data } = write("weights.bin")
    writeFileSync(join(folder, "blob"), data)
    symlinkSync("blob", join(folder, "weights.bin"))
    expect(readGraph(path).initializers.size).to.equal(graph.initializers.size)
  })

  it("are refused when a link leads out of the folder", async () => {
    const { path, data } = write("link/weights.bin")
    mkdirSync(join(home, "other"))
    writeFileSync(join(home, "other", "weights.bin"), data)
    symlinkSync(join(home, "other"), join(folder, "link"))
    const error = await expectError("ExternalPathRefused", () => readGraph(path))
    expect(error.message).to.contain("conv1.weight").and.contain("weights.bin")
    rmSync(join(folder, "link"))
    mkdirSync(join(folder, "link"))
    symlinkSync(join(home, "other", "weights.bin"), join(folder, "link", "weights.bin"))
    await expectError("ExternalPathRefused", () => readGraph(path))
    // A folder whose name only begins like the model's is outside too.
    mkdirSync(join(home, "model-2"))
    writeFileSync(join(home, "model-2", "weights.bin"), data)
    rmSync(join(folder, "link", "weights.bin"))
    symlinkSync(join(home, "model-2", "weights.bin"), join(folder, "link", "weights.bin"))
    await expectError("ExternalPathRefused", () => readGraph(path))
  })

  it("are refused when a file is missing, no ordinary file or too short", async () => {
    const { path, data } = write("weights.bin")
    const error = await expectError("FileUnreadable", () => readGraph(path))
    expect(error.message).to.contain("conv1.weight").and.contain("weights.bin")
    mkdirSync(join(folder, "weights.bin"))
    await expectError("FileUnreadable", () => readGraph(path))
    rmSync(join(folder, "weights.bin"), { recursive: true })
    writeFileSync(join(folder, "weights.bin"), data.subarray(0, 100))
    await expectError("OnnxMalformed", () => readGraph(path))
  })

  it("are refused when they name another folder", async () => {
    const { path, data } = write("../weights.bin")
    writeFileSync(join(home, "weights.bin"), data)
    await expectError("OnnxExternalPathInvalid", () => readGraph(path))
  })
})
