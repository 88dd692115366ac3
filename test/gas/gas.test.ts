import { readFileSync, writeFileSync } from "node:fs"
import { expect } from "chai"
import { type GasTable, measureGas } from "./measure.ts"

const README = "README.md"
const BEGIN = "<!-- gas: written by `npm run gas` -->"
const END = "<!-- /gas -->"

/** Most that an operation may cost. */
const LIMITS: Readonly<Record<string, number>> = {
  "anchor 1 receipt": 75_000,
  "anchor 1,024 receipts": 75_000,
  "anchor 4,096 receipts": 75_000,
  "attest one receipt directly": 90_000,
  "  of that before payout bookkeeping": 150_000,
}

function markdown(table: GasTable): string {
  const rows = Object.entries(table).map(([name, gas]) => {
    const limit = LIMITS[name]?.toLocaleString("en").concat(" ") ?? ""
    return `| ${name.replace(/^ +/, "&nbsp;&nbsp;")} | ${gas.toLocaleString("en")} | ${limit}|`
  })
  return ["| operation | gas | at most |", "|---|---:|---:|", ...rows].join("\n")
}

describe("gas", () => {
  let table: GasTable

  before(async () => {
    table = await measureGas()
    console.log(markdown(table))
    if (process.env.GAS_UPDATE !== "1") return
    const readme = readFileSync(README, "utf8")
    const [head, rest] = readme.split(BEGIN)
    writeFileSync(README, `${head}${BEGIN}\n\n${markdown(table)}\n\n${END}${rest.split(END)[1]}`)
  })

  for (const [name, limit] of Object.entries(LIMITS)) {
    it(`keeps "${name.trim()}" at ${limit.toLocaleString("en")} or less`, () => {
      expect(table[name]).to.be.at.most(limit)
    })
  }

  it("is what the README says, to one percent", () => {
    const section = readFileSync(README, "utf8").split(BEGIN)[1]?.split(END)[0] ?? ""
    for (const [name, gas] of Object.entries(table)) {
      const row = section
        .split("\n")
        .find((line) => line.startsWith(`| ${name.replace(/^ +/, "&nbsp;&nbsp;")} |`))
      const written = Number(row?.split("|")[2].replaceAll(",", ""))
      expect(written, `${name}: run \`npm run gas\` to write the table again`).to.be.closeTo(
        gas,
        Math.ceil(gas / 100),
      )
    }
  })
})
