import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { expect } from "chai"
import { typeOf } from "../../scripts/package/abi.ts"
import { writeAddresses } from "../../scripts/package/addresses.ts"
import { type Project, manifestOf } from "../../scripts/package/manifest.ts"
import { withoutBytecode } from "../../scripts/package/without-bytecode.ts"

describe("what the package is written from", () => {
  let folder: string

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "onus-written-"))))
  afterEach(() => rmSync(folder, { recursive: true }))

  it("lists the deployments on every chain, but none of one machine alone", async () => {
    const record = (network: string, chainId: string) => {
      mkdirSync(join(folder, network))
      const contracts = { Onus: { address: "0x01", block: 7, arguments: [] }, Policies: { address: "0x02" } }
      writeFileSync(join(folder, network, "addresses.json"), JSON.stringify({ chainId, contracts }))
    }
    record("mainnet", "1")
    record("localhost", "31337")
    mkdirSync(join(folder, "empty"))
    const out = join(folder, "out")
    writeAddresses(folder, out)
    const mainnet = {
      network: "mainnet",
      chainId: 1,
      block: 7,
      contracts: { Onus: "0x01", Policies: "0x02" },
    }
    expect(JSON.parse(readFileSync(join(out, "addresses.json"), "utf8"))).to.deep.equal([mainnet])
    const { deploymentOn } = (await import(pathToFileURL(join(out, "index.js")).href)) as {
      readonly deploymentOn: (chainId: number | bigint) => unknown
    }
    expect(deploymentOn(1n)).to.deep.equal(mainnet)
    expect(deploymentOn(31337)).to.equal(undefined)
  })

  it("has constants of the narrowest type", () => {
    expect(typeOf([{ name: "a", inputs: [], anonymous: false }])).to.equal(
      'readonly [{ readonly "name": "a"; readonly "inputs": readonly []; readonly "anonymous": false }]',
    )
  })

  it("keeps hashes and selectors, and no code", () => {
    const hash = `"0x${"ab".repeat(32)}"`
    expect(withoutBytecode(`const h = ${hash}, code = "0x${"60".repeat(500)}"`)).to.equal(
      `const h = ${hash}, code = "0x"`,
    )
  })

  it("depends on what is imported, and on nothing that the project does not have", () => {
    const project = {
      exports: { "./a": "./src/a/index.ts", "./b": "./dist/b.js", "./c/*": "./c/*" },
      imports: { "#x": { default: "./src/x.ts" }, "#y": { default: "./src/y.ts" } },
      dependencies: { "@one/two": "1.0.0", three: "2.0.0" },
      peerDependencies: { react: ">=18" },
    } as unknown as Project
    const imported = new Set(["@one/two/three.js", "#x", "node:crypto", "react"])
    expect(manifestOf(project, imported)).to.deep.include({
      exports: {
        "./a": { types: "./src/a/index.d.ts", default: "./src/a/index.js" },
        "./b": { types: "./b.d.ts", default: "./b.js" },
        "./c/*": "./c/*",
      },
      imports: { "#x": { default: "./src/x.js" } },
      dependencies: { "@one/two": "1.0.0" },
      peerDependenciesMeta: { react: { optional: true } },
    })
    expect(() => manifestOf(project, new Set(["left-pad"]))).to.throw("left-pad is imported")
  })
})
