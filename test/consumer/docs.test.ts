import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "chai"
import { CLAUSES } from "../../src/protocol/policy.ts"

const guide = readFileSync("docs/consumers.md", "utf8")

describe("the guide for consumers", () => {
  it("shows an example that compiles", () => {
    const [, shown] = /```solidity\n([^]*?)```/.exec(guide) ?? []
    expect(shown).to.equal(readFileSync("contracts/consumer/examples/Notebook.sol", "utf8"))
  })

  it("names every clause", () => {
    for (const clause of CLAUSES) expect(guide).to.contain(`\`${clause}\``)
  })

  it("links to what is there", () => {
    for (const [, target] of guide.matchAll(/\]\(([^)]+)\)/g))
      expect(existsSync(join("docs", target))).to.equal(true)
  })
})
