import { expect } from "chai"
import { measureGas } from "./measure.ts"
import { type GasTable, ReadmeTable } from "./readme-table.ts"

/** Most that an operation may cost. */
const LIMITS: Readonly<Record<string, number>> = {
  "anchor 1 receipt": 60_000,
  "anchor 1,024 receipts": 60_000,
  // The slot of the key is one more that is cold.
  "anchor 1,024 receipts by a key": 63_000,
  "anchor 4,096 receipts": 60_000,
  "attest one receipt directly": 75_000,
  "release one more batch in the same transaction": 25_000,
  "read a reputation": 10_000,
  "convict an equivocation, first of a registry": 170_000,
  "convict an equivocation, of a provider with a history": 170_000,
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
