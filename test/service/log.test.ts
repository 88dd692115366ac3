import { expect } from "chai"
import { OnusError } from "../../src/protocol/errors.ts"
import { createLog } from "../../src/service/log.ts"
import { createScrub, secretsOf, shownUrl } from "../../src/service/scrub.ts"
import { loadNodeConfig } from "../../src/service/config/load.ts"
import { NODE } from "../../src/service/config/node-schema.ts"
import { Folder, LEAST, keptLog } from "./helpers.ts"

describe("The log", () => {
  it("is lines of JSON with level, time, message and values", () => {
    const { log, lines } = keptLog()
    log
      .child({ replica: "a" })
      .info({ block: 7, wei: 10n ** 20n, bytes: new Uint8Array(3), at: new Date(0) }, "A new block")
    const line = JSON.parse(lines[0]) as Record<string, unknown>
    expect(line).to.deep.include({ level: "info", message: "A new block", replica: "a", block: 7 })
    expect(line).to.deep.include({
      wei: "100000000000000000000",
      bytes: "3 bytes",
      at: new Date(0).toISOString(),
    })
    expect(new Date(line.time as string).toISOString()).to.equal(line.time)
  })

  it("holds no key, password, token or credentials, however deep they are", () => {
    const key = `0x${"ab".repeat(32)}`
    const { log, lines } = keptLog(createScrub([key, 'pass"word']))
    const cause = new Error(`fetch https://user:hunter2@node.example/ failed`)
    log.error(
      { error: new OnusError("A", `with ${key}`, { cause }), a: { b: [{ password: "hunter2" }] } },
      'pass"word',
    )
    log
      .child({ privateKey: "hunter2", note: 'pass"word' })
      .warn({ authorization: "hunter2" }, "Bearer hunter2hunter2")
    log.info(
      { inputs: "hunter2", headers: { "x-api-key": "hunter2" }, url: "postgres://u:hunter2@db/x" },
      "x",
    )
    const text = lines.join("")
    expect(lines).to.have.length(3)
    for (const line of lines) JSON.parse(line)
    for (const secret of ["hunter2", key.slice(2), "pass"])
      expect(text.replaceAll('"password"', "")).not.to.include(secret)
  })

  it("stays short, whatever is put into it", () => {
    const { log, lines } = keptLog()
    const circle: Record<string, unknown> = {
      long: "x".repeat(1e6),
      many: Array.from({ length: 1e5 }, () => "y".repeat(9)),
    }
    circle.self = circle
    log.error({ circle, error: new Error("z".repeat(1e6)) }, "m".repeat(1e6))
    expect(lines[0].length).to.be.below(50_000)
    expect(JSON.parse(lines[0])).to.have.property("circle")
  })

  it("knows what of a configuration is secret", async () => {
    const folder = new Folder()
    const text = LEAST.replace("http://127.0.0.1:8545", "https://eth.example/v3/0123456789abcdef")
    const more = `[journal]\nurl = "postgres://onus:hunter%232@db.example/onus"\n[alerts]\nwebhook = "https://chat.example/services/T0123/B0123"`
    const raw = text.replace(/keystore[^[]*/, 'raw_env = "KEY"\nallow_raw_key = true\n')
    const { config } = await loadNodeConfig({
      config: folder.write("onus.toml", raw + more),
      environment: {},
    })
    folder.remove()
    const scrub = createScrub(secretsOf(NODE.secretive(config), { KEY: `0x${"cd".repeat(32)}` }))
    const said = [
      ...config.chain.rpc,
      config.journal.url,
      config.alerts.webhook,
      "hunter#2",
      "cd".repeat(32),
    ].join(" ")
    const hidden = scrub(said)
    for (const secret of ["0123456789abcdef", "hunter", "B0123", "cdcd"])
      expect(hidden).not.to.include(secret)
    for (const host of ["eth.example", "db.example", "chat.example"]) expect(hidden).to.include(host)
    expect(shownUrl(config.chain.rpc[0])).to.equal("https://eth.example/[hidden]")
    expect(shownUrl(config.journal.url)).to.equal("postgres://[hidden]@db.example/onus")
    expect(shownUrl("http://127.0.0.1:8545")).to.equal("http://127.0.0.1:8545/")
  })

  it("can be silent", () => {
    const lines: string[] = []
    createLog({ level: "silent", destination: { write: (line) => void lines.push(line) } }).error({}, "x")
    expect(lines).to.deep.equal([])
  })
})
