import { createHash } from "node:crypto"
import { expect } from "chai"
import { OnusError } from "../../../src/protocol/errors.ts"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { saveOnnx, saveOnnxApart } from "../../../src/engine/onnx/save.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import { DIGITS, expectRefusal, fileWith, fileWithAttribute, fileWithTensor } from "./models.ts"

const DATA = Uint8Array.from({ length: 32 }, (_, i) => i)
const SHA1 = createHash("sha1").update(DATA).digest("hex")

const entries = (place: Record<string, string>) =>
  Object.entries(place).map(([key, value]) => ({ key, value }))
const external = (place: Record<string, string>) => ({
  name: "w",
  dims: [2],
  dataType: 1,
  rawData: new Uint8Array(),
  dataLocation: 1,
  externalData: entries(place),
})
const load = (place: Record<string, string>, fields: Record<string, unknown> = {}, data = DATA) =>
  loadOnnx(fileWithTensor({ ...external(place), ...fields }), { external: () => data }).initializers.get("w")!

describe("external data of an ONNX model", () => {
  it("is a view of the named part of the file", () => {
    const { data } = load({ location: "w.bin", offset: "5", length: "8" })
    expect(data.buffer).to.equal(DATA.buffer)
    expect([...data]).to.deep.equal([5, 6, 7, 8, 9, 10, 11, 12])
    expect([...load({ location: "w.bin", offset: "24" }).data]).to.deep.equal([...DATA.subarray(24)])
    expect([...load({ location: "w.bin" }, {}, DATA.subarray(0, 8)).data]).to.deep.equal([
      ...DATA.subarray(0, 8),
    ])
    expect(load({ location: "w.bin", offset: "32" }, { dims: [0] }).data).to.have.length(0)
  })

  it("serves tensors of attributes and of every type, and each file is asked for once", () => {
    const asked: string[] = []
    const ask = (location: string) => {
      asked.push(location)
      return DATA
    }
    const t = external({ location: "a/b.bin", offset: "8", length: "8" })
    const file = fileWithAttribute({ name: "value", type: 4, t })
    const { attributes } = loadOnnx(file, { external: ask }).nodes[0]
    expect(attributes.get("value")).to.have.nested.property("value.data.length", 8)
    const initializer = [
      { ...t, name: "w" },
      { ...t, name: "v", dataType: 7, dims: [1] },
    ]
    loadOnnx(fileWith({ initializer }), { external: ask })
    expect(asked).to.deep.equal(["a/b.bin", "a/b.bin"])
  })

  it("is checked against the file's SHA-1 if the model has it", () => {
    const place = { location: "w.bin", length: "8" }
    expect(load({ ...place, checksum: SHA1 }).data).to.have.length(8)
    expect(load({ ...place, checksum: SHA1.toUpperCase() }).data).to.have.length(8)
    const other = DATA.map((byte) => byte ^ 1)
    expectRefusal(
      () => load({ ...place, checksum: SHA1 }, {}, other),
      "OnnxMalformed",
      "SHA-1",
      '"w"',
      '"w.bin"',
    )
  })

  it("is part of the model's identity", () => {
    const { model, data } = saveOnnxApart(loadOnnx(DIGITS), "digits.bin")
    const idWith = (bytes: Uint8Array) => lower(loadOnnx(model, { external: () => bytes })).modelId
    expect(idWith(data)).to.equal(lower(loadOnnx(DIGITS)).modelId)
    const changed = data.slice()
    changed[1000] ^= 1
    expect(idWith(changed)).to.not.equal(idWith(data))
  })

  it("comes back into one file", () => {
    const { model, data } = saveOnnxApart(loadOnnx(DIGITS), "digits.bin")
    expect(model.length).to.be.below(5000)
    const graph = loadOnnx(model, { external: () => data })
    expect(Buffer.compare(saveOnnx(graph), DIGITS)).to.equal(0)
    for (const tensor of graph.initializers.values()) expect(tensor.data.byteOffset % 64).to.equal(0)
  })

  it("is refused when it is not given, and when it cannot be read, in the tensor's name", () => {
    const file = fileWithTensor(external({ location: "w.bin" }))
    expectRefusal(() => loadOnnx(file), "OnnxExternalDataMissing", '"w"', '"w.bin"')
    const fail = () => {
      throw new OnusError("FileUnreadable", "There is no file w.bin")
    }
    expectRefusal(() => loadOnnx(file, { external: fail }), "FileUnreadable", '"w"', "no file w.bin")
  })

  describe("is refused before it is read", () => {
    const refuse = (place: Record<string, string>, code: string, ...words: string[]) => {
      const external_ = () => expect.fail("the file was asked for")
      const file = fileWithTensor(external(place))
      expectRefusal(() => loadOnnx(file, { external: external_ }), code, 'initializer "w"', ...words)
    }

    it("with a path out of the model's folder", () => {
      const paths = ["../w.bin", "a/../../w.bin", "..", "/etc/passwd", "C:w.bin", "c:/w.bin", "a\\..\\w.bin"]
      for (const location of [
        ...paths,
        "\\\\host\\w.bin",
        "http://host/w.bin",
        "a//b",
        "a/",
        "",
        "w.bin\0",
      ]) {
        refuse({ location }, "OnnxExternalPathInvalid", JSON.stringify(location))
      }
    })

    it("with numbers that are none", () => {
      for (const text of ["-1", "1e3", "0x10", "", " 1", "1.5", "9".repeat(16)]) {
        refuse({ location: "w.bin", offset: text }, "OnnxMalformed", "offset", JSON.stringify(text))
        refuse({ location: "w.bin", length: text }, "OnnxMalformed", "length", JSON.stringify(text))
      }
    })

    it("with another length than the shape needs", () => {
      refuse({ location: "w.bin", length: "9" }, "OnnxMalformed", "9 bytes", "needs 8")
    })

    it("without a location, or with two", () => {
      refuse({ offset: "0" }, "OnnxMalformed", "no location")
      const externalData = [...entries({ location: "a" }), ...entries({ location: "b" })]
      const file = fileWithTensor({ ...external({}), externalData })
      expectRefusal(() => loadOnnx(file, { external: () => DATA }), "OnnxMalformed", '"w"', "twice")
    })

    it("when its shape claims terabytes", () => {
      const file = fileWithTensor({ ...external({ location: "w.bin" }), dims: [2 ** 20, 2 ** 20] })
      expectRefusal(() => loadOnnx(file, { external: () => expect.fail() }), "OnnxTooLarge", '"w"')
    })
  })

  it("is refused when it reaches past the end of the file, or leaves some of it", () => {
    const refuse = (place: Record<string, string>) =>
      expectRefusal(
        () => load({ location: "w.bin", ...place }),
        "OnnxMalformed",
        '"w"',
        '"w.bin"',
        "8 bytes",
        "32",
      )
    for (const offset of ["25", "32", "33", "999999999999999"]) {
      refuse({ offset })
      refuse({ offset, length: "8" })
    }
    refuse({})
    refuse({ offset: "23" })
  })

  it("is refused beside data in the model, or without being declared", () => {
    const place = { location: "w.bin", length: "8" }
    expectRefusal(() => load(place, { rawData: new Uint8Array(8) }), "OnnxMalformed", '"w"', "rawData")
    expectRefusal(() => load(place, { floatData: [new Uint8Array(8)] }), "OnnxMalformed", '"w"', "floatData")
    expectRefusal(() => load(place, { dataLocation: 0 }), "OnnxMalformed", '"w"', "location 0")
    expectRefusal(() => load(place, { dataType: 9, dims: [8] }), "OnnxMalformed", '"w"', "boolean 2")
  })
})
