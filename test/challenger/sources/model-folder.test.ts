import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { saveOnnxApart } from "../../../src/engine/onnx/save.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import { loadModel } from "../../../src/provider/models/load.ts"
import type { ModelFile } from "../../../src/challenger/sources.ts"
import { ModelFolder } from "../../../src/challenger/sources/model-folder.ts"
import { idOfModel } from "../../../src/challenger/sources/own-model.ts"
import { DIGITS, FLOAT_2, fileWith } from "../../engine/onnx/models.ts"
import { expectError } from "../../sdk/expect-error.ts"

const OPEN = { tensorType: { elemType: 1, shape: { dim: [{ dimParam: "batch" }, { dimValue: 2 }] } } }

describe("the operator's folder of models", () => {
  let folder: string
  const problems: string[] = []
  let lowered: number
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "onus-models-"))
    problems.length = 0
    lowered = 0
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const put = (name: string, content: Uint8Array | string) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const identify = (file: ModelFile) => {
    lowered++
    return idOfModel(file)
  }
  const open = (index?: string) =>
    ModelFolder.open({
      folder,
      identify,
      onProblem: (path, { code }) => problems.push(`${path.slice(folder.length + 1)} ${code}`),
      ...(index === undefined ? {} : { index }),
    })
  const idOf = async (file: ModelFile | undefined) => file && (await idOfModel(file))
  const small = fileWith({})
  const smallId = lower(loadOnnx(small)).modelId

  it("gives models by their ids", async () => {
    put("small.onnx", small)
    put("digits.onnx", DIGITS)
    put("readme.txt", "no model")
    const models = await open()
    const digits = lower(loadOnnx(DIGITS)).modelId
    expect(models.modelIds).to.have.members([smallId, digits])
    const file = await models.find(digits.toUpperCase().replace("0X", "0x"))
    expect([Buffer.compare(file!.bytes, DIGITS), file!.from]).to.deep.equal([0, "operator"])
    expect(await models.find(`0x${"00".repeat(32)}`)).to.equal(undefined)
    expect(problems).to.deep.equal([])
  })

  it("tells of files that are no models, and goes on", async () => {
    put("bad.onnx", "no model")
    put("good.onnx", small)
    put("open.onnx", fileWith({ input: [{ name: "x", type: OPEN }] }))
    expect((await open()).modelIds).to.deep.equal([smallId])
    expect(problems).to.deep.equal(["bad.onnx OnnxMalformed", "open.onnx DimensionMissing"])
  })

  it("closes a model as the file beside it says, as a node does", async () => {
    const graph = {
      input: [
        { name: "x", type: OPEN },
        { name: "w", type: FLOAT_2 },
      ],
      initializer: [],
      output: [{ name: "y" }],
    }
    const path = put("open.onnx", fileWith(graph))
    put("w.json", "[1, 2]")
    put("open.onnx.json", '{"dims": {"batch": 3}, "constants": {"w": "w.json"}}')
    const served = await loadModel({
      name: "open",
      path,
      trace: "eager",
      dimensions: { batch: 3 },
      constants: { w: join(folder, "w.json") },
    })
    const { modelId } = served.program
    const models = await open()
    expect(models.modelIds).to.deep.equal([modelId])
    expect(await idOf(await models.find(modelId))).to.equal(modelId)
    put("open.onnx.json", '{"dims": {"batch": "3"}}')
    await open()
    put("open.onnx.json", '{"constants": {"z": "w.json"}}')
    await open()
    put("open.onnx.json", "{")
    await open()
    expect(problems).to.deep.equal(Array.from({ length: 3 }, () => "open.onnx ModelDescriptionMalformed"))
  })

  it("puts weights inside that lie beside a model", async () => {
    const { model, data } = saveOnnxApart(loadOnnx(DIGITS), "weights.bin")
    put("apart.onnx", model)
    put("weights.bin", data)
    const digits = lower(loadOnnx(DIGITS)).modelId
    expect(await idOf(await (await open()).find(digits))).to.equal(digits)
  })

  it("finds files that come while it runs, and those that were changed", async () => {
    const models = await open()
    expect(await models.find(smallId)).to.equal(undefined)
    const path = put("small.onnx", small)
    expect(await idOf(await models.find(smallId))).to.equal(smallId)
    const other = fileWith({ node: [{ name: "n", opType: "Mul", input: ["x", "w"], output: ["y"] }] })
    put("small.onnx", other)
    utimesSync(path, 1, 1)
    expect(await models.find(smallId)).to.equal(undefined)
    expect(await models.find(lower(loadOnnx(other)).modelId)).not.to.equal(undefined)
    rmSync(path)
    expect(await models.find(lower(loadOnnx(other)).modelId)).to.equal(undefined)
    expect(models.modelIds).to.deep.equal([])
  })

  it("remembers what it has lowered, by the hash of the file", async () => {
    const index = join(folder, "index.json")
    put("small.onnx", small)
    await open(index)
    put("copy.onnx", small)
    expect((await open(index)).modelIds).to.deep.equal([smallId, smallId])
    expect(lowered).to.equal(1)
    for (const bad of ["", "[", "[]", "null", '{"x": "0x12"}']) {
      writeFileSync(index, bad)
      expect((await open(index)).modelIds).to.deep.equal([smallId, smallId])
    }
    expect(Object.values(JSON.parse(readFileSync(index, "utf8")) as object)).to.deep.equal([smallId])
    await open(join(folder, "no", "such", "index.json"))
  })

  it("must be there", async () => {
    await expectError("ModelFolderUnreadable", () => ModelFolder.open({ folder: join(folder, "none") }))
  })
})
