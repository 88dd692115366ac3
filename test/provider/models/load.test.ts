import { expect } from "chai"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { loadModel } from "../../../src/provider/models/load.ts"
import { MODEL, digits } from "../parts.ts"

describe("models of a node", () => {
  it("are those that the commands read", async () => {
    const { name, program, file } = await loadModel({ name: "digits", path: MODEL, trace: "eager" })
    expect([name, program.modelId, file]).to.deep.equal(["digits", digits().modelId, undefined])
  })

  it("tell the hash of a file that may be fetched", async () => {
    const { file } = await loadModel({ name: "digits", path: MODEL, trace: "lazy", isPublic: true })
    const bytes = readFileSync(MODEL)
    const sha256 = `0x${createHash("sha256").update(bytes).digest("hex")}`
    expect(file).to.deep.equal({ path: MODEL, sha256, bytes: bytes.length })
  })

  it("are refused when they are not there, or have no such input", async () => {
    const code = (source: object) =>
      loadModel({ name: "digits", path: MODEL, trace: "eager", ...source }).then(
        () => "none",
        (error: { code: string }) => error.code,
      )
    expect(await code({ path: "models/none.onnx" })).to.equal("FileUnreadable")
    expect(await code({ constants: { other: "x.npy" } })).to.equal("InputUnknown")
  })
})
