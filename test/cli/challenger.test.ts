import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { type Refusal, onus } from "./run.ts"

const OPS = join(import.meta.dirname, "..", "..", "ops")

describe("onus challenger, onus monitor: before anything is started", () => {
  const folder = mkdtempSync(join(tmpdir(), "onus-challenger-cli-"))
  after(() => rmSync(folder, { recursive: true }))

  const env = { HOME: folder, XDG_CONFIG_HOME: undefined, ONUS_CHALLENGER_CONFIG: undefined }
  const run = (...args: string[]) => onus(folder, env, ...args)
  const refused = async (code: number, ...args: string[]) => {
    const ended = await run(...args, "--json")
    expect(ended.code, ended.stdout + ended.stderr).to.equal(code)
    return (JSON.parse(ended.stdout) as { error: Refusal }).error
  }

  it("a configuration is written, checked and shown", async () => {
    expect(await run("challenger", "init")).to.deep.include({ code: 0, stderr: "" })
    expect(readFileSync(join(folder, "onus-challenger.toml"), "utf8")).to.equal(
      readFileSync(join(OPS, "onus-challenger.maximal.toml"), "utf8"),
    )
    const missing = await refused(2, "challenger", "config", "check")
    expect(missing.code).to.equal("FileUnreadable")
    expect(missing.message).to.include("signing.json")
    const shown = await run("challenger", "config", "show", "--set", "choose.share=0.5", "--json")
    const { settings } = JSON.parse(shown.stdout) as {
      settings: { key: string; value: unknown; from: string }[]
    }
    expect(settings.find(({ key }) => key === "choose.share")).to.deep.equal({
      key: "choose.share",
      value: 0.5,
      from: "--set choose.share",
    })
  })

  it("a book that is not there is no empty one", async () => {
    const unknown = await refused(2, "challenger", "show", `0x${"ab".repeat(32)}`)
    expect(unknown.code).to.equal("BookMissing")
    const limit = await refused(2, "challenger", "list", "--limit", "some")
    expect(limit.code).to.equal("UsageInvalid")
    const none = await refused(2, "monitor", "--config", "none.toml")
    expect(none.code).to.equal("ConfigMissing")
  })
})
