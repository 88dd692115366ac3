import { expect } from "chai"
import { ModelLibrary } from "../../../src/challenger/check/library.ts"
import type { ModelFile } from "../../../src/challenger/sources.ts"
import { saveOnnx } from "../../../src/engine/onnx/save.ts"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import { SEMANTICS, modelId as idOf } from "../../../src/protocol/model.ts"
import { OnusError } from "../../../src/protocol/errors.ts"
import { network } from "../../engine/program/small-network.ts"
import { DIGITS } from "../../engine/onnx/models.ts"
import { digits } from "../../provider/parts.ts"
import { expectError } from "../../sdk/expect-error.ts"
import { Served, caps, compileHere } from "./stage.ts"

const SMALL_FILE = saveOnnx(network())
const small = lower(loadOnnx(SMALL_FILE))
const file = (bytes: Uint8Array, from: ModelFile["from"] = "operator"): ModelFile => ({
  bytes,
  shapes: {},
  from,
})

describe("the library of models", () => {
  it("lowers a model once for all who ask at the same time, and keeps as many as fit", async () => {
    const served = new Served()
    served.addModel(digits(), DIGITS)
    served.addModel(small, SMALL_FILE)
    const library = new ModelLibrary({
      sources: served,
      compile: compileHere,
      caps: caps({ libraryBytes: 1000 }),
    })
    const both = await Promise.all(["a", "a"].map((provider) => library.modelOf(digits().modelId, provider)))
    expect(both[0]).to.equal(both[1])
    expect(served.asked.model).to.equal(1)
    expect(await library.modelOf(digits().modelId, "another provider")).to.equal(both[0])
    expect(served.asked.model).to.equal(1)
    expect(library.bytes).to.equal(both[0].needs.programBytes)
    const other = await library.modelOf(small.modelId, "a")
    expect(library.bytes).to.equal(other.needs.programBytes)
    await library.modelOf(digits().modelId, "a")
    expect(served.asked.model).to.equal(3)
  })

  it("takes the right file of several, and says what it is", async () => {
    const served = new Served()
    served.files.set(digits().modelId, [file(SMALL_FILE, "registry"), file(DIGITS, "provider")])
    const library = new ModelLibrary({ sources: served, compile: compileHere, caps: caps() })
    const { program, sha256 } = await library.modelOf(digits().modelId, "a")
    expect(program.modelId).to.equal(digits().modelId)
    const { bytes, dimensions } = await library.fileOf(digits().modelId, "a")
    expect(bytes).to.equal(DIGITS)
    expect(dimensions).to.deep.equal({})
    expect(sha256).to.match(/^0x[0-9a-f]{64}$/)
    served.files.set(digits().modelId, [file(SMALL_FILE)])
    await expectError("ModelMismatch", () => library.fileOf(digits().modelId, "a"))
  })

  it("does not lower a bad file again at once, and holds it against nobody else", async () => {
    const served = new Served()
    served.files.set(digits().modelId, [file(new Uint8Array(100))])
    const library = new ModelLibrary({ sources: served, compile: compileHere, caps: caps() })
    for (let i = 0; i < 3; i++)
      await expectError("OnnxMalformed", () => library.modelOf(digits().modelId, "a"))
    expect(served.asked.model).to.equal(1)
    served.addModel(digits(), DIGITS)
    expect((await library.modelOf(digits().modelId, "b")).program.modelId).to.equal(digits().modelId)
  })

  it("asks again at once where a server was not reached", async () => {
    let asked = 0
    const sources = {
      model: () => {
        asked++
        return Promise.reject(new OnusError("FetchFailed", "It did not answer"))
      },
    }
    const library = new ModelLibrary({ sources, caps: caps() })
    for (let i = 0; i < 2; i++) await expectError("FetchFailed", () => library.modelOf(digits().modelId, "a"))
    expect(asked).to.equal(2)
  })

  it("says that a model is of other semantics, whatever else is offered for it", async () => {
    const served = new Served()
    const later = idOf({ ...digits().header, semantics: SEMANTICS + 1 })
    served.files.set(later, [file(DIGITS), file(SMALL_FILE)])
    const library = new ModelLibrary({ sources: served, compile: compileHere, caps: caps() })
    await expectError("SemanticsDiffer", () => library.modelOf(later, "a"))
  })
})
