import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { type Refusal, onus } from "./run.ts"

const OPS = join(import.meta.dirname, "..", "..", "ops")

interface Shown {
  readonly config: string
  readonly settings: readonly { key: string; value: unknown; from: string }[]
}

describe("onus node: its configuration", () => {
  const folder = mkdtempSync(join(tmpdir(), "onus-node-"))
  after(() => rmSync(folder, { recursive: true }))

  const env = { HOME: folder, XDG_CONFIG_HOME: undefined, ONUS_CONFIG: undefined }
  const node = (...args: string[]) => onus(folder, env, "node", ...args)
  const refused = async (code: number, ...args: string[]) => {
    const ended = await node(...args, "--json")
    expect(ended.code, ended.stdout + ended.stderr).to.equal(code)
    return (JSON.parse(ended.stdout) as { error: Refusal }).error
  }

  it("is written with every key, its meaning and its default, over nothing that is there", async () => {
    expect(await node("init")).to.deep.include({ code: 0, stderr: "" })
    expect(readFileSync(join(folder, "onus.toml"), "utf8")).to.equal(
      readFileSync(join(OPS, "onus.maximal.toml"), "utf8"),
    )
    expect((await refused(5, "init")).code).to.equal("FileExists")
    expect((await node("init", "--minimal", "--out", "least.toml")).code).to.equal(0)
    expect(readFileSync(join(folder, "least.toml"), "utf8")).to.equal(
      readFileSync(join(OPS, "onus.minimal.toml"), "utf8"),
    )
  })

  it("is checked before anything is started: what is written, and whether the files are there", async () => {
    const missing = await refused(2, "config", "check", "--config", "least.toml")
    expect(missing.code).to.equal("FileUnreadable")
    for (const name of ["signing.json", "password.txt", "digits.onnx"])
      expect(missing.message).to.include(name)
    for (const name of ["signing.json", "password.txt", "digits.onnx"]) writeFileSync(join(folder, name), "")
    const set = ["--set", "models.0.file=digits.onnx"]
    const checked = await node("config", "check", "--config", "least.toml", ...set, "--json")
    expect(JSON.parse(checked.stdout)).to.deep.include({ chain: 31_337, models: ["digits"] })
    const wrong = await refused(2, "config", "check", "--set", "http.prt=1")
    expect(wrong.code).to.equal("ConfigInvalid")
    expect(wrong.message).to.include("did you mean http.port?")
  })

  it("is shown as it holds, with who said so and without credentials", async () => {
    writeFileSync(join(folder, "shown.toml"), readFileSync(join(OPS, "onus.minimal.toml")))
    const args = [
      "config",
      "show",
      "--config",
      "shown.toml",
      "--set",
      "chain.rpc=https://u:hunter2@node.example/",
    ]
    const ended = await node(...args, "--json")
    const { config, settings } = JSON.parse(ended.stdout) as Shown
    expect(config).to.match(/shown\.toml$/)
    const of = (key: string) => settings.find((setting) => setting.key === key)
    expect(of("chain.poll")).to.deep.equal({ key: "chain.poll", value: "4s", from: "default" })
    expect(of("models[0].name")).to.deep.equal({ key: "models[0].name", value: "digits", from: "file" })
    expect(of("chain.rpc")).to.deep.include({
      value: ["https://[hidden]@node.example/"],
      from: "--set chain.rpc",
    })
    const lines = await node(...args)
    expect(lines.stdout + ended.stdout).not.to.include("hunter2")
  })

  it("keeps a node from starting when something is wrong with it", async () => {
    expect((await refused(2, "--config", "none.toml")).code).to.equal("ConfigMissing")
    expect((await refused(2, "--config", "least.toml", "--set", "http.port=x")).code).to.equal(
      "ConfigInvalid",
    )
  })
})
