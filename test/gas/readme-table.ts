import { readFileSync, writeFileSync } from "node:fs"
import { expect } from "chai"

const README = "README.md"

/** Gas by operation. A name that begins with spaces is a part of the one before. */
export type GasTable = Record<string, number>

/** A table of gas in the README, between marks with its name. `GAS_UPDATE=1` has it written. */
export class ReadmeTable {
  readonly #begin: string
  readonly #end: string
  readonly #limits: Readonly<Record<string, number>>

  /** @param limits Most that some operations may cost. */
  constructor(name: string, limits: Readonly<Record<string, number>> = {}) {
    this.#begin = `<!-- ${name}: written by \`npm run gas\` -->`
    this.#end = `<!-- /${name} -->`
    this.#limits = limits
  }

  /** Expects what the README says to be right to one percent. */
  check(table: GasTable): void {
    const [head, rest] = readFileSync(README, "utf8").split(this.#begin)
    if (process.env.GAS_UPDATE === "1")
      writeFileSync(
        README,
        `${head}${this.#begin}\n\n${this.#markdown(table)}\n\n${this.#end}${rest.split(this.#end)[1]}`,
      )
    const lines = readFileSync(README, "utf8").split(this.#begin)[1].split(this.#end)[0].split("\n")
    for (const [name, gas] of Object.entries(table)) {
      const row = lines.find((line) => line.startsWith(`| ${indented(name)} |`))
      const written = Number(row?.split("|")[2].replaceAll(",", ""))
      expect(written, `${name}: run \`npm run gas\` to write the table again`).to.be.closeTo(
        gas,
        Math.ceil(gas / 100),
      )
    }
  }

  #markdown(table: GasTable): string {
    const limited = Object.keys(this.#limits).length > 0
    const rows = Object.entries(table).map(([name, gas]) => {
      const limit = this.#limits[name]?.toLocaleString("en").concat(" ") ?? ""
      return `| ${indented(name)} | ${gas.toLocaleString("en")} |${limited ? ` ${limit}|` : ""}`
    })
    const head = limited
      ? ["| operation | gas | at most |", "|---|---:|---:|"]
      : ["| operation | gas |", "|---|---:|"]
    return [...head, ...rows].join("\n")
  }
}

const indented = (name: string): string => name.replace(/^ +/, "&nbsp;&nbsp;")
