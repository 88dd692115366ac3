import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "chai"
import { removeStale } from "../../scripts/deploy/stale.ts"
import { type Chain, startChain } from "../cli/chain.ts"
import { run } from "../cli/run.ts"
import { COMPILED, SOURCES } from "../helpers/sources.ts"

const ROOT = join(import.meta.dirname, "..", "..")

describe("the example scripts", () => {
  let chain: Chain

  before(async () => (chain = await startChain()))
  after(() => chain.close())

  const example = async (name: string) => {
    const env = { ...COMPILED, ONUS_RPC: chain.url, ONUS_REGISTRY: chain.registry }
    const args = [...SOURCES, join("scripts", `${name}.ts`)]
    const { code, stdout, stderr } = await run(process.execPath, args, ROOT, env)
    expect(code, stderr).to.equal(0)
    return stdout
  }

  it("submit and dispute as often as one likes", async () => {
    for (let time = 0; time < 2; time++) {
      expect(await example("submit")).to.match(
        /^the digit is 7\nattested receipt 0x[0-9a-f]{64} with \d+ gas$/m,
      )
      expect(await example("dispute")).to.match(/step 2, element 42 is wrong; convicted with \d+ gas/)
    }
  })

  it("say in two lines what is wrong", async () => {
    const ended = (name: string, env: Record<string, string>, ...args: string[]) =>
      run(process.execPath, [...SOURCES, join("scripts", `${name}.ts`), ...args], ROOT, {
        ...COMPILED,
        ...env,
      })
    const none = `0x${"77".repeat(20)}`
    const [unreachable, missing, unknown] = await Promise.all([
      ended("query", { ONUS_RPC: "http://127.0.0.1:9", ONUS_REGISTRY: none }),
      ended("submit", { ONUS_RPC: chain.url, ONUS_REGISTRY: none }),
      ended("deploy", {}, "nosuch"),
    ])
    for (const [{ code, stdout, stderr }, name] of [
      [unreachable, "RpcUnreachable"],
      [missing, "ContractMissing"],
      [unknown, "NetworkUnknown"],
    ] as const) {
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" })
      expect(stderr).to.match(new RegExp(`^error ${name}: .*\\nhint: .*\\n$`))
    }
    expect(unknown.stderr).to.contain('"nosuch"').and.contain("localhost")
  })

  it("show in query what happened", async () => {
    const lines = (await example("query")).trim().split("\n")
    expect(lines.filter((line) => line.includes("faults 0"))).to.have.length(1)
    expect(lines.filter((line) => line.includes("stake 160.0  faults 1"))).to.have.length(2)
    const events = lines.filter((line) => line.startsWith("block")).map((line) => line.split(/\s+/)[2])
    expect(events).to.deep.equal(Array(2).fill(["ReceiptAttested", "ReceiptAttested", "Convicted"]).flat())
  })
})

describe("the record of a deployment", () => {
  const id = `test-stale-${process.pid}`
  const folder = join("deployments", id)
  const record = (addressesJson: string) => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, "addresses.json"), addressesJson)
  }
  const elsewhere = (json: string) => json.replaceAll(chain.registry, `0x${"77".repeat(20)}`)
  let chain: Chain

  before(async () => (chain = await startChain()))
  after(() => chain.close())
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it("is removed when it is of an earlier local chain, whole or half", async () => {
    record(elsewhere(chain.addressesJson))
    expect(await removeStale(chain.connection, id)).to.equal(true)
    expect(existsSync(folder)).to.equal(false)
    mkdirSync(folder)
    expect(await removeStale(chain.connection, id)).to.equal(true)
    expect(await removeStale(chain.connection, id)).to.equal(false)
  })

  it("stays when the contracts are there, or on another chain", async () => {
    for (const json of [
      chain.addressesJson,
      elsewhere(chain.addressesJson).replace('"chainId": "31337"', '"chainId": "1"'),
    ]) {
      record(json)
      expect(await removeStale(chain.connection, id)).to.equal(false)
      expect(existsSync(join(folder, "addresses.json"))).to.equal(true)
    }
  })
})
