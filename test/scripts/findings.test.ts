import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "chai"

const ROOT = join(import.meta.dirname, "..", "..")
const FINDINGS = join(ROOT, "test", "findings")
const TRAPS = Array.from({ length: 52 }, (_, i) => `T${i + 1}`)

describe("the table of published staking findings", () => {
  const rows = tableRows()
  const tests = readdirSync(FINDINGS)
    .filter((file) => file.endsWith(".t.sol"))
    .flatMap((file) => testsIn(readFileSync(join(FINDINGS, file), "utf8")))

  it("has a row for each of the 52 traps, in order", () => {
    expect(rows.map(([trap]) => trap)).to.deep.equal(TRAPS)
  })

  it("names tests that exist, or says in a sentence why the trap cannot arise", () => {
    for (const [trap, , , shown] of rows) {
      const named = testsIn(shown)
      expect(named.length > 0 || shown.split(" ").length > 5, trap).to.equal(true)
      for (const name of named) expect(tests, trap).to.include(name)
    }
  })

  it("has every test of a finding in the row of its trap", () => {
    for (const name of tests) {
      const trap = /_T(\d\d)_/.exec(name)?.[1]
      const row = rows.find(([of]) => of === `T${Number(trap)}`)
      expect(row?.[3], name).to.include(name)
    }
  })
})

function testsIn(text: string): string[] {
  return text.match(/\btest(?:Fuzz)?_\w+/g) ?? []
}

/** Trap, source, what holds here, what shows it. */
function tableRows(): string[][] {
  const model = readFileSync(join(ROOT, "docs", "threat-model.md"), "utf8")
  const section = model.split("## Published staking findings")[1].split("\n## ")[0]
  return section
    .split("\n")
    .filter((line) => /^\| T\d/.test(line))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .map(([trap, ...cells]) => [trap.split(" ")[0], ...cells])
}
