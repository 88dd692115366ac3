import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"

describe("npm run explorer", function () {
  this.timeout(60_000)
  const folder = mkdtempSync(join(tmpdir(), "onus-explorer-test-"))
  after(() => rmSync(folder, { recursive: true }))

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
