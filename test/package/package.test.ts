import { execFileSync } from "node:child_process"
import { globSync, readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { expect } from "chai"
import { application } from "./installed.ts"
import { problemsOf } from "./types.ts"

/** What an application does with every entry, with the types that it may rely on. */
const TYPED = `
import { onusAbi } from "onus/abi"
import { deploymentOn, type Deployment } from "onus/addresses"
import { type ProviderFacts, receiptState, scoreInWords } from "onus/facts"
import { ACCEPT_ANY, type Receipt, receiptId } from "onus/protocol"
import { OnusProvider, useProviders } from "onus/react"
import { checkPolicy, connect } from "onus/sdk"

type Names = Extract<(typeof onusAbi)[number], { readonly type: "function" }>["name"]
export const known: Names = "anchor"
// @ts-expect-error: the registry has no such function
export const unknown: Names = "anchorEverything"
export const words = (provider: ProviderFacts): string => scoreInWords(provider)
export const id = (receipt: Receipt): string => receiptId({ chainId: 1n, address: "0x" }, receipt)
export const policy: typeof ACCEPT_ANY = { ...ACCEPT_ANY, assurance: 1 }
export const none: Deployment | undefined = deploymentOn(1n)
export const address: \`0x\${string}\` | undefined = none?.contracts.Onus
export const score = (): number | undefined => useProviders({ order: "score" }).data?.data.items[0].score
export { checkPolicy, connect, OnusProvider, receiptState }
`

const CONSUMER = `// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccountableConsumer} from "onus/contracts/consumer/AccountableConsumer.sol";
import {IOnus} from "onus/contracts/interfaces/IOnus.sol";
import {MockOnus} from "onus/contracts/mocks/MockOnus.sol";
import {AccountabilityPolicy} from "onus/contracts/types/AccountabilityPolicy.sol";

contract Gate is AccountableConsumer {
    constructor(IOnus onus_) AccountableConsumer(onus_) {}

    function accountabilityPolicy() public pure override returns (AccountabilityPolicy memory policy) {
        policy.minCoverage = 1e18;
    }
}
`

describe("the package", () => {
  let folder: string
  const path = (...names: string[]) => join(folder, ...names)

  before(() => {
    folder = application()
  })

  it("holds compiled modules, types, ABIs, addresses and Solidity files, and nothing else", () => {
    const files = globSync("**/*", { cwd: path("node_modules", "onus") }).filter((name) =>
      /\.\w+$/.test(name),
    )
    const kinds = new Set(files.map((name) => /(\.d)?\.\w+$/.exec(name)![0]))
    expect([...kinds].sort()).to.deep.equal([".d.ts", ".js", ".json", ".md", ".sol"].sort())
    expect(files).to.include.members(["README.md", "abi/Onus.json", "addresses/addresses.json"])
    const size = files
      .filter((name) => name.endsWith(".js"))
      .reduce((sum, name) => sum + readFileSync(path("node_modules", "onus", name)).length, 0)
    expect(size, "bytecode is not in it").to.be.below(1_500_000)
  })

  it("reaches nothing of Node but its hashes, which browsers get from elsewhere", () => {
    const reaching = globSync("**/*.js", { cwd: path("node_modules", "onus") }).filter((name) =>
      /^(?!\s*(\/\/|\/?\*)).*?(["']node:|\bBuffer\.|\bprocess\.)/m.test(
        readFileSync(path("node_modules", "onus", name), "utf8"),
      ),
    )
    expect(reaching.sort()).to.deep.equal([
      join("src", "engine", "onnx", "sha1.js"),
      join("src", "protocol", "sha256.js"),
    ])
  })

  it("is imported by Node, entry by entry", () => {
    const entries = ["protocol", "sdk", "engine", "facts", "react", "abi", "addresses"]
    writeFileSync(
      path("import.mjs"),
      `const names = {}
      for (const entry of ${JSON.stringify(entries)}) names[entry] = Object.keys(await import("onus/" + entry))
      names.json = (await import("onus/abi/Onus.json", { with: { type: "json" } })).default.length > 50
      const { OnusError } = await import("onus/protocol")
      names.same = OnusError === (await import("onus/sdk")).OnusError
      console.log(JSON.stringify(names))`,
    )
    const names = JSON.parse(
      execFileSync(process.execPath, [path("import.mjs")], { encoding: "utf8" }),
    ) as Record<string, string[]>
    expect(names.protocol).to.include.members(["receiptId", "explainUnmet", "standing"])
    expect(names.sdk).to.include.members(["connect", "checkPolicy", "verifySignature"])
    expect(names.engine).to.include.members(["loadOnnx", "lower", "interpreter"])
    expect(names.facts).to.include.members(["openFacts", "receiptState", "everyItem"])
    expect(names.react).to.include.members(["OnusProvider", "useProviders"])
    expect(names.abi).to.include.members(["onusAbi", "policiesAbi"])
    expect(names).to.include({ json: true, same: true })
  })

  it("has types that hold in a strict project", () => {
    writeFileSync(path("typed.ts"), TYPED)
    expect(problemsOf(folder, ["typed.ts"])).to.deep.equal([])
  })

  it("has Solidity files that a contract imports by the package's name", () => {
    const solc = createRequire(import.meta.url)("solc") as {
      compile(input: string, callbacks: { import(name: string): { contents: string } }): string
    }
    const input = {
      language: "Solidity",
      sources: { "Gate.sol": { content: CONSUMER } },
      settings: { evmVersion: "osaka", outputSelection: { "Gate.sol": { Gate: ["abi"] } } },
    }
    const read = (name: string) => ({ contents: readFileSync(path("node_modules", name), "utf8") })
    const output = JSON.parse(solc.compile(JSON.stringify(input), { import: read })) as {
      errors?: { severity: string; formattedMessage: string }[]
      contracts: Record<string, Record<string, { abi: { name?: string }[] }>>
    }
    expect(output.errors?.filter(({ severity }) => severity === "error") ?? []).to.deep.equal([])
    expect(output.contracts["Gate.sol"].Gate.abi.map(({ name }) => name)).to.include("unsafeReadUnchecked")
  })
})
