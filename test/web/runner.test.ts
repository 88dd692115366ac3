import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { freePortIn } from "../../scripts/explorer/port.ts"
import { expectError } from "../sdk/expect-error.ts"

describe("npm run explorer", function () {
  this.timeout(60_000)
  const folder = mkdtempSync(join(tmpdir(), "onus-explorer-test-"))
  after(() => rmSync(folder, { recursive: true }))

  it("says at once that its port is taken, or none", async () => {
    const server = createServer().listen(0, "127.0.0.1")
    await once(server, "listening")
    const taken = String((server.address() as AddressInfo).port)
    await expectError("PortTaken", () => freePortIn(taken))
    server.close()
    await once(server, "close")
    expect(await freePortIn(taken)).to.equal(Number(taken))
    for (const text of ["", "-1", "65536", "4e3"]) await expectError("PortInvalid", () => freePortIn(text))
  })

  it("leaves nothing behind when it is told to end, even before it has begun", async () => {
    const env = { ...process.env, TMPDIR: folder }
    const args = ["--import", "tsx", "scripts/explorer.ts", "--no-index", "--port", "0"]
    const explorer = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "pipe"] })
    let printed = ""
    for await (const text of explorer.stderr.setEncoding("utf8")) {
      printed += text as string
      if (printed.includes("playing a history")) break
    }
    explorer.kill("SIGINT")
    expect(await once(explorer, "exit")).to.deep.equal([130, null])
    expect(readdirSync(folder).filter((name) => name.startsWith("onus-"))).to.deep.equal([])
  })
})
