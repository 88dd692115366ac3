import { expect } from "chai"
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { id } from "ethers"
import { OnusError } from "../../../src/protocol/errors.ts"
import { KeptModels } from "../../../src/challenger/sources/kept-models.ts"
import { openSources } from "../../../src/challenger/sources/open.ts"
import type { ModelFile } from "../../../src/challenger/sources.ts"
import { KEY, REGISTRY } from "../../sdk/samples.ts"

const [ONE, TWO, THREE] = ["one", "two", "three"].map(id)
const file = (size: number): ModelFile => ({
  bytes: new Uint8Array(size).fill(7),
  shapes: { x: [1, 2] },
  from: "provider",
})

describe("models of strangers", () => {
  let folder: string
  let needed: Set<string>
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "onus-kept-"))
    needed = new Set()
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const open = (maxBytes = 1_000) =>
    new KeptModels({ folder, maxBytes, needed: () => Promise.resolve(needed) })
  /** As if it was last of use so many seconds ago. */
  const age = (modelId: string, seconds: number) => {
    const then = Date.now() / 1000 - seconds
    utimesSync(join(folder, `${modelId}.onnx`), then, then)
  }

  it("are there after a restart, with the shapes that belong to them", async () => {
    expect(await open().find(ONE)).equal(undefined)
    await open().keep(ONE.toUpperCase().replace("0X", "0x"), file(100))
    const found = await open().find(ONE)
    expect(found).deep.include({ shapes: { x: [1, 2] }, from: "provider" })
    expect(Uint8Array.from(found!.bytes)).deep.equal(file(100).bytes)
  })

  it("make room for each other, the one that was not of use for the longest time first", async () => {
    const models = open(250)
    await models.keep(ONE, file(100))
    await models.keep(TWO, file(100))
    age(ONE, 200)
    age(TWO, 100)
    await models.keep(THREE, file(100))
    expect([ONE, TWO, THREE].map((one) => existsSync(join(folder, `${one}.onnx`)))).deep.equal([
      false,
      true,
      true,
    ])
    expect(readdirSync(folder).length).equal(4)
  })

  it("stay as long as a case needs them", async () => {
    const models = open(150)
    await models.keep(ONE, file(100))
    age(ONE, 200)
    needed.add(ONE)
    await models.keep(TWO, file(100))
    await models.keep(THREE, file(100))
    expect(
      readdirSync(folder)
        .filter((name) => name.endsWith(".onnx"))
        .sort(),
    ).deep.equal([`${ONE}.onnx`, `${THREE}.onnx`].sort())
  })

  it("are kept when they were found to be what they are said to be, and are tried before anybody is asked", async () => {
    let asked = 0
    const none = () => Promise.reject(new OnusError("FetchMissing", "gone"))
    const served = () => Promise.resolve({ bytes: Buffer.from("onnx"), headers: {} })
    const sources = (get: unknown) =>
      openSources({
        registry: REGISTRY,
        fetcher: { get } as never,
        uriOf: () => Promise.resolve(undefined),
        modelUriOf: () => Promise.resolve(`https://somebody.example/${++asked}`),
        kept: open(),
      })
    const refuse = () => Promise.reject(new OnusError("ModelMismatch", "another"))
    await sources(served)
      .model(ONE, KEY.address, refuse)
      .catch(() => undefined)
    expect(readdirSync(folder)).deep.equal([])
    const textOf = ({ bytes }: ModelFile) => Promise.resolve(Buffer.from(bytes).toString())
    expect(await sources(served).model(ONE, KEY.address, textOf)).equal("onnx")
    const before = asked
    expect(await sources(none).model(ONE, KEY.address, textOf)).equal("onnx")
    expect(asked).equal(before)
    // What is damaged on the disk is asked for again.
    writeFileSync(join(folder, `${ONE}.onnx`), "nonsense")
    const strict = async (one: ModelFile) => {
      const text = await textOf(one)
      if (text !== "onnx") throw new OnusError("ModelMismatch", "another")
      return text
    }
    expect(await sources(served).model(ONE, KEY.address, strict)).equal("onnx")
    expect(asked).equal(before + 1)
  })
})
