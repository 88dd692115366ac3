import type { AddressInfo } from "node:net"
import { expect } from "chai"
import type { FastifyInstance } from "fastify"
import { Fetcher } from "../../../src/challenger/fetch/fetcher.ts"
import { openSources } from "../../../src/challenger/sources/open.ts"
import { OnusError } from "../../../src/protocol/errors.ts"
import { httpServer } from "../../../src/provider/serve/http.ts"
import { type Listing, addListing } from "../../../src/provider/serve/listing.ts"
import { batchWith, receipts } from "../../challenger/sources/provider-host.ts"
import { REGISTRY } from "../../sdk/samples.ts"
import { ask } from "./client.ts"

describe("lists of batches", () => {
  const made = batchWith(receipts(300))
  const all = receipts(300).map((receipt) => ({
    registry: REGISTRY,
    receipt,
    signature: `0x${"1b".repeat(65)}`,
  }))
  let app: FastifyInstance | undefined
  afterEach(() => app?.close())

  const start = async (listing?: Partial<Listing>) => {
    const whole: Listing = {
      countOf: (id) => Promise.resolve(id === made.id ? all.length : undefined),
      receiptsOf: (_, from, count) => Promise.resolve(all.slice(from, from + count)),
    }
    app = httpServer({})
    addListing(app, listing ? { listing: { ...whole, ...listing } } : {})
    await app.listen({ host: "127.0.0.1", port: 0 })
    return { port: (app.server.address() as AddressInfo).port }
  }
  const refused = async (server: { port: number }, id: string) => {
    const { status, json } = await ask(server, "GET", `/v1/batches/${id}`)
    return [status, (json as { code: string }).code]
  }

  it("are lines of JSON, one for each receipt in the order of the tree", async () => {
    const { headers, body } = await ask(
      await start({}),
      "GET",
      `/v1/batches/${made.id.toUpperCase()}`.replace("0X", "0x"),
    )
    expect(headers["content-type"]).to.equal("application/x-ndjson")
    expect(body.toString()).to.equal(made.lines.join(""))
  })

  it("are what a challenger reads", async () => {
    const { port } = await start({})
    const fetcher = new Fetcher({ allowPrivate: true })
    const uriOf = () => Promise.resolve(`http://127.0.0.1:${port}`)
    const sightings = await openSources({ registry: REGISTRY, fetcher, uriOf }).list(made)
    fetcher.close()
    expect(sightings.map(({ signed }) => signed)).to.deep.equal(all)
  })

  it("are the operator's to give", async () => {
    expect(await refused(await start(), made.id)).to.deep.equal([403, "ListingOff"])
  })

  it("are of batches that the node has made and not forgotten", async () => {
    const server = await start({ receiptsOf: () => Promise.resolve([]) })
    expect(await refused(server, `0x${"12".repeat(32)}`)).to.deep.equal([404, "BatchUnknown"])
    expect(await refused(server, "0x12")).to.deep.equal([404, "BatchUnknown"])
    expect(await refused(server, made.id)).to.deep.equal([410, "EvidenceGone"])
  })

  it("break off when they cannot be ended, so that nobody takes them for whole", async () => {
    for (const rest of [
      () => Promise.resolve([]),
      () => Promise.reject(new OnusError("DatabaseMalformed", "damaged")),
    ]) {
      const server = await start({
        receiptsOf: (_, from, count) => (from === 0 ? Promise.resolve(all.slice(0, count)) : rest()),
      })
      const found = await ask(server, "GET", `/v1/batches/${made.id}`).catch(() => "broken off")
      expect(found).to.equal("broken off")
      await app?.close()
    }
  })

  it("are sent to a few at once, and to nobody for ever", async () => {
    const waiting: (() => void)[] = []
    const server = await start({
      receiptsOf: (_, from, count) =>
        new Promise((resolve) => waiting.push(() => resolve(all.slice(from, from + count)))),
    })
    const asked = Array.from({ length: 19 }, () => ask(server, "GET", `/v1/batches/${made.id}`))
    // One is too many beside those that are sent and those that wait.
    const first = await Promise.race(asked)
    expect([first.status, waiting.length]).to.deep.equal([503, 2])
    const going = setInterval(() => waiting.splice(0).forEach((go) => go()), 1)
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    clearInterval(going)
    expect(statuses.filter((status) => status === 200)).to.have.length(18)
  })
})
