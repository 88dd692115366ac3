import { expect } from "chai"
import { diskProblem, diskSpace, isNearlyFull } from "../../src/service/disk.ts"
import { createHealth } from "../../src/service/health.ts"
import { METRIC_NAMES } from "../../src/service/metrics/families.ts"
import { createMetrics } from "../../src/service/metrics/metrics.ts"
import { type Operations, serveOperations } from "../../src/service/operations.ts"
import { Readiness } from "../../src/service/readiness.ts"
import { createScrub } from "../../src/service/scrub.ts"
import { failure } from "./helpers.ts"

describe("What those who watch a program see", () => {
  const readiness = new Readiness()
  const health = createHealth(readiness)
  const metrics = createMetrics({ version: "1.2.3", process: true })
  const loop = { name: "heads", isAlive: true, lastSuccess: 7, poke() {}, stop: () => Promise.resolve() }
  const options = { host: "127.0.0.1", port: 0, metrics, health, scrub: createScrub(["hunter2"]) }
  let server: Operations
  before(async () => {
    health.watch(loop)
    server = await serveOperations(options)
  })
  after(() => server.close())

  const get = async (path: string, method = "GET") => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method })
    return { status: response.status, text: await response.text() }
  }

  it("is ready when nothing is wrong, and says what is", async () => {
    expect(await get("/readyz?verbose")).to.deep.equal({
      status: 200,
      text: '{"isReady":true,"problems":[]}',
    })
    readiness.report("rpc", { code: "RpcUnreachable", message: "No node at hunter2" })
    const { status, text } = await get("/readyz")
    expect(status).to.equal(503)
    expect(JSON.parse(text)).to.deep.equal({
      isReady: false,
      problems: [{ check: "rpc", code: "RpcUnreachable", message: "No node at [hidden]" }],
    })
    expect((await get("/metrics")).text)
      .to.include('onus_problem{check="rpc"} 1')
      .and.include("onus_ready 0")
    readiness.report("rpc")
    expect((await get("/metrics")).text)
      .to.include("onus_ready 1")
      .and.not.include('check="rpc"')
  })

  it("is alive as long as its loops are, ready or not", async () => {
    readiness.report("rpc", { code: "RpcUnreachable", message: "x" })
    expect((await get("/healthz")).status).to.equal(200)
    readiness.report("rpc")
    loop.isAlive = false
    const { status, text } = await get("/healthz")
    expect(status).to.equal(503)
    expect(JSON.parse(text)).to.deep.include({ loops: [{ name: "heads", isAlive: false, lastSuccess: 7 }] })
    loop.isAlive = true
  })

  it("exports every metric by its name, and the version", async () => {
    const { text } = await get("/metrics")
    expect(text).to.include('onus_info{version="1.2.3"} 1').and.include("process_resident_memory_bytes")
    for (const name of METRIC_NAMES) expect(text, name).to.include(name.replace(/_(bucket|sum|count)$/, ""))
  })

  it("claims nothing that nobody knows yet", async () => {
    expect((await get("/metrics")).text).not.to.match(/^onus_own_targeted /m)
    metrics.ownTargeted.set(2)
    expect((await get("/metrics")).text).to.match(/^onus_own_targeted 2$/m)
    metrics.ownTargeted.remove()
    expect((await get("/metrics")).text).not.to.match(/^onus_own_targeted /m)
  })

  it("answers nothing else", async () => {
    expect((await get("/")).status).to.equal(404)
    expect((await get("/metrics", "POST")).status).to.equal(405)
  })

  it("says so when its port is taken", async () => {
    const taken = serveOperations({ ...options, port: server.port })
    expect(await failure(taken)).to.deep.include({ code: "PortUnavailable" })
  })

  it("measures the disk", async () => {
    const { free, used } = await diskSpace(".")
    expect(free).to.be.above(0)
    expect(used).to.be.within(0, 1)
    expect(isNearlyFull({ free: 1, used: 0.9 })).to.equal(true)
    expect(isNearlyFull({ free: 1, used: 0.89 })).to.equal(false)
    expect(diskProblem({ free: 2 ** 30, used: 0 }, 2 ** 30)).to.equal(undefined)
    expect(diskProblem({ free: 2 ** 30 - 1, used: 0 }, 2 ** 30)).to.deep.equal({
      code: "DiskNearlyFull",
      message: "The disk has 1023 MiB left; new work needs 1024 MiB",
    })
  })
})
