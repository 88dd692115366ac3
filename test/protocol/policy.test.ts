import { readFileSync } from "node:fs"
import { expect } from "chai"
import {
  ACCEPT_ANY,
  CLAUSES,
  CLAUSE_MEANING,
  type Clause,
  type PolicyFacts,
  type Refusal,
  explainUnmet,
  unmetClauses,
} from "../../src/protocol/policy.ts"

/** What is in Solidity between two marks, without comments. */
function between(file: string, begin: string, end: string): string {
  const source = readFileSync(file, "utf8")
  const start = source.indexOf(begin) + begin.length
  return source.slice(start, source.indexOf(end, start)).replaceAll(/\/\/.*/g, "")
}

const words = (body: string): string[] => body.match(/\w+/g) ?? []
/** The names of a struct's members. */
const members = (body: string): string[] => [...body.matchAll(/(\w+);/g)].map(([, name]) => name)
const TYPES = "contracts/types/AccountabilityPolicy.sol"

describe("the clauses of a policy", () => {
  it("have the order of the enum in Solidity", () => {
    expect(words(between(TYPES, "enum Clause {", "}"))).to.deep.equal([...CLAUSES])
  })

  it("have the names that contracts revert with", () => {
    const named = words(between("contracts/consumer/PolicyCheck.sol", "memory names = [", "]"))
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

describe("a policy as data", () => {
  it("has the members of the struct in Solidity", () => {
    expect(Object.keys(ACCEPT_ANY)).to.deep.equal(
      members(between(TYPES, "struct AccountabilityPolicy {", "}")),
    )
  })

  it("reads facts by the names of the struct in Solidity", () => {
    expect(members(between(TYPES, "struct Facts {", "}"))).to.include.members(Object.keys(FACTS))
  })
})

const WAD = 10n ** 18n
const NOW = 1_800_000_000n
const MODEL = `0x${"aa".repeat(32)}`
const OTHER = `0x${"bb".repeat(32)}`

const FACTS: PolicyFacts = {
  located: true,
  anchoredAt: NOW,
  window: 3600n,
  anchoredAs: MODEL,
  disputed: false,
  tombstoned: false,
  stake: 499n * WAD + WAD / 2n,
  unreserved: 200n * WAD,
  thawing: 3n * WAD,
  lastFaultAt: NOW - 86_399n,
  modelRegistered: true,
  scored: true,
  score: (41n * WAD) / 100n,
  lossRatio: WAD / 4n,
}

const KNOWN = {
  policy: {
    ...ACCEPT_ANY,
    modelId: MODEL,
    minCoverage: 10n * WAD,
    minStake: 500n * WAD,
    minUnreserved: 250n * WAD,
    minScore: (6n * WAD) / 10n,
    maxLossRatio: WAD / 20n,
    method: 1,
    minSinceFault: 86_400,
    maxAge: 3600,
    minWindow: 7200,
  },
  facts: FACTS,
  receipt: {
    modelId: MODEL,
    consumer: "0x2222222222222222222222222222222222222222",
    coverage: 9n * WAD,
    issuedAt: NOW - 3_661n,
    anchorBy: NOW - 60n,
    challengeWindow: 3600n,
  },
  beneficiary: "0x1111111111111111111111111111111111111111",
  now: NOW,
  symbol: "DEMO",
} satisfies Refusal

function sentence(clause: Clause, refusal: Refusal): string {
  const [unmet] = explainUnmet(1n << BigInt(CLAUSES.indexOf(clause)), refusal)
  expect(unmet.clause).to.equal(clause)
  return unmet.sentence
}

describe("explainUnmet", () => {
  it("says what was wanted and what was found", () => {
    const said = explainUnmet((1n << BigInt(CLAUSES.length)) - 1n, KNOWN)
    expect(said.map((unmet) => unmet.sentence)).to.deep.equal([
      "Collateral was reserved 1 min after the promised time",
      "A fault was proven about this request",
      "The provider is not registered",
      `The receipt owes restitution to ${KNOWN.receipt.consumer}, not to ${KNOWN.beneficiary}`,
      "The answer is to another question",
      "The receipt commits to no trace, so a wrong answer could not be proven",
      "The model's method is not 1",
      `Model ${MODEL} is not registered`,
      "The challenge window is still open",
      "Coverage 9 DEMO is below 10 DEMO",
      "Stake 499.5 DEMO is below 500 DEMO",
      "Unreserved stake 200 DEMO is below 250 DEMO",
      "Score 0.41 is below 0.60",
      "Loss ratio 0.25 is above 0.05",
      "The last fault was 23 h 59 min 59 s ago, less than 1 d",
      "The provider takes 3 DEMO out",
      "The answer is 1 h 1 min 1 s old, more than 1 h",
      "Challenge window 1 h is below 2 h",
    ])
  })

  it("falls back to the meaning of a clause when nothing is known", () => {
    for (const clause of CLAUSES) {
      const meaning = CLAUSE_MEANING[clause]
      expect(sentence(clause, {})).to.equal(meaning[0].toUpperCase() + meaning.slice(1))
    }
  })

  it("says nothing of a mask without bits", () => {
    expect(explainUnmet(0n, KNOWN)).to.deep.equal([])
  })

  it("tells the causes of one clause apart", () => {
    const facts = (changed: Partial<PolicyFacts>) => ({ ...KNOWN, facts: { ...FACTS, ...changed } })
    const receipt = (changed: object) => ({ ...KNOWN, receipt: { ...KNOWN.receipt, ...changed } })
    const cases: [Clause, Refusal, string][] = [
      ["Collateral", facts({ located: false }), "The receipt was not anchored where its inclusion says"],
      ["Collateral", receipt({ coverage: 0n }), "The receipt has no coverage, so nothing is reserved for it"],
      ["ProviderStanding", facts({ tombstoned: true }), "The provider is excluded for ever"],
      [
        "Method",
        facts({ modelRegistered: false }),
        "The model is not registered, so its method is not known",
      ],
      ["Model", receipt({ modelId: OTHER }), `The answer is of model ${OTHER}, not of ${MODEL}`],
      [
        "Model",
        facts({ anchoredAs: OTHER }),
        `The batch is anchored under model ${OTHER}, the receipt says ${MODEL}`,
      ],
      ["Assurance", facts({ disputed: true }), "The answer was disputed, and can be challenged still"],
      [
        "Score",
        facts({ scored: false }),
        "The provider is not scored yet with this model; at least 0.60 is wanted",
      ],
      ["Age", receipt({ issuedAt: NOW + 5n }), "The answer is from 5 s in the future"],
      [
        "Window",
        { ...facts({ window: 7200n }), receipt: { ...KNOWN.receipt, challengeWindow: 7201n } },
        "Challenge window 2 h is below 2 h 1 s",
      ],
    ]
    for (const [clause, refusal, said] of cases) expect(sentence(clause, refusal)).to.equal(said)
  })

  it("never rounds a number onto the limit that it misses", () => {
    const score = (found: bigint, wanted: bigint) =>
      sentence("Score", {
        policy: { ...ACCEPT_ANY, minScore: wanted },
        facts: { ...FACTS, score: found },
      })
    expect(score((6n * WAD) / 10n - 1n, (6n * WAD) / 10n)).to.equal("Score 0.59 is below 0.60")
    expect(score((611n * WAD) / 1000n, (612n * WAD) / 1000n)).to.equal("Score 0.611 is below 0.612")
    expect(score(WAD - 1n, WAD)).to.equal("Score 0.99 is below 1.00")
    const loss = sentence("LossRatio", {
      policy: { ...ACCEPT_ANY, maxLossRatio: WAD / 20n },
      facts: { ...FACTS, lossRatio: WAD / 20n + 1n },
    })
    expect(loss).to.equal("Loss ratio 0.06 is above 0.05")
  })

  it("counts in the decimals of the token", () => {
    const policy = { ...ACCEPT_ANY, minStake: 2_000_000n }
    const refusal = { policy, facts: { ...FACTS, stake: 1_500_000n }, decimals: 6 }
    expect(sentence("Stake", refusal)).to.equal("Stake 1.5 is below 2")
  })
})
