import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { execFileSync } from "node:child_process"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { expect } from "chai"
import { type Refusal, run } from "./run.ts"

const ROOT = join(import.meta.dirname, "..", "..")
const ONUS = join(ROOT, "src", "cli", "onus.mjs")

/** A Node on PATH that is too old for the project, if there is one. */
const oldNode = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "node"))
  .filter(existsSync)
  .find((node) => {
    const [major, minor] = execFileSync(node, ["-p", "process.versions.node"])
      .toString()
      .split(".")
      .map(Number)
    return major >= 18 && (major < 22 || (major === 22 && minor < 13))
  })

describe("onus: its launcher", () => {
  it("goes over to the project's Node when started by an old one", async function () {
    if (oldNode === undefined) this.skip()
    const help = await run(oldNode, [ONUS, "--help"], tmpdir(), {})
    expect(help).to.include({ code: 0, stderr: "" })
    expect(help.stdout).to.match(/^Usage: onus/)
    const refused = await run(oldNode, [ONUS, "provider", "register"], tmpdir(), {})
    expect(refused).to.include({ code: 77, stdout: "" })
  })

  it("starts as an executable file", async function () {
    if (process.platform === "win32") this.skip()
    expect(await run(ONUS, ["--help"], tmpdir(), {})).to.include({ code: 0, stderr: "" })
  })

  it("says how to install what is not installed", async () => {
    const bare = mkdtempSync(join(tmpdir(), "onus-bare-"))
    try {
      mkdirSync(join(bare, "src", "cli"), { recursive: true })
      cpSync(ONUS, join(bare, "src", "cli", "onus.mjs"))
      const args = [join(bare, "src", "cli", "onus.mjs"), "--help"]
      const people = await run(process.execPath, args, bare, {})
      expect(people).to.deep.include({ code: 2, stdout: "" })
      expect(people.stderr)
        .to.contain("error NotInstalled: ")
        .and.contain("hint: Run `node scripts/ensure.mjs`")
      const { stdout } = await run(process.execPath, [...args, "--json"], bare, {})
      const { error } = JSON.parse(stdout) as { error: Refusal }
      expect(error.code).to.equal("NotInstalled")
    } finally {
      rmSync(bare, { recursive: true })
    }
  })
})
