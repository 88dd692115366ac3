import { readFileSync } from "node:fs"
import { expect } from "chai"
import { CLAUSES, CLAUSE_MEANING, unmetClauses } from "../../src/protocol/policy.ts"

/** The words of a Solidity enum or list of strings between two marks. */
function wordsBetween(file: string, begin: string, end: string): string[] {
  const source = readFileSync(file, "utf8")
  const start = source.indexOf(begin) + begin.length
  const body = source.slice(start, source.indexOf(end, start))
  return body.replaceAll(/\/\/.*/g, "").match(/\w+/g) ?? []
}

describe("the clauses of a policy", () => {
  it("have the order of the enum in Solidity", () => {
    const declared = wordsBetween("contracts/types/AccountabilityPolicy.sol", "enum Clause {", "}")
    expect(declared).to.deep.equal([...CLAUSES])
  })

  it("have the names that contracts revert with", () => {
    const named = wordsBetween("contracts/consumer/PolicyCheck.sol", "memory names = [", "]")
    expect(named).to.deep.equal([...CLAUSES])
  })

  it("are read off a mask, each with a meaning", () => {
    for (const [bit, clause] of CLAUSES.entries()) {
      expect(unmetClauses(1n << BigInt(bit))).to.deep.equal([clause])
      expect(CLAUSE_MEANING[clause]).to.match(/^[a-z']/)
    }
    expect(unmetClauses((1n << BigInt(CLAUSES.length)) - 1n)).to.deep.equal([...CLAUSES])
  })
})
