import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "chai"
import { MODEL } from "../cli/run.ts"
import { eventually } from "./stage/eventually.ts"
import { long } from "./stage/selection.ts"
import { Stage } from "./stage/stage.ts"

describe("Drill: the model", () => {
  let stage: Stage

  beforeEach(async () => {
    stage = await Stage.open()
  })
  afterEach(() => stage.close())

  const refused = async (file: string): Promise<string> => {
    const node = await stage.launch({ config: { models: [{ name: "digits", file }] } })
    const exit = await eventually("it refuses to start", () => node.exit)
    expect(exit.code, node.tail()).to.be.oneOf([2, 5])
    return node.tail()
  }

  it("is not the registered one: nothing is signed for it", async () => {
    const changed = join(stage.folder, "changed.onnx")
    const bytes = readFileSync(MODEL)
    // One bit of a weight, far from all names and shapes.
    bytes[Math.floor(bytes.length / 2)] ^= 1
    writeFileSync(changed, bytes)
    expect(await refused(changed)).to.match(/ModelUnknown/)
  })

  long("is no model: refused by the name of the file", async () => {
    const file = join(stage.folder, "page.onnx")
    writeFileSync(file, "<!doctype html><title>Not Found</title>")
    expect(await refused(file)).to.contain("page.onnx")
    expect(await refused(join(stage.folder, "missing.onnx"))).to.contain("missing.onnx")
  })
})
