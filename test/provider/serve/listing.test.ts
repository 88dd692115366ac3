import { type AddressInfo, connect } from "node:net"
import { setTimeout as pause } from "node:timers/promises"
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

  it("are read for a few at once", async () => {
    const waiting: (() => void)[] = []
    const server = await start({
      receiptsOf: (_, from, count) =>
        new Promise((resolve) => waiting.push(() => resolve(all.slice(from, from + count)))),
    })
    let most = 0
    const asked = Array.from({ length: 19 }, () => ask(server, "GET", `/v1/batches/${made.id}`))
    const going = setInterval(() => {
      most = Math.max(most, waiting.length)
      waiting.splice(0).forEach((go) => go())
    }, 1)
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    clearInterval(going)
    expect([most, new Set(statuses)]).to.deep.equal([2, new Set([200])])
  })

  it("keep nobody waiting for those that do not read them", async () => {
    const large = Array.from({ length: 40_000 }, (_, i) => all[i % all.length])
    const server = await start({
      countOf: (id) => Promise.resolve(id === made.id ? all.length : large.length),
      receiptsOf: (id, from, count) =>
        Promise.resolve((id === made.id ? all : large).slice(from, from + count)),
    })
    const slow = Array.from({ length: 3 }, () => connect(server.port, "127.0.0.1"))
    for (const socket of slow) {
      socket.pause()
      socket.write(`GET /v1/batches/0x${"12".repeat(32)} HTTP/1.1\r\nhost: here\r\n\r\n`)
    }
    const count = () => new Promise<number>((done) => app!.server.getConnections((_, found) => done(found)))
    while ((await count()) < slow.length) await pause(5)
    const { status, body } = await ask(server, "GET", `/v1/batches/${made.id}`)
    expect([status, body.toString()]).to.deep.equal([200, made.lines.join("")])
    for (const socket of slow) socket.destroy()
  })
})
