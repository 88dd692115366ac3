/** The clauses of an accountability policy, in the order of their bits. Twin of `Clause` in Solidity. */
export const CLAUSES = [
  "Collateral",
  "NotConvicted",
  "ProviderStanding",
  "Beneficiary",
  "Trace",
  "Model",
  "Assurance",
  "Coverage",
  "Stake",
  "Score",
  "Age",
  "Window",
  "Input",
] as const

export type Clause = (typeof CLAUSES)[number]

/** What an unmet clause means, for people. */
export const CLAUSE_MEANING: Readonly<Record<Clause, string>> = {
  Collateral: "no collateral was reserved for this receipt in time",
  NotConvicted: "a fault was proven about this request",
  ProviderStanding: "the provider is excluded for ever",
  Beneficiary: "the receipt owes restitution to somebody else",
  Trace: "the receipt commits to no trace, so a wrong answer could not be proven",
  Model: "the answer is not of the accepted model",
  Assurance: "the challenge window is still open",
  Coverage: "the coverage is below the minimum",
  Stake: "the provider's stake is below the minimum",
  Score: "the provider's reputation is below the minimum, or not scored",
  Age: "the answer is too old",
  Window: "the challenge window is too short",
  Input: "the answer is to another question",
}

/** The names of the clauses whose bits are set in a mask of unmet clauses. */
export function unmetClauses(mask: bigint): Clause[] {
  return CLAUSES.filter((_, bit) => (mask >> BigInt(bit)) & 1n)
}
