import { createHash } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { expect } from "chai"
import { ZeroHash } from "ethers"
import { OnusError, isOnusError } from "../../../src/protocol/errors.ts"
import { receiptId } from "../../../src/protocol/receipt.ts"
import { bundleOf, bundleSize, encodeBundle } from "../../../src/sdk/bundle.ts"
import { Fetcher } from "../../../src/challenger/fetch/fetcher.ts"
import type { ModelFile, Sources } from "../../../src/challenger/sources.ts"
import { inputsIn } from "../../../src/challenger/sources/handed-in.ts"
import { type SourcesOptions, openSources } from "../../../src/challenger/sources/open.ts"
import { KEY, REGISTRY, receiptWith, signedAnswer } from "../../sdk/samples.ts"
import { type ProviderHost, batchWith, lineOf, providerHost, receipts, shown } from "./provider-host.ts"

const PROVIDER = KEY.address

describe("where questions, traces and models come from", () => {
  let host: ProviderHost
  let fetcher: Fetcher
  let uri: string | undefined
  let sources: Sources
  const open = (more: Partial<SourcesOptions> = {}) =>
    openSources({ registry: REGISTRY, fetcher, uriOf: () => Promise.resolve(uri), ...more })

  beforeEach(async () => {
    host = await providerHost()
    fetcher = new Fetcher({ allowPrivate: true })
    uri = host.url
    sources = open()
  })
  afterEach(async () => {
    fetcher.close()
    await host.close()
  })

  /** Code and words of what goes wrong. */
  const problem = async (act: () => Promise<unknown>) => {
    try {
      await act()
    } catch (error) {
      if (!isOnusError(error)) throw error
      return `${error.code}: ${error.message}`
    }
    return "fine"
  }

  describe("the address of a provider", () => {
    const asked = async (more: string | undefined) => {
      uri = more
      host.asked.length = 0
      const found = await problem(() => open().receipt(PROVIDER, ZeroHash))
      return [found.split(":")[0], ...host.asked]
    }

    it("is its uri on-chain, with whatever path", async () => {
      const path = `/v1/receipts/${ZeroHash}`
      expect(await asked(host.url)).to.deep.equal(["FetchMissing", path])
      expect(await asked(`${host.url}/`)).to.deep.equal(["FetchMissing", path])
      expect(await asked(`${host.url}/onus//?a=b#c`)).to.deep.equal(["FetchMissing", `/onus${path}`])
    })

    it("or what a registration file says", async () => {
      const services = [{ name: "web", endpoint: "https://other.example", more: 1 }]
      const file = (endpoint: string) =>
        JSON.stringify({ type: "x", services: [...services, { name: "Onus", endpoint }] })
      host.routes.set("/agent.json", file(`${host.url}/here/`))
      const path = `/here/v1/receipts/${ZeroHash}`
      expect(await asked(`${host.url}/agent.json`)).to.deep.equal(["FetchMissing", "/agent.json", path])
      host.routes.set("/agent.json", file("file:///etc/passwd"))
      expect(await asked(`${host.url}/agent.json`)).to.deep.equal(["ContentInvalid", "/agent.json"])
      host.routes.set("/agent.json", JSON.stringify({ services }))
      expect(await asked(`${host.url}/agent.json`)).to.deep.equal(["EndpointUnknown", "/agent.json"])
      host.routes.set("/agent.json", "<html></html>")
      expect(await asked(`${host.url}/agent.json`)).to.deep.equal(["ContentInvalid", "/agent.json"])
    })

    it("is unknown when it says none, or something else", async () => {
      for (const other of [
        undefined,
        "",
        "nonsense",
        "ipfs://bafy",
        "ftp://x.example",
        "data:application/json,{}",
      ])
        expect(await asked(other)).to.deep.equal(["EndpointUnknown"])
    })

    it("is looked up again when the uri changes, and its file read again after a while only", async () => {
      host.routes.set("/a.json", JSON.stringify({ services: [{ name: "onus", endpoint: host.url }] }))
      const ask = () => problem(() => sources.receipt(PROVIDER, ZeroHash))
      uri = `${host.url}/a.json`
      await ask()
      await ask()
      expect(host.asked.filter((path) => path === "/a.json")).to.have.length(1)
      uri = `${host.url}/b`
      await ask()
      expect(host.asked.at(-1)).to.equal(`/b/v1/receipts/${ZeroHash}`)
    })
  })

  describe("the list of a batch", () => {
    const made = batchWith(receipts(70))
    const listed = async (lines: readonly string[], of: Parameters<Sources["list"]>[0] = made) => {
      host.routes.set(`/v1/batches/${of.id}`, lines.join(""))
      return sources.list(of)
    }
    const refused = (lines: readonly string[], of?: Parameters<Sources["list"]>[0]) =>
      problem(() => listed(lines, of))

    it("gives all its receipts, with signatures, and places that lead to its root", async () => {
      const sightings = await listed(made.lines)
      expect(sightings.map(({ signed }) => receiptId(REGISTRY, signed.receipt))).to.deep.equal(made.ids)
      for (const [i, { inclusion, signed, source }] of sightings.entries()) {
        expect(inclusion).to.deep.equal({ batch: made.batch, index: BigInt(i), path: made.tree.path(i) })
        expect([signed.registry, signed.signature.length, source]).to.deep.equal([REGISTRY, 132, "provider"])
      }
      expect(await listed([made.lines.join("").trimEnd()])).to.have.length(70)
    })

    it("is of another root when a receipt is another, or in another place", async () => {
      const { lines } = made
      const other = lineOf({
        index: 1,
        receipt: receiptWith({ coverage: 2n }),
        signature: `0x${"1b".repeat(65)}`,
      })
      expect(await refused(lines.with(1, other))).to.match(
        /^ContentInvalid: .* has the root 0x.* instead of /,
      )
      const swapped = [lines[1].replace('"index":1', '"index":0'), lines[0].replace('"index":0', '"index":1')]
      expect(await refused(lines.toSpliced(0, 2, ...swapped))).to.match(/^ContentInvalid: .* has the root/)
      expect(await refused(lines.toSpliced(0, 2, lines[1], lines[0]))).to.match(/not in order at line 0$/)
    })

    it("is refused with too many receipts, and with too few", async () => {
      const { lines } = made
      expect(await refused(lines.slice(1))).to.match(/not in order/)
      expect(await refused(lines.slice(0, -1))).to.match(/^ContentInvalid: .* has 69 receipts instead of 70$/)
      expect(await refused([])).to.match(/has 0 receipts instead of 70$/)
      expect(await refused([...lines, lines[0]])).to.match(/has more than its 70 receipts$/)
    })

    it("is held against the coverage that is on-chain, too", async () => {
      const of = { ...made, batch: { ...made.batch, coverage: made.batch.coverage + 1n } }
      expect(await refused(made.lines, of)).to.match(/^ContentInvalid: .* covers 2485 instead of 2486$/)
    })

    it("is no list when it is something else", async () => {
      const { lines } = made
      expect(await refused(["<html>", ...lines])).to.match(/^ContentInvalid: Line 0 of the list is not JSON$/)
      expect(await refused([`[${"[".repeat(2000)}\n`, ...lines.slice(1)])).to.match(/nested too deeply$/)
      expect(await refused(["\n", ...lines])).to.match(/is not JSON$/)
      expect(await refused([`${" ".repeat(3000)}\n`, ...lines])).to.match(/has a line of 3000 bytes$/)
      const huge = lines[0].replace('"coverage":"1"', `"coverage":"${2n ** 128n}"`)
      expect(await refused(lines.with(0, huge))).to.match(/^ContentInvalid: .* what is no receipt$/)
      const signed = lines[0].replace(/"signature":"0x..../, '"signature":"0x')
      expect(await refused(lines.with(0, signed))).to.match(/look at signature$/)
      expect(await refused(Array.from({ length: 200 }, () => "x".repeat(2000)))).to.match(/^FetchTooLarge/)
    })

    it("is not asked for when nobody could read it", async () => {
      const of = { ...made, batch: { ...made.batch, count: 2n ** 32n - 1n } }
      expect(await problem(() => sources.list(of))).to.match(/^FetchTooLarge: .* has 4294967295 receipts/)
      expect(host.asked).to.deep.equal([])
    })

    it("leaves out what is another provider's, and the second place of a receipt", async () => {
      const [own, foreign] = [receiptWith(), receiptWith({ provider: REGISTRY.address })]
      const mixed = batchWith([foreign, own, own])
      const [only, ...rest] = await listed(mixed.lines, mixed)
      expect([only.signed.receipt, only.inclusion?.index, rest]).to.deep.equal([own, 1n, []])
    })

    it("of many receipts lets others have their turn meanwhile", async () => {
      const large = batchWith(receipts(2_000))
      let turns = 0
      const counting = setInterval(() => turns++, 0)
      const sightings = await listed(large.lines, large)
      clearInterval(counting)
      expect(sightings).to.have.length(2_000)
      expect(sightings[1999].inclusion?.path).to.deep.equal(large.tree.path(1999))
      expect(turns).to.be.greaterThan(20)
    })
  })

  describe("a receipt", () => {
    const { ids, batch, tree, ...made } = batchWith(receipts(5))
    const [receipt] = receipts(1)
    const inclusion = { batch, index: 0n, path: tree.path(0) }
    const read = (body: string, id = ids[0]) => {
      host.routes.set(`/v1/receipts/${id}`, body)
      return sources.receipt(PROVIDER, id)
    }
    const refused = (body: string, id?: string) => problem(() => read(body, id))

    it("is given as its provider shows it, with its place", async () => {
      expect(made.id).to.have.length(66)
      expect(await read(shown(receipt)))
        .to.have.nested.property("signed.receipt")
        .deep.equal(receipt)
      expect((await read(shown(receipt, { inclusion }))).inclusion).to.deep.equal(inclusion)
    })

    it("is refused when it is another one, or of another registry or provider", async () => {
      expect(await refused(shown(receiptWith({})))).to.match(/^ContentInvalid: .* is another receipt$/)
      expect(await refused(shown({ ...receipt, coverage: 2n ** 200n }))).to.match(/is another receipt$/)
      const elsewhere = shown(receipt, { registry: { ...REGISTRY, chainId: 1n } })
      expect(await refused(elsewhere)).to.match(/is of another registry$/)
      const foreign = receiptWith({ provider: REGISTRY.address })
      expect(await refused(shown(foreign), receiptId(REGISTRY, foreign))).to.match(/is of another provider$/)
      expect(await refused("{}")).to.match(/look at registry$/)
      expect(await refused(`{"registry":${"[".repeat(10_000)}`)).to.match(/nested too deeply$/)
      expect(await refused(" ".repeat(100_000))).to.match(/^FetchTooLarge: /)
    })

    it("is refused with a place that is not its own, however large its numbers are", async () => {
      const node = inclusion.path[0]
      for (const wrong of [
        { ...inclusion, index: 1n },
        { ...inclusion, path: inclusion.path.slice(1) },
        { ...inclusion, path: [] },
        { ...inclusion, index: 10n ** 70n },
        { ...inclusion, batch: { ...batch, count: 10n ** 70n } },
        { ...inclusion, batch: { ...batch, count: 2n ** 32n - 1n } },
        { ...inclusion, batch: { ...batch, count: 0n } },
        { ...inclusion, batch: { ...batch, coverage: batch.coverage + 1n } },
        { ...inclusion, batch: { ...batch, provider: REGISTRY.address } },
        { ...inclusion, path: [{ ...node, sum: 2n ** 200n }, ...inclusion.path.slice(1)] },
        { ...inclusion, path: [{ ...node, sum: 2n ** 128n - 1n }, ...inclusion.path.slice(1)] },
        { ...inclusion, path: Array.from({ length: 60 }, () => node) },
      ])
        expect(await refused(shown(receipt, { inclusion: wrong }))).to.match(
          /^ContentInvalid: .* has a place/,
        )
    })
  })

  describe("inputs", () => {
    const [receipt] = receipts(1)
    const known = {
      id: receiptId(REGISTRY, receipt),
      signed: { registry: REGISTRY, receipt, signature: "0x" },
    }
    const path = `/v1/receipts/${known.id}/inputs`
    const [right, wrong] = [Uint8Array.of(1, 2, 3), Uint8Array.of(3, 2, 1)]
    const isRight = (bytes: Uint8Array) => bytes[0] === 1

    it("are those that a consumer has handed in, if they are right", async () => {
      host.routes.set(path, right)
      const giving = (bytes: Uint8Array) => open({ handedIn: () => Promise.resolve(bytes) })
      expect(await giving(right).inputs(known, 3, isRight)).to.deep.equal(right)
      expect(host.asked).to.deep.equal([])
      for (const bytes of [wrong, Uint8Array.of(1, 2)])
        expect([...(await giving(bytes).inputs(known, 3, isRight))]).to.deep.equal([1, 2, 3])
      expect(host.asked).to.deep.equal([path, path])
      expect([...(await giving(wrong).inputs(known, 3))]).to.deep.equal([3, 2, 1])
    })

    it("lie in a folder until then", async () => {
      const folder = mkdtempSync(join(tmpdir(), "onus-inputs-"))
      try {
        writeFileSync(join(folder, `${known.id}.inputs`), right)
        expect(await inputsIn(folder)(known.id.toUpperCase().replace("0X", "0x"))).to.deep.equal(right)
        expect(await inputsIn(folder)(ZeroHash)).to.equal(undefined)
        expect(await inputsIn(folder, 2)(known.id)).to.equal(undefined)
        expect(await inputsIn(join(folder, "none"))(known.id)).to.equal(undefined)
        expect(await inputsIn(folder)(`../${known.id}`)).to.equal(undefined)
      } finally {
        rmSync(folder, { recursive: true })
      }
    })

    it("are asked of the provider, in the length that they have", async () => {
      const asking = () => sources.inputs(known, 3, isRight)
      expect(await problem(asking)).to.match(/^FetchMissing/)
      host.routes.set(path, Uint8Array.of(1, 2))
      expect(await problem(asking)).to.match(/^ContentInvalid: .* 2 bytes instead of 3$/)
      host.routes.set(path, Uint8Array.of(1, 2, 3, 4))
      expect(await problem(asking)).to.match(/^FetchTooLarge/)
      host.routes.set(path, wrong)
      expect(await problem(asking)).to.match(/^ContentInvalid: .* not those that it commits to$/)
      host.routes.set(path, (response) => response.writeHead(403).end("{}"))
      expect(await problem(asking)).to.match(/^FetchMissing/)
    })
  })

  describe("evidence", () => {
    it("is a bundle of that receipt", async () => {
      const { signed, run } = await signedAnswer([1, -1])
      const known = { id: receiptId(REGISTRY, signed.receipt), signed }
      const path = `/v1/receipts/${known.id}/evidence`
      host.routes.set(path, encodeBundle(bundleOf(signed, run)))
      const asking = () => sources.bundle(known, bundleSize(run))
      expect((await asking()).tensors.output).to.deep.equal(Buffer.from(Float32Array.of(1, 0).buffer))
      const other = (await signedAnswer([1, -1], { requestId: ZeroHash })).signed
      host.routes.set(path, encodeBundle(bundleOf(other, run)))
      expect(await problem(asking)).to.match(/^ContentInvalid: .* is another receipt$/)
      host.routes.set(path, '{"format":"onus.bundle.v1","secret":1}')
      expect(await problem(asking)).to.match(/^ContentInvalid: The evidence of receipt 0x\w+ is no bundle$/)
      host.routes.set(path, "[".repeat(10_000))
      expect(await problem(asking)).to.match(/nested too deeply$/)
      host.routes.set(path, '{ "format": "onus.sealed.v1", "kind": "bundle" }')
      expect(await problem(asking)).to.match(/^FetchMissing: .* is sealed for its consumer$/)
      host.routes.set(path, " ".repeat(100_000))
      expect(await problem(asking)).to.match(/^FetchTooLarge/)
      expect(await problem(() => sources.bundle(known))).to.match(/no bundle$/)
    })
  })

  describe("a model", () => {
    const modelId = `0x${"ab".repeat(32)}`
    const sha256 = (text: string) => `0x${createHash("sha256").update(text).digest("hex")}`
    const file = (text: string, from: ModelFile["from"]): ModelFile => ({
      bytes: Buffer.from(text),
      shapes: {},
      from,
    })
    const description = (more: object = {}) =>
      JSON.stringify({
        provider: PROVIDER,
        models: [
          { modelId: ZeroHash, inputs: [] },
          {
            modelId,
            inputs: [{ name: "x", datatype: "FP32", shape: [1, 2] }],
            file: "/v1/models/m/versions/1/file",
            sha256: sha256("published"),
            ...more,
          },
        ],
      })
    const PUBLISHED = "/v1/models/m/versions/1/file"

    it("is in memory with few others, of one provider with none; the operator's own waits for nobody", async () => {
      const asked: (() => void)[] = []
      const slow = {
        get: () =>
          new Promise<never>((_, reject) => asked.push(() => reject(new OnusError("FetchMissing", "none")))),
      }
      const models = {
        find: (id: string) => Promise.resolve(id === modelId ? file("own", "operator") : undefined),
      }
      const all = open({ fetcher: slow, modelUriOf: () => Promise.resolve("http://a.example/m"), models })
      const ask = (model: number, provider: string) =>
        problem(() => all.model(`0x${String(model).padStart(64, "0")}`, provider, accept))
      const one = [1, 2, 3].map((model) => ask(model, PROVIDER))
      await pause(20)
      expect(asked).to.have.length(1)
      const others = [4, 5, 6].map((model) => ask(model, `0x${String(model).padStart(40, "0")}`))
      await pause(20)
      expect(asked).to.have.length(2)
      expect(await all.model(modelId, PROVIDER, accept)).to.equal("operator own")
      const going = setInterval(() => asked.splice(0).forEach((end) => end()), 1)
      expect(new Set(await Promise.all([...one, ...others])).size).to.equal(1)
      clearInterval(going)
    })
    const accept = (one: ModelFile) => Promise.resolve(`${one.from} ${Buffer.from(one.bytes).toString()}`)
    const withUri = (path: string) => open({ modelUriOf: () => Promise.resolve(host.url + path) })

    it("is the operator's, or where it was registered, or the provider's, and the first that is accepted", async () => {
      host.routes.set("/m.onnx", "registered")
      host.routes.set("/v1/provider", description())
      host.routes.set(PUBLISHED, "published")
      const models = { find: () => Promise.resolve(file("own", "operator")) }
      const modelUriOf = () => Promise.resolve(`${host.url}/m.onnx`)
      const all = open({ models, modelUriOf })
      expect(await all.model(modelId, PROVIDER, accept)).to.equal("operator own")
      const offered: string[] = []
      const refusing = (...refused: string[]) =>
        all.model(modelId, PROVIDER, async (one) => {
          offered.push(one.from)
          if (refused.includes(one.from)) throw new OnusError("ModelMismatch", one.from)
          return accept(one)
        })
      expect(await refusing("operator")).to.equal("registry registered")
      expect(await refusing("operator", "registry")).to.equal("provider published")
      expect(offered).to.deep.equal(["operator", "registry", "operator", "registry", "provider"])
      expect(await problem(() => refusing("operator", "registry", "provider"))).to.equal(
        "ModelMismatch: provider",
      )
    })

    it("comes with the shapes that the provider tells", async () => {
      host.routes.set("/v1/provider", description())
      host.routes.set(PUBLISHED, "published")
      const shapes = await sources.model(modelId.toUpperCase().replace("0X", "0x"), PROVIDER, (one) =>
        Promise.resolve(one.shapes),
      )
      expect(shapes).to.deep.equal({ x: [1, 2] })
    })

    it("is nobody's with another hash than is told", async () => {
      const asking = (from: Sources = sources) => problem(() => from.model(modelId, PROVIDER, accept))
      host.routes.set("/v1/provider", description())
      host.routes.set(PUBLISHED, "another")
      expect(await asking()).to.match(/^ContentInvalid: .* not the one whose hash is told/)
      host.routes.set("/v1/provider", description({ sha256: undefined }))
      host.routes.set(PUBLISHED, (response) =>
        response.writeHead(200, { "onus-sha256": sha256("published") }).end("another"),
      )
      expect(await asking()).to.match(/^ContentInvalid: .* not the one whose hash is told/)
      host.routes.set("/m.onnx", (response) => response.writeHead(200, { "onus-sha256": "0x12" }).end("x"))
      host.routes.set(PUBLISHED, "published")
      expect(await asking(withUri("/m.onnx"))).to.equal("fine")
    })

    it("is missing when nobody has it, and asked for again when somebody may", async () => {
      const asking = (from: Sources = sources) => problem(() => from.model(modelId, PROVIDER, accept))
      expect(await asking()).to.match(/^FetchMissing/)
      host.routes.set("/v1/provider", JSON.stringify({ models: [] }))
      expect(await asking()).to.match(/^FetchMissing: The provider does not publish/)
      host.routes.set("/v1/provider", description({ file: undefined }))
      expect(await asking()).to.match(/^FetchMissing: The provider does not publish/)
      host.routes.set("/v1/provider", description({ file: "http://other.example/file" }))
      expect(await asking()).to.match(/^ContentInvalid: .* look at models.1.file$/)
      host.routes.set("/m.onnx", (response) => response.writeHead(503).end())
      expect(await asking(withUri("/m.onnx"))).to.match(/^FetchFailed: /)
      const small = open({ limits: { model: 3 } })
      host.routes.set("/v1/provider", description())
      host.routes.set(PUBLISHED, "published")
      expect(await asking(small)).to.match(/^FetchTooLarge/)
    })

    it("does not hide faults of the program itself", async () => {
      host.routes.set("/v1/provider", description())
      host.routes.set(PUBLISHED, "published")
      const fault = () => Promise.reject(new RangeError("bug"))
      const found = await sources.model(modelId, PROVIDER, fault).catch((error: Error) => error.name)
      expect(found).to.equal("RangeError")
    })
  })
})
