import { expect } from "chai"
import { measureGas } from "./measure.ts"
import { type GasTable, ReadmeTable } from "./readme-table.ts"

/** Most that an operation may cost. */
const LIMITS: Readonly<Record<string, number>> = {
  "anchor 1 receipt": 75_000,
  "anchor 1,024 receipts": 75_000,
  "anchor 4,096 receipts": 75_000,
  "attest one receipt directly": 90_000,
  "  of that before payout bookkeeping": 150_000,
}

describe("gas", () => {
  let table: GasTable

  before(async () => {
    table = await measureGas()
  })

  for (const [name, limit] of Object.entries(LIMITS)) {
    it(`keeps "${name.trim()}" at ${limit.toLocaleString("en")} or less`, () => {
      expect(table[name]).to.be.at.most(limit)
    })
  }

  it("is what the README says, to one percent", () => new ReadmeTable("gas", LIMITS).check(table))
})
